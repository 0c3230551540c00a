from concurrent.futures import ThreadPoolExecutor

from accounts.limits.own_buckets import OwnBuckets
from accounts.tests.limits.conftest import bucket


def test_it_lets_through_what_the_bucket_holds() -> None:
    own = OwnBuckets()
    assert [own.take([bucket(tokens=3)]).is_allowed for _ in range(5)] == [True] * 3 + [False] * 2
    assert own.take([bucket("somebody else", tokens=3)]).is_allowed


def test_of_many_threads_exactly_as_many_pass_as_there_are_tokens() -> None:
    own = OwnBuckets()
    with ThreadPoolExecutor(max_workers=16) as threads:
        taken = threads.map(lambda _: own.take([bucket(tokens=10), bucket("all", tokens=500)]), range(200))
        assert sum(one.is_allowed for one in taken) == 10


def test_of_a_crowd_it_remembers_who_comes_again() -> None:
    own = OwnBuckets(most=100)
    regular = bucket("regular", tokens=3)
    outcomes = [own.take([regular]).is_allowed]
    for number in range(1, 10_000):
        own.take([bucket(f"address {number}")])
        if number % 50 == 0:
            outcomes.append(own.take([regular]).is_allowed)
    assert outcomes == [True] * 3 + [False] * 197
    assert len(own) == 100


def test_a_bucket_fills_again() -> None:
    now = [0]
    own = OwnBuckets(clock_us=lambda: now[0])
    one = bucket(tokens=2, refill_per_s=0.5)
    assert [own.take([one]).is_allowed for _ in range(3)] == [True, True, False]
    now[0] += 2_000_000
    assert [own.take([one]).is_allowed for _ in range(2)] == [True, False]
    now[0] += 60_000_000
    assert [own.take([one]).is_allowed for _ in range(3)] == [True, True, False]
