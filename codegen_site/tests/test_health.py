import pytest
from django.test import Client
from pytest_django import Settings


def test_the_process_lives() -> None:
    response = Client().get("/health")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.django_db(transaction=True)
def test_what_is_down_is_named(settings: Settings) -> None:
    settings.NATS_URL = "nats://127.0.0.1:1"
    settings.LLM_URL = "http://127.0.0.1:1"
    response = Client().get("/health/ready")
    assert (response.status_code, response.json()["status"]) == (503, "down")
    found = {name: one["status"] for name, one in response.json()["dependencies"].items()}
    assert found == {"database": "ok", "nats": "down", "llm": "down"}


@pytest.mark.servers
@pytest.mark.django_db(transaction=True)
def test_a_redis_that_is_down_is_named(settings: Settings, nats_url: str) -> None:
    settings.NATS_URL = nats_url
    settings.CACHES = {"default": {**REDIS, "LOCATION": "redis://127.0.0.1:1/0"}}
    found = {
        name: one["status"] for name, one in Client().get("/health/ready").json()["dependencies"].items()
    }
    assert (found["redis"], found["nats"]) == ("down", "ok")


REDIS = {"BACKEND": "codegen_site.redis_cache.RedisCache", "OPTIONS": {"SOCKET_CONNECT_TIMEOUT": 0.5}}
