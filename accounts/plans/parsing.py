"""A plan as TOML or JSON has it becomes `Limits`, or is refused with all that is wrong with it."""

import re
from collections.abc import Iterator, Mapping
from math import isfinite
from types import MappingProxyType
from typing import Any

from accounts.limits.buckets import Rate
from accounts.limits.rates import problems_of_rate
from accounts.plans.limits import Limits, Rates

UNLIMITED = "unlimited"
COUNTS = (
    "requests_per_day",
    "tokens_per_month",
    "money_per_month_microusd",
    "stored_bytes",
    "members",
    "keys",
    "generations_in_flight",
    "max_body_bytes",
    "max_prompt_chars",
)
NAMES = frozenset({"name", *COUNTS, "queue_share", "rates"})
BUCKETS = ("key", "organization", "address")
ROUTE_CLASS = re.compile(r"[a-z][a-z0-9_]{0,39}")
# A billion dollars, a petabyte.
MOST = 10**15


class InvalidPlan(ValueError):
    """`problems` are sentences, each of which begins with the name of what is wrong."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__(" ".join(problems))


def parse_plan(slug: str, data: Mapping[str, Any]) -> Limits:
    """Raises `InvalidPlan`. Every name must be there: one that was forgotten is no limit that is lifted."""
    problems = [f"{name} is missing." for name in sorted(NAMES - data.keys() - {"rates"})]
    problems += find_problems(data)
    if problems:
        raise InvalidPlan(problems)
    rates = {name: _rates_of(buckets) for name, buckets in data.get("rates", {}).items()}
    return Limits(
        plan=slug,
        name=data["name"],
        queue_share=float(data["queue_share"]),
        rates=MappingProxyType(rates),
        **{name: None if data[name] == UNLIMITED else data[name] for name in COUNTS},
    )


def find_problems(data: Mapping[str, Any]) -> list[str]:
    """With what is there; nothing has to be."""
    problems = [f"{name} is not known." for name in sorted(map(str, data.keys() - NAMES))]
    problems += [
        f'{name} must be a whole number from 0 to {MOST:,}, or "{UNLIMITED}".'
        for name in COUNTS
        if name in data and data[name] != UNLIMITED and not _is_count(data[name])
    ]
    if "name" in data and not (isinstance(data["name"], str) and data["name"].strip()):
        problems.append("name must be a text.")
    if "queue_share" in data and not _is_positive(data["queue_share"]):
        problems.append("queue_share must be a number above 0.")
    return [*problems, *_problems_of_rates(data.get("rates", {}))]


def merge(base: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with what `overrides` names; of the rates, bucket by bucket."""
    rates = {name: dict(buckets) for name, buckets in base.get("rates", {}).items()}
    for name, buckets in overrides.get("rates", {}).items():
        rates[name] = {**rates.get(name, {}), **buckets}
    return {**base, **overrides, "rates": rates}


def _problems_of_rates(rates: Any) -> Iterator[str]:
    if not isinstance(rates, Mapping):
        yield "rates must be a table."
        return
    for name, buckets in rates.items():
        if not ROUTE_CLASS.fullmatch(str(name)):
            yield f"rates.{str(name)[:40]} is no name of a class of routes."
        if not isinstance(buckets, Mapping):
            yield f"rates.{name} must be a table."
            continue
        for bucket, rate in buckets.items():
            if bucket not in BUCKETS:
                yield f"rates.{name}.{bucket} is not known: there are {', '.join(BUCKETS)}."
            else:
                yield from problems_of_rate(f"rates.{name}.{bucket}", rate)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST


def _is_positive(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value) and value > 0


def _rates_of(buckets: Mapping[str, Any]) -> Rates:
    return Rates(
        **{
            bucket: Rate(tokens=rate["tokens"], refill_per_s=float(rate["refill_per_s"]))
            for bucket, rate in buckets.items()
        }
    )
