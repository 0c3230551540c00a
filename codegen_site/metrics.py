"""Requests as Prometheus counts them, and the page that it scrapes.

With several processes behind one address, set `PROMETHEUS_MULTIPROC_DIR` (prometheus_client's own).
"""

import hmac
import time
from collections.abc import Callable
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware
from django_prometheus.exports import ExportToDjangoView
from prometheus_client import Histogram

from codegen_site.error_handler import as_json_response, request_id_of
from codegen_site.errors import NotFound

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
REQUEST_SECONDS = Histogram(
    "codegen_request_seconds",
    "Time to the answer, or to the first piece of a stream",
    ["method", "view", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120),
)


@sync_and_async_middleware
def metrics_middleware(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    if iscoroutinefunction(get_response):

        async def middleware(request: HttpRequest) -> HttpResponseBase:
            started = time.monotonic()
            return _observe(request, await get_response(request), started)

        return markcoroutinefunction(middleware)

    def sync_middleware(request: HttpRequest) -> HttpResponseBase:
        started = time.monotonic()
        return _observe(request, get_response(request), started)

    return sync_middleware


def _observe(request: HttpRequest, response: HttpResponseBase, started: float) -> HttpResponseBase:
    """What a caller can choose freely is no label: each new one would live for ever."""
    method = request.method if request.method in METHODS else "other"
    view = request.resolver_match.view_name if request.resolver_match else ""
    labels = (method, view, response.status_code)
    REQUEST_SECONDS.labels(*labels).observe(time.monotonic() - started)
    return response


def export_metrics(request: HttpRequest) -> HttpResponse:
    """For a scraper with `METRICS_TOKEN`; without one set, for whoever comes past the public proxy."""
    if _may_scrape(request):
        response: HttpResponse = ExportToDjangoView(request)
        return response
    return as_json_response(NotFound(), request_id=request_id_of(request))


def _may_scrape(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "").encode()
        return hmac.compare_digest(given, f"Bearer {settings.METRICS_TOKEN}".encode())
    return "X-Forwarded-For" not in request.headers
