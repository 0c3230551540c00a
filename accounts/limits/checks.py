"""Rate limits that cannot be: `manage.py check` names them before a request does."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks

from accounts.limits.policies import RouteClass, Scope
from accounts.limits.rates import problems_of_rate


@checks.register("settings")
def check_rate_limits(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    return [
        checks.Error(f"RATE_LIMITS is malformed: {problem}", id="accounts.E030")
        for problem in find_problems(settings.RATE_LIMITS)
    ]


def find_problems(limits: Any) -> Iterator[str]:
    """Sentences, each of which begins with the name of what is wrong."""
    if not isinstance(limits, Mapping):
        yield "it must be an object."
        return
    for route_class, rates in limits.items():
        if route_class not in list(RouteClass):
            yield f"{route_class} is none of {', '.join(RouteClass)}."
        elif not isinstance(rates, Mapping):
            yield f"{route_class} must be an object."
        else:
            yield from _problems_of_rates(route_class, rates)


def _problems_of_rates(route_class: str, rates: Mapping[str, Any]) -> Iterator[str]:
    for scope, rate in rates.items():
        name = f"{route_class}.{scope}"
        if scope not in list(Scope):
            yield f"{name} is none of {', '.join(Scope)}."
        else:
            yield from problems_of_rate(name, rate)
