"""What is answered outside of DRF: no such address, a broken page. JSON for programs, a page for people."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views import defaults

from codegen_site import errors
from codegen_site.error_handler import as_json_response, headers_of, request_id_of, wants_json


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if wants_json(request):
        return as_json_response(errors.ValidationException(), request_id=request_id_of(request))
    return defaults.bad_request(request, exception or Exception())


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if wants_json(request):
        return as_json_response(errors.PermissionDenied(), request_id=request_id_of(request))
    return defaults.permission_denied(request, exception or Exception())


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if wants_json(request):
        error = errors.NotFound(f"There is nothing at {request.path[:200]}.")
        return as_json_response(error, request_id=request_id_of(request))
    return defaults.page_not_found(request, exception or Exception())


def server_error(request: HttpRequest, *args: Any) -> HttpResponse:
    if wants_json(request):
        return as_json_response(errors.InternalError(), request_id=request_id_of(request))
    return defaults.server_error(request)


def too_many_requests(request: HttpRequest, error: errors.RateLimitException) -> HttpResponse:
    if wants_json(request):
        return as_json_response(error, request_id=request_id_of(request))
    text = "text/plain; charset=utf-8"
    return HttpResponse(error.message, status=error.status, headers=headers_of(error), content_type=text)
