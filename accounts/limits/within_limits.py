"""The first permission of every view of the API: the caller is within his limits."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from django.http import HttpRequest
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.callers import Caller
from accounts.limits.buckets import Bucket, Taken
from accounts.limits.policies import (
    RouteClass,
    buckets_of_address,
    buckets_of_caller,
    class_of_method,
)
from accounts.limits.sizes import check_body
from accounts.limits.taking import refusal_of, take

if TYPE_CHECKING:  # the views' module imports this one, named in the settings
    from rest_framework.views import APIView


class WithinLimits(BasePermission):
    """Takes a token from each bucket of the request. Raises `RateLimitException`, or `RequestTooLarge`.

    DRF's own throttles come after the permissions, and would not see who is refused by one. A view may name
    the class of its methods in `route_classes`; by default they are `read` and `write`. One with
    `takes_large_bodies` sees to the size of what it takes by itself.
    """

    def has_permission(self, request: Request, view: "APIView") -> bool:
        # The browsable API asks again, for each form that it shows.
        if taken_by(request._request) is None:
            caller = cast("Caller | None", request.auth)
            take_for(request._request, _buckets_of(request, view, caller))
            if caller is not None and not getattr(view, "takes_large_bodies", False):
                check_body(request._request, organization=caller.organization)
        return True


def take_for(request: HttpRequest, buckets: Sequence[Bucket]) -> None:
    """Once for each request: it is remembered in it, for the headers. Raises `RateLimitException`."""
    taken = take(buckets)
    request.rate_limits = taken  # type: ignore[attr-defined]
    if not taken.is_allowed:
        raise refusal_of(taken)


def taken_by(request: HttpRequest) -> Taken | None:
    """`None` for a request of which nothing was taken yet."""
    return getattr(request, "rate_limits", None)


def _buckets_of(request: Request, view: "APIView", caller: Caller | None) -> list[Bucket]:
    if caller is None:
        return buckets_of_address(request, route_class=RouteClass.ANONYMOUS)
    route_classes: Mapping[str, RouteClass] = getattr(view, "route_classes", {})
    method = str(request.method)
    route_class = route_classes.get(method, class_of_method(method))
    return buckets_of_caller(request, caller=caller, route_class=route_class)
