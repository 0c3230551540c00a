"""What is answered where nothing else answers: a page for people, the envelope for programs."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.test import Client
from django.urls import path

from codegen_site import urls
from codegen_site.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500"]


def forbid(request: HttpRequest) -> Any:
    raise PermissionDenied


def fail(request: HttpRequest) -> Any:
    raise ZeroDivisionError


urlpatterns = [path("forbid", forbid), path("fail", fail), *urls.urlpatterns]

pytestmark = [pytest.mark.urls(__name__)]
CASES = [
    ("/login", {"Host": "evil.example"}, 400, "invalid_request", "That request cannot be answered"),
    ("/forbid", {}, 403, "permission_denied", "You may not see this page"),
    ("/nowhere", {}, 404, "not_found", "There is no such page"),
    ("/fail", {}, 500, "internal_error", "Something went wrong on our side"),
]


def ask(address: str, **headers: str) -> Any:
    return Client(raise_request_exception=False).get(address, headers=headers)


@pytest.mark.parametrize(("address", "headers", "status", "code", "title"), CASES)
def test_a_browser_gets_a_page(
    address: str, headers: dict[str, str], status: int, code: str, title: str
) -> None:
    response = ask(address, Accept="text/html,*/*", **headers)
    assert response.status_code == status
    page = response.content.decode()
    assert title in page
    assert response["X-Request-ID"] in page


@pytest.mark.parametrize(("address", "headers", "status", "code", "title"), CASES)
def test_a_program_gets_the_envelope(
    address: str, headers: dict[str, str], status: int, code: str, title: str
) -> None:
    response = ask(address, Accept="application/json", **headers)
    assert response.status_code == status
    error = response.json()["error"]
    assert (error["code"], error["request_id"]) == (code, response["X-Request-ID"])


def test_below_api_there_are_no_pages() -> None:
    response = ask("/api/v1/nowhere", Accept="text/html")
    assert response["Content-Type"] == "application/json"
    assert response.json()["error"]["code"] == "not_found"


def test_a_page_of_an_error_asks_no_database() -> None:
    """No mark for the database: a query would fail this."""
    assert ask("/fail", Accept="text/html").status_code == 500


def test_an_address_is_repeated_without_its_secrets() -> None:
    response = ask("/nowhere/cg_live_abcdefgh_S3cr3tS3cr3t", Accept="application/json")
    assert response.json()["error"]["message"] == "There is nothing at /nowhere/cg_live_abcd[redacted]."
