"""Which buckets a request takes from: decided by what it does, who calls, and from where."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest

from accounts.callers import Caller
from accounts.client_address import client_address, customer_of
from accounts.limits.buckets import Bucket, Rate
from accounts.models import ApiKey

if TYPE_CHECKING:  # the views' module imports what imports this one
    from rest_framework.request import Request

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
# In the limits of a key: one bucket for whatever it does, beside the others.
ALL = "all"


class RouteClass(StrEnum):
    """What a request does, as far as it matters how often. The last two are counted by address alone."""

    GENERATE = "generate"
    BATCH = "batch"
    READ = "read"
    WRITE = "write"
    LOGIN = "login"
    ANONYMOUS = "anonymous"


class Scope(StrEnum):
    """Whose bucket it is. A member who is logged in has one as a key has."""

    KEY = "key"
    ORGANIZATION = "organization"
    ADDRESS = "address"


def policies_of(request: "HttpRequest | Request", route_class: str) -> dict[str, Rate]:
    """The rates by scope that hold for whoever calls. A scope that is not there is not limited."""
    return parse_rates(settings.RATE_LIMITS.get(route_class, {}))


def parse_rates(data: Mapping[str, Mapping[str, Any]]) -> dict[str, Rate]:
    """Of JSON: a name → `tokens` and `refill_per_s`."""
    return {name: Rate(**rate) for name, rate in data.items()}


def class_of_method(method: str | None) -> RouteClass:
    return RouteClass.READ if method in SAFE_METHODS else RouteClass.WRITE


def buckets_of_caller(
    request: "HttpRequest | Request", *, caller: Caller, route_class: RouteClass
) -> list[Bucket]:
    """A key's own limits lower those of its organization and never lift them: its maker could, else."""
    rates = policies_of(request, route_class)
    own = own_rates_of(caller)
    if route_class in own:
        rates[Scope.KEY] = own[route_class].within(rates.get(Scope.KEY, own[route_class]))
    subjects = {
        Scope.KEY: f"{'key' if isinstance(caller, ApiKey) else 'member'}-{caller.pk}",
        Scope.ORGANIZATION: str(caller.organization.pk),
        Scope.ADDRESS: customer_of(client_address(request)),
    }
    buckets = [
        Bucket(route_class=route_class, scope=scope, subject=subject, rate=rates[scope])
        for scope, subject in subjects.items()
        if scope in rates
    ]
    if ALL in own:
        buckets.append(Bucket(route_class=ALL, scope=Scope.KEY, subject=subjects[Scope.KEY], rate=own[ALL]))
    return buckets


def buckets_of_address(request: "HttpRequest | Request", *, route_class: RouteClass) -> list[Bucket]:
    """Of somebody who is not known, or is to be counted as nobody in particular."""
    rate = policies_of(request, route_class).get(Scope.ADDRESS)
    if rate is None:
        return []
    subject = customer_of(client_address(request))
    return [Bucket(route_class=route_class, scope=Scope.ADDRESS, subject=subject, rate=rate)]


def own_rates_of(caller: Caller) -> Mapping[str, Rate]:
    """The rates of the key itself by route class, and by `ALL`; nothing for a member."""
    return parse_rates((getattr(caller, "limits", None) or {}).get("rates", {}))
