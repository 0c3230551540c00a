"""The script in Redis decides as the Python that stands in for it: both get the same requests."""

from collections.abc import Sequence

import pytest
from django.core.cache import cache
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.limits.buckets import Bucket, Rate, take_tokens
from accounts.limits.own_buckets import OwnBuckets
from accounts.limits.shared_buckets import SCRIPT

pytestmark = pytest.mark.servers

CLOCK = "redis.call('TIME')"
# The clock of the test, as the last of the arguments: seconds and microseconds.
SCRIPT_WITH_CLOCK = SCRIPT.replace(CLOCK, "{ARGV[#ARGV - 1], ARGV[#ARGV]}")
SECOND = 1_000_000

# Tokens that come back so slowly that nothing expires in Redis while an example runs.
rates = st.builds(Rate, tokens=st.integers(1, 12), refill_per_s=st.floats(0.0005, 0.1))
# Which buckets a request takes from, and how far the clock goes meanwhile: also back, also far.
steps = st.tuples(
    st.lists(st.integers(0, 3), min_size=1, max_size=4, unique=True),
    st.one_of(
        st.integers(0, 20_000_000),
        st.integers(0, 10**9),
        st.sampled_from([-(10**12), -1, 10**13]),
    ),
)


def run_on_redis(buckets: Sequence[Bucket], now_us: int) -> tuple[bool, list[int]]:
    arguments = [us for one in buckets for us in (one.rate.interval_us, one.rate.size_us)]
    clock = divmod(now_us, SECOND)
    keys = [f"{{test}}:{one.key}" for one in buckets]
    fits, *backlogs = cache.run_script(SCRIPT_WITH_CLOCK, keys=keys, arguments=[*arguments, *clock])  # type: ignore[attr-defined]
    return bool(fits), backlogs


def test_the_script_has_one_clock_to_replace() -> None:
    assert SCRIPT.count(CLOCK) == 1
    assert CLOCK not in SCRIPT_WITH_CLOCK


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    chosen=st.lists(rates, min_size=4, max_size=4),
    start=st.integers(10**15, 4 * 10**15),
    sequence=st.lists(steps, max_size=40),
)
def test_both_decide_alike(
    redis: str, chosen: list[Rate], start: int, sequence: list[tuple[list[int], int]]
) -> None:
    cache.clear()
    now = [start]
    own = OwnBuckets(clock_us=lambda: now[0])
    buckets = [
        Bucket(route_class="read", scope="key", subject=str(number), rate=rate)
        for number, rate in enumerate(chosen)
    ]
    for numbers, gap in sequence:
        now[0] = max(0, now[0] + gap)
        asked = [buckets[number] for number in numbers]
        taken = own.take(asked)
        told = (taken.is_allowed, [one.backlog_us for one in taken.standings])
        assert run_on_redis(asked, now[0]) == told


@settings(max_examples=200)
@given(rate=rates, gaps=st.lists(st.integers(0, 200 * SECOND), max_size=60))
def test_never_more_pass_than_the_bucket_holds_and_what_has_come_back(rate: Rate, gaps: list[int]) -> None:
    """In any stretch of time, and not only in windows that somebody has laid down."""
    passed: list[int] = []
    now = full_at = 0
    for gap in gaps:
        now += gap
        fits, [backlog] = take_tokens([rate], [full_at - now])
        full_at = now + backlog
        if fits:
            passed.append(now)
    for first in range(len(passed)):
        for last in range(first, len(passed)):
            allowed = rate.tokens + (passed[last] - passed[first]) // rate.interval_us
            assert last - first + 1 <= allowed


@settings(max_examples=100)
@given(rate=rates, gaps=st.lists(st.integers(0, 50 * SECOND), max_size=30))
def test_who_comes_as_slowly_as_tokens_come_back_is_never_refused(rate: Rate, gaps: list[int]) -> None:
    now = full_at = 0
    for gap in gaps:
        now += rate.interval_us + gap
        fits, [backlog] = take_tokens([rate], [full_at - now])
        full_at = now + backlog
        assert fits
