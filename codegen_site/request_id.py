"""`X-Request-ID`: taken in or made, in every line of the log, in the audit log and in every answer."""

import logging
import re
import time
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware
from uuid_utils.compat import uuid7

from accounts.audit.circumstances import note_request
from codegen_site.logging import REQUEST_LINE
from codegen_site.metrics import observe_request

HEADER = "X-Request-ID"
WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{1,128}")
# Asked for every few seconds by machines.
QUIET = ("/health", "/metrics")

logger = logging.getLogger("request")


def choose_request_id(given: str | None) -> str:
    """The caller's own if it is well formed: it goes into logs and headers."""
    return given if given and WELL_FORMED.fullmatch(given) else uuid7().hex


@sync_and_async_middleware
def request_id_middleware(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    if iscoroutinefunction(get_response):

        async def middleware(request: HttpRequest) -> HttpResponseBase:
            started = _begin(request)
            answer: Awaitable[HttpResponseBase] = get_response(request)
            return _end(request, await answer, started)

        return markcoroutinefunction(middleware)

    def sync_middleware(request: HttpRequest) -> HttpResponseBase:
        started = _begin(request)
        return _end(request, get_response(request), started)

    return sync_middleware


def _begin(request: HttpRequest) -> float:
    request_id = choose_request_id(request.headers.get(HEADER))
    request.request_id = request_id  # type: ignore[attr-defined]
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=request_id)
    note_request(request)
    return time.monotonic()


def _end(request: HttpRequest, response: HttpResponseBase, started: float) -> HttpResponseBase:
    response.headers[HEADER] = request.request_id  # type: ignore[attr-defined]
    note_request(None)
    seconds = time.monotonic() - started
    observe_request(request, response, seconds)
    if not request.path.startswith(QUIET):
        logger.info(
            REQUEST_LINE,
            request.method,
            request.path,
            response.status_code,
            extra={"duration_ms": round(seconds * 1000, 1)},
        )
    return response
