"""Redis goes away, hangs and comes back: a real one."""

import logging
import signal
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from prometheus_client import REGISTRY
from pytest_django import Settings

from accounts.limits.buckets import Taken
from accounts.limits.taking import take
from accounts.tests.limits.conftest import bucket, use_redis

pytestmark = pytest.mark.servers

StartRedis = Callable[..., tuple[str, "subprocess.Popen[bytes]"]]


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codegen_site.redis_cache.ASK_AGAIN_AFTER_S", 0.4)


def unshared() -> float:
    return REGISTRY.get_sample_value("codegen_rate_limit_unshared_total") or 0


def test_without_any_redis_a_process_counts_by_itself() -> None:
    before = unshared()
    taken = [take([bucket(tokens=3)]) for _ in range(4)]
    assert [one.is_allowed for one in taken] == [True, True, True, False]
    assert [one.is_shared for one in taken] == [False] * 4
    assert unshared() - before == 4


def test_redis_is_killed_in_the_middle_and_nobody_is_refused_for_it(
    settings: Settings, start_redis: StartRedis, caplog: pytest.LogCaptureFixture
) -> None:
    url, process = start_redis()
    use_redis(settings, url)
    half_done = Event()

    def ask(number: int) -> Taken:
        if number == 100:
            half_done.set()
        return take([bucket(f"caller {number % 7}", tokens=1_000)])

    with caplog.at_level(logging.WARNING, logger="codegen_site"), ThreadPoolExecutor(8) as threads:
        asked = threads.map(ask, range(2_000))
        assert half_done.wait(10)
        process.kill()
        taken = list(asked)
    assert all(one.is_allowed for one in taken)
    assert {one.is_shared for one in taken} == {True, False}
    told = [record.message for record in caplog.records if record.name == "codegen_site"]
    assert told == ["Redis cannot be reached: going on without it."]


def test_a_redis_that_hangs_holds_up_one_caller_and_not_the_others(
    settings: Settings, start_redis: StartRedis
) -> None:
    url, process = start_redis()
    use_redis(settings, url)
    assert take([bucket()]).is_shared
    process.send_signal(signal.SIGSTOP)
    started = time.monotonic()
    assert take([bucket()]).is_allowed
    assert 0.2 < time.monotonic() - started < 5
    started = time.monotonic()
    assert not any(take([bucket(str(number))]).is_shared for number in range(200))
    assert time.monotonic() - started < 5  # and not 200 times as long as one


def test_when_it_is_back_the_buckets_are_shared_again(settings: Settings, start_redis: StartRedis) -> None:
    url, process = start_redis()
    use_redis(settings, url)
    assert [take([bucket(tokens=2)]).is_allowed for _ in range(3)] == [True, True, False]
    process.send_signal(signal.SIGSTOP)
    # Its own bucket is a full one: better twice too much than an outage.
    assert [take([bucket(tokens=2)]).is_allowed for _ in range(3)] == [True, True, False]
    process.send_signal(signal.SIGCONT)
    time.sleep(0.5)
    taken = take([bucket(tokens=2)])
    assert (taken.is_allowed, taken.is_shared) == (False, True)
