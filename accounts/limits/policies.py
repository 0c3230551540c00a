"""Which buckets a request takes from: decided by what it does, who calls, and from where."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest

from accounts.callers import Caller
from accounts.client_address import client_address, customer_of
from accounts.limits.buckets import Bucket, Rate
from accounts.models import ApiKey, Organization
from accounts.plans.reading import limits_of

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


def rates_of_nobody(route_class: str) -> dict[str, Rate]:
    """Those of the installation, by scope. A scope that is not there is not limited."""
    return parse_rates(settings.RATE_LIMITS.get(route_class, {}))


def rates_of(organization: Organization, route_class: str) -> dict[str, Rate]:
    """Those of its plan; where that says nothing of the class, those of the installation."""
    rates = limits_of(organization).rates.get(route_class)
    if rates is None:
        return rates_of_nobody(route_class)
    return {scope: rate for scope in Scope if (rate := getattr(rates, scope)) is not None}


def parse_rates(data: Mapping[str, Mapping[str, Any]]) -> dict[str, Rate]:
    """Of JSON: a name → `tokens` and `refill_per_s`."""
    return {name: Rate(**rate) for name, rate in data.items()}


def class_of_method(method: str | None) -> RouteClass:
    return RouteClass.READ if method in SAFE_METHODS else RouteClass.WRITE


def buckets_of_caller(
    request: "HttpRequest | Request", *, caller: Caller, route_class: RouteClass
) -> list[Bucket]:
    """A key's own limit stands beside those of its organization: it never lifts them, or its maker could."""
    rates = rates_of(caller.organization, route_class)
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
    own = own_rate_of(caller)
    if own is not None:
        buckets.append(Bucket(route_class=ALL, scope=Scope.KEY, subject=subjects[Scope.KEY], rate=own))
    return buckets


def buckets_of_address(request: "HttpRequest | Request", *, route_class: RouteClass) -> list[Bucket]:
    """Of somebody who is not known, or is to be counted as nobody in particular."""
    rate = rates_of_nobody(route_class).get(Scope.ADDRESS)
    if rate is None:
        return []
    subject = customer_of(client_address(request))
    return [Bucket(route_class=route_class, scope=Scope.ADDRESS, subject=subject, rate=rate)]


def own_rate_of(caller: Caller) -> Rate | None:
    """Of a key that has one: a minute's requests at once, and as many again in each minute."""
    if not isinstance(caller, ApiKey) or caller.requests_per_minute is None:
        return None
    return Rate(tokens=caller.requests_per_minute, refill_per_s=caller.requests_per_minute / 60)
