"""The one error envelope, and the one place where it is made.

`{"error": {"code", "message", "details", "request_id", "retryable"}}`
"""

import logging
from collections.abc import Iterator, Mapping
from math import ceil
from typing import Any, cast

from django.core import exceptions as django_errors
from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions as drf_errors
from rest_framework.renderers import BrowsableAPIRenderer, JSONRenderer
from rest_framework.response import Response
from rest_framework.views import set_rollback

from accounts.refusal import Refusal
from codegen_site import errors

logger = logging.getLogger("request")

# The first that fits, in this order.
BY_CLASS: tuple[tuple[type[Exception], type[errors.AppException]], ...] = (
    (drf_errors.NotAuthenticated, errors.NotAuthenticated),
    (drf_errors.AuthenticationFailed, errors.InvalidApiKey),
    (drf_errors.PermissionDenied, errors.PermissionDenied),
    (drf_errors.NotFound, errors.NotFound),
    (drf_errors.MethodNotAllowed, errors.MethodNotAllowed),
    (drf_errors.NotAcceptable, errors.NotAcceptable),
    (drf_errors.UnsupportedMediaType, errors.UnsupportedMediaType),
    (drf_errors.Throttled, errors.RateLimitException),
    (drf_errors.ValidationError, errors.ValidationException),
    (drf_errors.ParseError, errors.ValidationException),
    (Http404, errors.NotFound),
    (django_errors.PermissionDenied, errors.PermissionDenied),
    (django_errors.RequestDataTooBig, errors.RequestTooLarge),
    (django_errors.BadRequest, errors.ValidationException),
    (django_errors.SuspiciousOperation, errors.ValidationException),
)


def handle_exception(exception: Exception, context: Mapping[str, Any]) -> Response:
    """DRF's `EXCEPTION_HANDLER`."""
    set_rollback()
    error = to_app_exception(exception)
    request = context.get("request")
    if isinstance(error, errors.ServiceFault):
        logger.error("%s: %s", error.code, exception, exc_info=exception)
    if isinstance(error, errors.InternalError):
        # As Django does with what no view catches: tests fail of it, error reporters send it.
        got_request_exception.send(sender=None, request=request)
    headers = headers_of(error)
    if isinstance(exception, drf_errors.APIException) and getattr(exception, "auth_header", None):
        headers["WWW-Authenticate"] = cast(str, exception.auth_header)  # type: ignore[attr-defined]
    _answer_as_json(request)
    return Response(envelope(error, request_id=request_id_of(request)), status=error.status, headers=headers)


def _answer_as_json(request: Any) -> None:
    """Whatever was asked for: a table, a diff or an archive has no place for an error."""
    renderer = getattr(request, "accepted_renderer", None)
    known = (JSONRenderer.media_type, BrowsableAPIRenderer.media_type)
    if renderer is not None and renderer.media_type not in known:
        request.accepted_renderer = JSONRenderer()
        request.accepted_media_type = JSONRenderer.media_type


def to_app_exception(exception: Exception) -> errors.AppException:
    """Ours as it is, the frameworks' by the table; anything else is a defect of ours."""
    if isinstance(exception, errors.AppException):
        return exception
    if isinstance(exception, Refusal):
        return exception.app_exception
    for known, error_class in BY_CLASS:
        if isinstance(exception, known):
            return _translate(exception, error_class)
    return errors.InternalError()


def _translate(exception: Exception, error_class: type[errors.AppException]) -> errors.AppException:
    if isinstance(exception, drf_errors.ValidationError):
        details = list(flatten(exception.detail))
        fields = ", ".join(dict.fromkeys(detail["field"] for detail in details if detail["field"]))
        return error_class(f"The request is not valid: see {fields}." if fields else None, details=details)
    message = str(exception.detail) if isinstance(exception, drf_errors.APIException) else None
    wait = getattr(exception, "wait", None)
    return error_class(None if error_class is errors.NotAuthenticated else message, retry_after=wait)


def flatten(detail: Any, field: str = "") -> Iterator[dict[str, str]]:
    """DRF's nested messages as `{"field": "metadata.key", "message": …}`, one for each."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            own = "" if name == "non_field_errors" else f"[{name}]" if isinstance(name, int) else f".{name}"
            yield from flatten(inner, f"{field}{own}".strip("."))
    elif isinstance(detail, list):
        for position, inner in enumerate(detail):
            is_message = isinstance(inner, str)
            yield from flatten(inner, field if is_message else f"{field}[{position}]")
    else:
        yield {"field": field, "message": str(detail)}


def envelope(error: errors.AppException, *, request_id: str | None) -> dict[str, Any]:
    return {
        "error": {
            "code": error.code,
            "message": error.message,
            "details": error.details,
            "request_id": request_id,
            "retryable": error.retryable,
        }
    }


def headers_of(error: errors.AppException) -> dict[str, str]:
    return {"Retry-After": str(ceil(error.retry_after))} if error.retry_after is not None else {}


def request_id_of(request: Any) -> str | None:
    return getattr(request, "request_id", None)


def as_json_response(error: errors.AppException, *, request_id: str | None) -> JsonResponse:
    return JsonResponse(
        envelope(error, request_id=request_id), status=error.status, headers=headers_of(error)
    )


def wants_json(request: HttpRequest) -> bool:
    return request.path.startswith("/api/") or "text/html" not in request.headers.get("Accept", "")
