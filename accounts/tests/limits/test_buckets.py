from typing import Any

import pytest

from accounts.limits.buckets import Bucket, Rate, Standing, take_tokens
from accounts.tests.limits.conftest import bucket

SECOND = 1_000_000
TEN_A_MINUTE = Rate(tokens=10, refill_per_s=1 / 6)


def standing(backlog_s: float, rate: Rate = TEN_A_MINUTE) -> Standing:
    of = Bucket(route_class="read", scope="key", subject="me", rate=rate)
    return Standing(bucket=of, backlog_us=int(backlog_s * SECOND))


def test_a_full_bucket_lets_as_many_through_as_it_has_tokens() -> None:
    backlog, outcomes = 0, []
    for _ in range(12):
        fits, [backlog] = take_tokens([TEN_A_MINUTE], [backlog])
        outcomes.append(fits)
    assert outcomes == [True] * 10 + [False] * 2
    assert backlog == 60 * SECOND


def test_a_token_comes_back_after_its_interval_and_not_before() -> None:
    empty = TEN_A_MINUTE.size_us
    assert take_tokens([TEN_A_MINUTE], [empty - 6 * SECOND + 1])[0] is False
    assert take_tokens([TEN_A_MINUTE], [empty - 6 * SECOND])[0] is True


def test_of_several_buckets_one_that_is_empty_keeps_all_as_they_are() -> None:
    hundred = Rate(tokens=100, refill_per_s=1)
    assert take_tokens([hundred, TEN_A_MINUTE], [5 * SECOND, 60 * SECOND]) == (
        False,
        [5 * SECOND, 60 * SECOND],
    )
    assert take_tokens([hundred, TEN_A_MINUTE], [5 * SECOND, 54 * SECOND]) == (
        True,
        [6 * SECOND, 60 * SECOND],
    )


@pytest.mark.parametrize("backlog", [61 * SECOND, 10**15, 2**53])
def test_a_backlog_from_before_the_clock_was_set_back_is_an_empty_bucket_and_no_more(backlog: int) -> None:
    assert take_tokens([TEN_A_MINUTE], [backlog]) == (False, [60 * SECOND])


def test_a_clock_that_was_set_forward_has_filled_the_bucket() -> None:
    assert take_tokens([TEN_A_MINUTE], [-(10**15)]) == (True, [6 * SECOND])


@pytest.mark.parametrize(
    ("backlog_s", "remaining", "next_token_s"),
    [(0, 10, 0), (6, 9, 6), (0.5, 9, 0.5), (54, 1, 6), (55, 0, 1), (60, 0, 6)],
)
def test_what_is_told_of_a_bucket_follows_from_its_backlog(
    backlog_s: float, remaining: int, next_token_s: float
) -> None:
    told = standing(backlog_s)
    assert (told.remaining, told.next_token_s, told.reset_s) == (remaining, next_token_s, backlog_s)


@pytest.mark.parametrize(
    ("tokens", "refill_per_s", "interval_us", "window_s"),
    [
        (100, 100 / 60, 600_000, 60),
        (10, 1 / 3, 3_000_000, 30),
        (7, 0.1, 10_000_000, 70),
        (1, 3, 333_334, 1),  # rounded up
        (1000, 1e9, 1, 1),  # no faster than a clock of microseconds
    ],
)
def test_a_rate_is_never_more_than_was_said(
    tokens: int, refill_per_s: float, interval_us: int, window_s: int
) -> None:
    rate = Rate(tokens=tokens, refill_per_s=refill_per_s)
    assert (rate.interval_us, rate.window_s) == (interval_us, window_s)


def test_what_the_headers_show_of_a_bucket_names_nobody() -> None:
    shown: Any = bucket("key-0190", scope="key")
    assert (shown.policy, shown.key) == ("generate-key", "generate-key:key-0190")
