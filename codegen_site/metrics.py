"""What Prometheus is told of every request; `/metrics` also has the process and the interpreter."""

from django.http import HttpRequest, HttpResponseBase
from prometheus_client import Histogram

REQUESTS = Histogram(
    "http_request_duration_seconds",
    "Seconds until the answer began; a stream may go on for longer.",
    ["method", "view", "status"],
    buckets=[0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120],
)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def observe_request(request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
    """The view's name and not its path: the number of series must not grow with the number of ids."""
    match = request.resolver_match
    view = (match.view_name if match else "") or "none"
    method = request.method if request.method in METHODS else "other"
    REQUESTS.labels(method, view, str(response.status_code)).observe(seconds)
