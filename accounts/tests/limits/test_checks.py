from typing import Any

import pytest
from django.conf import settings as site_settings
from django.core.checks import run_checks
from pytest_django import Settings

from accounts.limits.checks import find_problems

GOOD = {"tokens": 5, "refill_per_s": 0.5}


def test_the_defaults_are_well_formed() -> None:
    assert list(find_problems(site_settings.RATE_LIMITS)) == []


@pytest.mark.parametrize(
    ("limits", "problem"),
    [
        ([], "it must be an object."),
        ({"reed": {}}, "reed is none of generate, batch, read, write, login, anonymous."),
        ({"read": 5}, "read must be an object."),
        ({"read": {"user": GOOD}}, "read.user is none of key, organization, address."),
        ({"read": {"key": {**GOOD, "refill_per_s": 1e-9}}}, "read.key takes longer than a year to fill."),
        *(
            ({"read": {"key": rate}}, "read.key must have tokens (1 or more) and refill_per_s (above 0).")
            for rate in (
                5,
                {},
                {"tokens": 5},
                {**GOOD, "burst": 1},
                {**GOOD, "tokens": 0},
                {**GOOD, "tokens": 1.5},
                {**GOOD, "tokens": True},
                {**GOOD, "refill_per_s": 0},
                {**GOOD, "refill_per_s": "fast"},
                {**GOOD, "refill_per_s": float("inf")},
                {**GOOD, "refill_per_s": float("nan")},
            )
        ),
    ],
)
def test_what_is_wrong_is_named(limits: Any, problem: str) -> None:
    assert list(find_problems(limits)) == [problem]


def test_a_deployment_with_such_limits_does_not_pass(settings: Settings) -> None:
    settings.RATE_LIMITS = {"read": {"key": {}}}
    assert "accounts.E030" in {message.id for message in run_checks()}
