"""Buckets in a real Redis."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.cache import cache
from pytest_django import Settings

from accounts.limits.buckets import Bucket
from accounts.limits.shared_buckets import take_shared
from accounts.limits.taking import take
from accounts.tests.limits.conftest import bucket, use_redis

pytestmark = [pytest.mark.servers, pytest.mark.usefixtures("redis")]


def redis_client() -> Any:
    return cache.client.get_client(write=True)  # type: ignore[attr-defined]


def stored_keys() -> list[bytes]:
    return sorted(redis_client().keys("*"))


def test_it_takes_from_all_buckets_or_from_none() -> None:
    small, large = bucket("small", tokens=2), bucket("large", tokens=5, scope="organization")
    told = [take_shared([small, large]) for _ in range(3)]
    assert [taken.is_allowed for taken in told] == [True, True, False]
    assert [[one.remaining for one in taken.standings] for taken in told] == [[1, 4], [0, 3], [0, 3]]
    assert [one.bucket for one in told[2].refusing] == [small]
    assert take_shared([large]).standings[0].remaining == 2


def test_of_two_hundred_at_once_exactly_ten_pass() -> None:
    with ThreadPoolExecutor(max_workers=32) as threads:
        taken = list(threads.map(lambda _: take([bucket(tokens=10)]), range(200)))
    assert sum(one.is_allowed for one in taken) == 10
    assert all(one.is_shared for one in taken)


def test_a_burst_that_is_replayed_passes_no_second_time() -> None:
    one = bucket(tokens=10, refill_per_s=20)
    assert sum(take_shared([one]).is_allowed for _ in range(50)) >= 10
    started = time.monotonic()
    passed = sum(take_shared([one]).is_allowed for _ in range(50))
    assert passed <= 1 + (time.monotonic() - started) * 20
    time.sleep(0.11)
    assert take_shared([one]).is_allowed


def test_a_bucket_is_forgotten_when_it_is_full_again() -> None:
    take_shared([bucket(tokens=10, refill_per_s=1)])
    [key] = stored_keys()
    assert 0 < redis_client().pttl(key) <= 1_000
    time.sleep(1.05)
    assert stored_keys() == []


def test_a_refusal_writes_nothing() -> None:
    take_shared([bucket(tokens=1)])
    [key] = stored_keys()
    before = redis_client().get(key)
    assert not take_shared([bucket(tokens=1), bucket("other")]).is_allowed
    assert (stored_keys(), redis_client().get(key)) == ([key], before)


@pytest.mark.parametrize("rubbish", [b"", b"rubbish", b"-5", b"1e400", b"nan"])
def test_rubbish_in_the_place_of_a_bucket_ends_with_it(rubbish: bytes) -> None:
    take_shared([bucket(tokens=3)])
    [key] = stored_keys()
    redis_client().set(key, rubbish)
    assert [take([bucket(tokens=3)]).is_shared for _ in range(2)] == [True, True]
    assert 0 <= take([bucket(tokens=3)]).standings[0].remaining <= 3


def test_a_clock_that_was_set_back_empties_a_bucket_and_does_not_close_it() -> None:
    """What is stored then lies hours ahead."""
    one = bucket(tokens=5, refill_per_s=20)
    take_shared([one])
    [key] = stored_keys()
    seconds, _ = redis_client().time()
    redis_client().set(key, str((seconds + 7_200) * 1_000_000))
    refused = take_shared([one])
    assert (refused.is_allowed, refused.standings[0].next_token_s) == (False, 0.05)
    redis_client().set(key, str((seconds - 7_200) * 1_000_000))
    assert take_shared([one]).standings[0].remaining == 4


def test_a_plan_that_has_changed_holds_from_the_next_request_on() -> None:
    for _ in range(10):
        take_shared([bucket(tokens=10, refill_per_s=0.01)])
    assert not take_shared([bucket(tokens=10, refill_per_s=0.01)]).is_allowed
    # The thousand seconds that the bucket has to fill are a hundred of the tokens of the larger one.
    assert take_shared([bucket(tokens=1_000, refill_per_s=0.1)]).standings[0].remaining == 899


def test_the_largest_bucket_is_counted_to_the_token() -> None:
    one = bucket(tokens=10**9, refill_per_s=10**9 / (365 * 86_400))
    taken = [take_shared([one]).standings[0].remaining for _ in range(3)]
    assert taken == [10**9 - 1, 10**9 - 2, 10**9 - 3]


def test_all_buckets_of_a_request_are_on_one_node_of_a_cluster(
    settings: Settings, start_redis: Callable[..., tuple[str, object]]
) -> None:
    use_redis(settings, start_redis("--cluster-enabled", "yes")[0])
    redis_client().execute_command("CLUSTER", "ADDSLOTS", *range(16_384))
    deadline = time.monotonic() + 10
    while b"cluster_state:ok" not in (info := _cluster_info()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert b"cluster_state:ok" in info
    asked: list[Bucket] = [
        bucket(str(number), scope=scope) for number in range(9) for scope in ("key", "address")
    ]
    assert take(asked).is_shared
    slots = {redis_client().execute_command("CLUSTER", "KEYSLOT", key) for key in stored_keys()}
    assert (len(stored_keys()), len(slots)) == (18, 1)


def _cluster_info() -> bytes:
    return str(redis_client().execute_command("CLUSTER", "INFO")).encode()
