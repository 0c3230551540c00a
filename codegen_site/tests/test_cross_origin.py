"""Pages of other origins: none may call us, unless it is named; then the API alone, and without cookies."""

import pytest
from django.http.response import HttpResponseBase
from django.test import Client
from pytest_django import Settings

OURS, EVIL = "https://app.example", "https://evil.example"
CORS = "corsheaders.middleware.CorsMiddleware"


@pytest.fixture
def one_origin(settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = [OURS]
    settings.MIDDLEWARE = [CORS, *settings.MIDDLEWARE]


def ask(path: str, origin: str) -> HttpResponseBase:
    return Client().get(path, headers={"Origin": origin})


def preflight(path: str, origin: str) -> HttpResponseBase:
    headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    wanted = {"Access-Control-Request-Headers": "authorization,content-type,idempotency-key"}
    return Client().options(path, headers=headers | wanted)


def test_by_default_there_is_nothing_of_it(settings: Settings) -> None:
    assert settings.CORS_ALLOWED_ORIGINS == []
    assert CORS not in settings.MIDDLEWARE
    assert not [name for name in ask("/api/schema", OURS).headers if name.startswith("Access-Control")]


def test_a_named_origin_may_call_the_api_with_a_key(one_origin: None) -> None:
    response = preflight("/api/v1/generate_code", OURS)
    assert response.status_code == 200
    assert response["Access-Control-Allow-Origin"] == OURS
    assert {"authorization", "idempotency-key"} <= set(response["Access-Control-Allow-Headers"].split(", "))
    assert "Access-Control-Allow-Credentials" not in response.headers
    answer = ask("/api/schema", OURS)
    assert answer["Access-Control-Allow-Origin"] == OURS
    assert "retry-after" in answer["Access-Control-Expose-Headers"]
    assert "origin" in answer["Vary"].lower()


@pytest.mark.parametrize("origin", [EVIL, "null", "http://app.example", "https://app.example.evil.example"])
def test_another_origin_may_not(one_origin: None, origin: str) -> None:
    assert "Access-Control-Allow-Origin" not in preflight("/api/v1/generate_code", origin).headers
    assert "Access-Control-Allow-Origin" not in ask("/api/schema", origin).headers


@pytest.mark.parametrize("path", ["/login", "/", "/health", "/admin/"])
@pytest.mark.django_db
def test_no_other_page_may_be_read(one_origin: None, path: str) -> None:
    assert "Access-Control-Allow-Origin" not in ask(path, OURS).headers
