import json
from typing import Any

import pytest
from django.core import exceptions as django_errors
from django.http import Http404
from django.test import Client, RequestFactory
from rest_framework import exceptions as drf_errors

from codegen_site import errors
from codegen_site.error_handler import flatten, handle_exception
from codegen_site.schema import describe_errors


def handled(exception: Exception) -> Any:
    request = RequestFactory().get("/")
    request.request_id = "r-1"  # type: ignore[attr-defined]
    return handle_exception(exception, {"request": request})


def test_an_error_of_ours_is_told_as_it_is() -> None:
    response = handled(errors.UnknownModel(details=[{"field": "model", "message": "No."}]))
    assert response.status_code == 400
    assert response.data == {
        "error": {
            "code": "unknown_model",
            "message": "There is no such model.",
            "details": [{"field": "model", "message": "No."}],
            "request_id": "r-1",
            "retryable": False,
        }
    }


@pytest.mark.parametrize(
    ("exception", "status", "code"),
    [
        (drf_errors.ParseError(), 400, "invalid_request"),
        (drf_errors.ValidationError({"a": ["b"]}), 400, "invalid_request"),
        (drf_errors.NotAuthenticated(), 401, "not_authenticated"),
        (drf_errors.AuthenticationFailed(), 401, "invalid_api_key"),
        (drf_errors.PermissionDenied(), 403, "permission_denied"),
        (django_errors.PermissionDenied(), 403, "permission_denied"),
        (drf_errors.NotFound(), 404, "not_found"),
        (Http404(), 404, "not_found"),
        (drf_errors.MethodNotAllowed("PUT"), 405, "method_not_allowed"),
        (drf_errors.NotAcceptable(), 406, "not_acceptable"),
        (drf_errors.UnsupportedMediaType("text/plain"), 415, "unsupported_media_type"),
        (drf_errors.Throttled(wait=7), 429, "rate_limited"),
        (django_errors.RequestDataTooBig(), 413, "request_too_large"),
        (django_errors.BadRequest(), 400, "invalid_request"),
        (ZeroDivisionError("secret"), 500, "internal_error"),
    ],
)
def test_every_exception_has_a_code(exception: Exception, status: int, code: str) -> None:
    response = handled(exception)
    assert (response.status_code, response.data["error"]["code"]) == (status, code)


def test_every_exception_of_drf_is_in_the_table() -> None:
    unknown = [
        exception.__name__
        for exception in drf_errors.APIException.__subclasses__()
        if exception.__module__.startswith("rest_framework.") and not _is_known(exception)
    ]
    assert unknown == []


def _is_known(exception: type[drf_errors.APIException]) -> bool:
    from codegen_site.error_handler import BY_CLASS  # noqa: PLC0415 - of no use to anybody else

    return any(issubclass(exception, known) for known, _ in BY_CLASS)


def test_a_defect_does_not_tell_what_it_was() -> None:
    assert "secret" not in json.dumps(handled(ZeroDivisionError("secret")).data)


def test_who_is_limited_is_told_how_long_to_wait() -> None:
    assert handled(drf_errors.Throttled(wait=7))["Retry-After"] == "7"
    assert handled(errors.LLMRateLimited(retry_after=30))["Retry-After"] == "30"


def test_nested_messages_become_a_flat_list() -> None:
    detail = {"a": {"b": ["x"]}, "c": [{"d": ["y"]}, {}], "non_field_errors": ["z"], "e": {0: ["q"]}}
    assert list(flatten(detail)) == [
        {"field": "a.b", "message": "x"},
        {"field": "c[0].d", "message": "y"},
        {"field": "", "message": "z"},
        {"field": "e[0]", "message": "q"},
    ]


def test_the_documentation_lists_every_code() -> None:
    table = "\n".join(describe_errors())
    for error in errors.concrete_errors():
        assert f"`{error.code}`" in table
        assert (error.__doc__ or "").split("\n", maxsplit=1)[0].split(";")[0] in table


def test_an_address_that_is_not_there_is_json_for_programs_and_a_page_for_people(db: None) -> None:
    api = Client().get("/api/v1/nothing", headers={"Accept": "text/html"})
    assert (api.status_code, api.json()["error"]["code"]) == (404, "not_found")
    assert api["X-Request-ID"] == api.json()["error"]["request_id"]
    page = Client().get("/nothing", headers={"Accept": "text/html"})
    assert (page.status_code, page["Content-Type"]) == (404, "text/html; charset=utf-8")
