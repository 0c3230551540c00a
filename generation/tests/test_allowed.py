"""What an organization and a key are limited to, and what test keys are for."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.scopes import Scope
from accounts.testing import Cast, bearer, make_key
from generation.integrations.litellm_proxy import ModelInfo
from generation.models import Batch, EventType, Generation, WebhookEvent
from generation.testing import ScriptedModel
from generation.tests.conftest import TWO_FILES, post_lines, results_of
from generation.webhooks.events import record_event
from jobs.testing import run_all_jobs

pytestmark = pytest.mark.django_db(transaction=True)

MODELS = ("gemini-2.5-flash", "small", "large")


@pytest.fixture(autouse=True)
def _models(monkeypatch: pytest.MonkeyPatch) -> None:
    known = tuple(ModelInfo(id=name) for name in MODELS)
    for module in ("generation.catalog", "generation.views.catalog"):
        monkeypatch.setattr(f"{module}.known_models", lambda: known)


def limit(cast: Cast, **lists: list[str]) -> None:
    for name, value in lists.items():
        setattr(cast.organization, f"allowed_{name}", value)
    cast.organization.save()


def ask(client: Client, prompt: str = "A page", **body: Any) -> Any:
    return client.post(
        "/api/v1/generate_code", {"prompt": prompt, "async": True, **body}, content_type="application/json"
    )


def refusal(response: Any) -> Any:
    assert response.status_code == 403, response.content
    assert response.json()["error"]["code"] == "not_allowed_here"
    [detail] = response.json()["error"]["details"]
    return detail


def test_without_lists_everything_is_allowed(api: Client) -> None:
    assert ask(api, model="large", framework="django").status_code == 202


def test_a_model_that_is_not_in_the_list_is_refused_with_the_list(cast: Cast, api: Client) -> None:
    limit(cast, models=["small", "large"])
    assert ask(api, model="small").status_code == 202
    detail = {"field": "model", "message": "allowed_models: large, small"}
    assert refusal(ask(api)) == detail
    assert refusal(ask(api, model="gemini-2.5-flash")) == detail
    assert ask(api, model="unheard-of").json()["error"]["code"] == "unknown_model"
    assert Generation.objects.count() == 1


def test_a_key_may_be_limited_further(cast: Cast) -> None:
    limit(cast, models=["small", "large"])
    client = Client(headers=bearer(make_key(cast.organization, allowed_models=["large", "other"])[1]))
    assert ask(client, model="large").status_code == 202
    assert refusal(ask(client, model="small"))["message"] == "allowed_models: large, other"
    assert [row["id"] for row in client.get("/api/v1/models").json()] == ["large"]


def test_a_framework_that_is_not_in_the_list_is_refused(cast: Cast, api: Client) -> None:
    limit(cast, frameworks=["react", "vue"])
    assert ask(api, framework="React").status_code == 202
    detail = refusal(ask(api, framework="django"))
    assert detail == {"field": "framework", "message": "allowed_frameworks: react, vue"}


def test_so_is_one_that_the_prompt_speaks_of(cast: Cast, api: Client) -> None:
    limit(cast, frameworks=["react"])
    assert ask(api, prompt="A to-do list with React").status_code == 202
    response = ask(api, prompt="A REST service with Django")
    assert refusal(response)["field"] == "framework"
    assert "django" in response.json()["error"]["message"]


def test_the_lists_of_what_there_is_show_what_is_allowed(cast: Cast, api: Client, outsider: Client) -> None:
    limit(cast, models=["small"], frameworks=["vue", "react"])
    assert [row["id"] for row in api.get("/api/v1/models").json()] == ["small"]
    assert [row["slug"] for row in api.get("/api/v1/frameworks").json()] == ["react", "vue"]
    assert [row["id"] for row in outsider.get("/api/v1/models").json()] == list(MODELS)


def test_a_line_of_a_batch_is_refused_alone(
    cast: Cast, api: Client, script: Callable[..., ScriptedModel]
) -> None:
    script(TWO_FILES)
    limit(cast, models=["small"])
    response = post_lines(api, {"prompt": "A page", "model": "small"}, {"prompt": "A page"})
    assert response.status_code == 202
    asyncio.run(run_all_jobs())
    first, second = results_of(api, response.json()["id"])
    assert first["generation"]["model"] == "small"
    assert second["error"]["code"] == "not_allowed_here"


def test_a_feature_that_is_not_in_the_list_is_refused(cast: Cast) -> None:
    client = Client(headers=bearer(make_key(cast.organization, scopes=list(Scope))[1]))
    limit(cast, features=["images"])
    assert refusal(post_lines(client, {"prompt": "A page"})) == {
        "field": "batches",
        "message": "allowed_features: images",
    }
    made = client.post("/api/v1/webhooks", {"url": "https://example.com"}, content_type="application/json")
    assert refusal(made)["field"] == "webhooks"
    assert client.get("/api/v1/batches").status_code == client.get("/api/v1/webhooks").status_code == 200
    assert not Batch.objects.exists()


def test_nothing_is_sent_for_who_does_without_webhooks(cast: Cast) -> None:
    cast.organization.webhook_endpoints.create(url="https://example.com")
    for features, events in ((["batches"], 0), (["webhooks"], 1)):
        limit(cast, features=features)
        record_event(organization_id=cast.organization.pk, event_type=EventType.COMPLETED, data={})
        assert WebhookEvent.objects.count() == events


@pytest.fixture
def tester(cast: Cast) -> Client:
    return Client(headers=bearer(make_key(cast.organization, mode="test")[1]))


def test_what_a_test_key_makes_is_marked(tester: Client, api: Client) -> None:
    shown = tester.get(f"/api/v1/generations/{ask(tester).json()['job_id']}").json()
    assert (shown["test"], shown["model"]) == (True, "gemini-2.5-flash")
    assert post_lines(tester, {"prompt": "A page"}).status_code == 202
    assert Generation.objects.filter(is_test=True).count() == 2
    assert api.get(f"/api/v1/generations/{ask(api).json()['job_id']}").json()["test"] is False


def test_it_is_made_with_the_model_for_tests(
    cast: Cast, tester: Client, api: Client, settings: Settings
) -> None:
    settings.TEST_MODEL = "small"
    limit(cast, models=["large"])
    for model in ("large", None):
        job_id = ask(tester, model=model).json()["job_id"]
        assert tester.get(f"/api/v1/generations/{job_id}").json()["model"] == "small"
    assert refusal(ask(api, model="small"))["field"] == "model"


@pytest.fixture
def redis(settings: Settings, redis_url: str) -> None:
    settings.CACHES = {"default": {"BACKEND": "codegen_site.redis_cache.RedisCache", "LOCATION": redis_url}}
    from django.core.cache import cache  # noqa: PLC0415 - the one of these settings

    cache.clear()


@pytest.mark.servers
def test_nobody_waits_for_a_test_nor_gets_its_answer(
    redis: None, tester: Client, api: Client, script: Callable[..., ScriptedModel]
) -> None:
    ask(tester)
    ask(api)
    assert Generation.objects.filter(leader=None).count() == 2
    script(TWO_FILES, TWO_FILES)
    asyncio.run(run_all_jobs())
    ask(tester)
    ask(api)
    assert Generation.objects.filter(cached=True).count() == 2
