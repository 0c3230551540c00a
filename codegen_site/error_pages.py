"""What is answered outside of DRF: no such address, a broken page. JSON for programs, a page for people."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from codegen_site import errors
from codegen_site.error_handler import as_json_response, headers_of, request_id_of, wants_json
from codegen_site.redaction import redact

TEMPLATE = "error.html"


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    title: str
    text: str


BAD_REQUEST = Page(
    title="That request cannot be answered",
    text="Something in it is not as it should be. Go back, and try once more.",
)
FORBIDDEN = Page(title="You may not see this page", text="Perhaps you can as somebody else.")
NOT_FOUND = Page(title="There is no such page", text="The link may be old, or the address mistyped.")
FAILED = Page(
    title="Something went wrong on our side",
    text="Try again in a moment. If it stays, tell those who run this installation the request's number.",
)
TOO_MANY = Page(title="Too many requests", text="Wait a little, and try again.")
STALE_FORM = Page(
    title="The form has expired",
    text="It was open for too long, or the browser takes no cookies from us. Go back, reload, send it again.",
)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, errors.ValidationException(), BAD_REQUEST)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, errors.PermissionDenied(), FORBIDDEN)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _answer(request, errors.PermissionDenied("The CSRF token is missing or wrong."), STALE_FORM)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, errors.NotFound(f"There is nothing at {redact(request.path)[:200]}."), NOT_FOUND)


def server_error(request: HttpRequest, *args: Any) -> HttpResponse:
    return _answer(request, errors.InternalError(), FAILED)


def too_many_requests(request: HttpRequest, error: errors.RateLimitException) -> HttpResponse:
    return _answer(request, error, TOO_MANY)


def _answer(request: HttpRequest, error: errors.AppException, page: Page) -> HttpResponse:
    request_id = request_id_of(request)
    if wants_json(request):
        return as_json_response(error, request_id=request_id)
    # Without the request: who is logged in is asked of a database that may be what is broken.
    context = {"page": page, "status": error.status, "request_id": request_id}
    return HttpResponse(render_to_string(TEMPLATE, context), status=error.status, headers=headers_of(error))
