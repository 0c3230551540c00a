"""A plan is read whole, or refused with all that is wrong with it."""

import tomllib
from typing import Any

import pytest

from accounts.limits.buckets import Rate
from accounts.plans.parsing import InvalidPlan, find_problems, merge, parse_plan

PLAN = """
name = "Small"
requests_per_day = 10
tokens_per_month = "unlimited"
money_per_month_microusd = 5_000_000
stored_bytes = 0
members = 1
keys = 2
generations_in_flight = 3
max_body_bytes = 4
max_prompt_chars = 5
queue_share = 0.5

[rates.generate]
key = { tokens = 5, refill_per_s = 0.1 }
"""


def plan(**changes: Any) -> dict[str, Any]:
    return {**tomllib.loads(PLAN), **changes}


def test_a_plan_is_a_frozen_record() -> None:
    limits = parse_plan("small", plan())
    assert (limits.plan, limits.name, limits.requests_per_day) == ("small", "Small", 10)
    assert (limits.tokens_per_month, limits.stored_bytes, limits.queue_share) == (None, 0, 0.5)
    assert limits.rates["generate"].key == Rate(tokens=5, refill_per_s=0.1)
    assert (limits.rates["generate"].organization, limits.rates.get("read")) == (None, None)


def test_what_is_missing_is_no_limit_that_is_lifted() -> None:
    data = plan()
    del data["money_per_month_microusd"], data["keys"]
    with pytest.raises(InvalidPlan) as invalid:
        parse_plan("small", data)
    assert invalid.value.problems == ["keys is missing.", "money_per_month_microusd is missing."]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        (
            {"rates": {"read": {"key": {"tokens": 400, "refill_per_s": 0.00001}}}},
            "rates.read.key takes longer than a year to fill.",
        ),
        ({"request_per_day": 1}, "request_per_day is not known."),
        ({"keys": -1}, "keys must"),
        ({"keys": 1.5}, "keys must"),
        ({"keys": True}, "keys must"),
        ({"keys": "none"}, "keys must"),
        ({"keys": None}, "keys must"),
        ({"keys": 10**18}, "keys must"),
        ({"name": " "}, "name must"),
        ({"name": 3}, "name must"),
        ({"queue_share": 0}, "queue_share must"),
        ({"queue_share": "1"}, "queue_share must"),
        ({"queue_share": float("inf")}, "queue_share must"),
        ({"queue_share": float("nan")}, "queue_share must"),
        ({"rates": []}, "rates must"),
        ({"rates": {"Generate!": {}}}, "rates.Generate! is no name"),
        ({"rates": {"read": 5}}, "rates.read must"),
        ({"rates": {"read": {"user": {"tokens": 1, "refill_per_s": 1}}}}, "rates.read.user is not known"),
        ({"rates": {"read": {"key": {"tokens": 0, "refill_per_s": 1}}}}, "rates.read.key must"),
        ({"rates": {"read": {"key": {"tokens": 1}}}}, "rates.read.key must"),
        ({"rates": {"read": {"key": {"tokens": 1, "refill_per_s": 0}}}}, "rates.read.key must"),
        ({"rates": {"read": {"key": {"tokens": 1, "refill_per_s": 1, "x": 1}}}}, "rates.read.key must"),
    ],
)
def test_what_is_malformed_is_named(changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(InvalidPlan) as invalid:
        parse_plan("small", plan(**changes))
    assert len(invalid.value.problems) == 1
    assert invalid.value.problems[0].startswith(problem)


def test_overrides_change_what_they_name() -> None:
    overrides = {
        "keys": "unlimited",
        "rates": {
            "generate": {"address": {"tokens": 1, "refill_per_s": 1}},
            "read": {"key": {"tokens": 2, "refill_per_s": 2}},
        },
    }
    assert find_problems(overrides) == []
    limits = parse_plan("small", merge(plan(), overrides))
    assert (limits.keys, limits.members) == (None, 1)
    assert limits.rates["generate"].key == Rate(tokens=5, refill_per_s=0.1)
    assert limits.rates["generate"].address == Rate(tokens=1, refill_per_s=1)
    assert limits.rates["read"].key == Rate(tokens=2, refill_per_s=2)
