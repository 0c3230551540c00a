"""Rate limits of what is no call of the API, and the headers of all that was limited.

A call of the API takes its tokens in `accounts.limits.within_limits`, where the caller is known. One that
never came that far (no such address, a wrong key) counts against its address when it is answered. Health,
metrics and static files are not limited.
"""

from collections.abc import Callable
from math import inf
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

from accounts.limits.headers import headers_of
from accounts.limits.policies import RouteClass, buckets_of_address, class_of_method
from accounts.limits.within_limits import take_for, taken_by
from codegen_site.error_pages import too_many_requests
from codegen_site.errors import RateLimitException

API = "/api/v1/"
ADMIN = "/admin/"
NEVER_LIMITED = frozenset({"/health", "/health/ready", "/metrics"})
LOGINS = frozenset(
    {
        "/login",
        "/login/code",
        "/login/prove",
        "/password/forgotten",
        "/password/new",
        "/sign-up",
        "/invitation",
    }
)


@sync_and_async_middleware
def rate_limit_middleware(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    if iscoroutinefunction(get_response):
        refuse_in_thread = sync_to_async(_refuse)

        async def middleware(request: HttpRequest) -> HttpResponseBase:
            before = _class_before(request)
            if before and (refusal := await refuse_in_thread(request, before)):
                return _with_headers(request, refusal)
            response = await get_response(request)
            if _is_uncounted(request):
                refusal = await refuse_in_thread(request, RouteClass.ANONYMOUS)
                response = _instead_of(response, refusal)
            return _with_headers(request, response)

        return markcoroutinefunction(middleware)

    def sync_middleware(request: HttpRequest) -> HttpResponseBase:
        before = _class_before(request)
        if before and (refusal := _refuse(request, before)):
            return _with_headers(request, refusal)
        response = get_response(request)
        if _is_uncounted(request):
            response = _instead_of(response, _refuse(request, RouteClass.ANONYMOUS))
        return _with_headers(request, response)

    return sync_middleware


def _class_before(request: HttpRequest) -> RouteClass | None:
    """What a request takes before it gets any further; `None` for a call of the API, and for no limit."""
    path = request.path
    if path.startswith(API) or path in NEVER_LIMITED:
        return None
    if path in LOGINS and request.method == "POST":
        return RouteClass.LOGIN
    return class_of_method(request.method) if path.startswith(ADMIN) else RouteClass.ANONYMOUS


def _is_uncounted(request: HttpRequest) -> bool:
    return request.path.startswith(API) and taken_by(request) is None


def _refuse(request: HttpRequest, route_class: RouteClass) -> HttpResponseBase | None:
    try:
        take_for(request, buckets_of_address(request, route_class=route_class))
    except RateLimitException as error:
        return too_many_requests(request, error)
    return None


def _instead_of(response: HttpResponseBase, refusal: HttpResponseBase | None) -> HttpResponseBase:
    """An error is as well told as a refusal; what was done is not told as if it were not."""
    return refusal if refusal and response.status_code >= 400 else response


def _with_headers(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    taken = taken_by(request)
    if taken is not None:
        wait = response.headers.get("Retry-After", "")
        retry_after_s = int(wait) if wait.isdigit() else inf
        for name, value in headers_of(taken, retry_after_s=retry_after_s).items():
            response.headers[name] = value
    return response
