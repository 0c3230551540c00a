import re

import pytest

from accounts.limits.buckets import Bucket, Rate, Taken
from accounts.limits.headers import headers_of
from accounts.limits.taking import refusal_of

SECOND = 1_000_000
# A list of items, each a string with parameters that are whole numbers (RFC 9651).
ITEM = r'"[\x20-\x21\x23-\x5b\x5d-\x7e]+"(?:;[a-z]+=\d{1,15})+'
FIELD = re.compile(rf"{ITEM}(?:, {ITEM})*")

KEY = Bucket(route_class="read", scope="key", subject="k", rate=Rate(tokens=100, refill_per_s=10))
ORGANIZATION = Bucket(
    route_class="read", scope="organization", subject="o", rate=Rate(tokens=60, refill_per_s=0.5)
)


def told(*backlogs_s: float, is_allowed: bool = True) -> Taken:
    backlogs = [int(backlog * SECOND) for backlog in backlogs_s]
    return Taken.tell([KEY, ORGANIZATION], fits=is_allowed, backlogs_us=backlogs, is_shared=True)


@pytest.mark.parametrize(
    ("taken", "limit"),
    [
        (told(0.1, 2), '"read-organization";r=59;t=2, "read-key";r=99;t=1'),
        (told(9.95, 2), '"read-key";r=0;t=1, "read-organization";r=59;t=2'),
        # As few are left: the one that takes longer for the next.
        (told(9.9, 117), '"read-organization";r=1;t=1, "read-key";r=1;t=1'),
    ],
)
def test_the_tightest_bucket_stands_first(taken: Taken, limit: str) -> None:
    assert headers_of(taken) == {
        "RateLimit": limit,
        "RateLimit-Policy": '"read-key";q=100;w=10, "read-organization";q=60;w=120',
    }


@pytest.mark.parametrize(
    ("retry_after_s", "limit"),
    [
        (1, '"read-key";r=0;t=1, "read-organization";r=59'),
        (2, '"read-key";r=0;t=1, "read-organization";r=59;t=2'),
    ],
)
def test_no_window_ends_behind_retry_after(retry_after_s: int, limit: str) -> None:
    taken = told(10, 2, is_allowed=False)
    assert headers_of(taken, retry_after_s=retry_after_s)["RateLimit"] == limit


def test_both_are_structured_fields() -> None:
    for taken in (told(0.1, 2), told(10, 119.5, is_allowed=False)):
        for value in headers_of(taken).values():
            assert FIELD.fullmatch(value)


def test_where_nothing_is_limited_nothing_is_said() -> None:
    assert headers_of(Taken(is_allowed=True, is_shared=True, standings=())) == {}


def test_a_refusal_names_the_bucket_that_takes_longest() -> None:
    error = refusal_of(told(10, 119.5, is_allowed=False))
    assert (error.code, error.status, error.retryable, error.retry_after) == ("rate_limited", 429, True, 2)
    assert error.message == "Too many requests: read-organization allows 60 in 120 s."
    assert error.details == {
        "policy": "read-organization",
        "scope": "organization",
        "limit": 60,
        "window_s": 120,
        "retry_after": 2,
    }


def test_a_refusal_is_never_shown_without_its_window() -> None:
    for tenths in range(1, 1200):
        taken = told(10, tenths / 10, is_allowed=False)
        shown = headers_of(taken, retry_after_s=refusal_of(taken).retry_after or 0)["RateLimit"]
        assert re.findall(r"r=0(?!;t=)", shown) == []
