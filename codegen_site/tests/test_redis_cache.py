"""A Redis that goes away, hangs and comes back: a real one."""

import logging
import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from prometheus_client import REGISTRY

from codegen_site import redis_cache
from codegen_site.errors import CacheException
from codegen_site.redis_cache import Breaker, RedisCache
from codegen_site.tests.plugin import free_port, serving
from codegen_site.up.servers import redis_server

pytestmark = pytest.mark.servers


@pytest.fixture
def server() -> Iterator[tuple[int, "subprocess.Popen[bytes]"]]:
    port = free_port()
    with serving(redis_server(port=port)) as process:
        yield port, process
        process.send_signal(signal.SIGCONT)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_cache, "ASK_AGAIN_AFTER_S", 0.5)


def cache_at(port: int) -> RedisCache:
    timeouts = {"SOCKET_CONNECT_TIMEOUT": 0.3, "SOCKET_TIMEOUT": 0.3}
    return RedisCache(f"redis://127.0.0.1:{port}/0", {"OPTIONS": timeouts})


def seconds_to_fail(cache: RedisCache) -> float:
    started = time.monotonic()
    with pytest.raises(CacheException):
        cache.get("key")
    return time.monotonic() - started


def of_redis(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.message for record in caplog.records if record.name == redis_cache.logger.name]


def test_it_is_a_cache(server: tuple[int, object]) -> None:
    cache = cache_at(server[0])
    cache.set("key", {"a": 1})
    assert cache.get("key") == {"a": 1}
    assert (cache.add("key", 2), cache.delete("key"), cache.get("key", "none")) == (False, True, "none")
    cache.set_many({"one": 1, "two": 2})
    assert (cache.incr("one"), cache.get_many(["one", "two"])) == (2, {"one": 2, "two": 2})


def test_all_caches_with_the_same_settings_have_one_client(server: tuple[int, object]) -> None:
    url = f"redis://127.0.0.1:{server[0]}/0"
    caches = [RedisCache(url, {"KEY_PREFIX": prefix}) for prefix in ("a", "a", "b")]
    with ThreadPoolExecutor(max_workers=8) as threads:
        clients = set(threads.map(lambda _: RedisCache(url, {"KEY_PREFIX": "a"}).client, range(50)))
    assert clients == {caches[0].client} == {caches[1].client}
    caches[0].set("key", 1)
    assert [cache.get("key") for cache in caches] == [1, 1, None]


def test_of_a_server_that_hangs_one_caller_learns_and_the_others_are_told_at_once(
    server: tuple[int, "subprocess.Popen[bytes]"], caplog: pytest.LogCaptureFixture
) -> None:
    port, process = server
    cache = cache_at(port)
    cache.set("key", 1)
    process.send_signal(signal.SIGSTOP)
    with caplog.at_level(logging.WARNING, logger="codegen_site"):
        assert seconds_to_fail(cache) > 0.2
        assert sum(seconds_to_fail(cache) for _ in range(100)) < 0.1
    assert of_redis(caplog) == ["Redis cannot be reached: going on without it."]
    assert REGISTRY.get_sample_value("codegen_redis_up") == 0


def test_after_a_while_a_single_caller_finds_out_whether_it_is_back(
    server: tuple[int, "subprocess.Popen[bytes]"],
) -> None:
    port, process = server
    process.send_signal(signal.SIGSTOP)
    seconds_to_fail(cache_at(port))
    time.sleep(0.6)
    with ThreadPoolExecutor(max_workers=10) as threads:
        waits = list(threads.map(lambda _: seconds_to_fail(cache_at(port)), range(10)))
    assert sum(wait > 0.2 for wait in waits) == 1


def test_it_is_asked_again_when_it_is_back(
    server: tuple[int, "subprocess.Popen[bytes]"], caplog: pytest.LogCaptureFixture
) -> None:
    port, process = server
    cache = cache_at(port)
    cache.set("key", 1)
    process.send_signal(signal.SIGSTOP)
    seconds_to_fail(cache)
    process.send_signal(signal.SIGCONT)
    time.sleep(0.6)
    caplog.clear()
    with caplog.at_level(logging.WARNING, logger="codegen_site"):
        assert cache.get("key") == 1
    assert of_redis(caplog) == ["Redis is back."]
    assert REGISTRY.get_sample_value("codegen_redis_up") == 1


def test_an_answer_that_comes_late_does_not_bring_it_back(caplog: pytest.LogCaptureFixture) -> None:
    breaker = Breaker()
    early = breaker.check()
    with caplog.at_level(logging.WARNING, logger="codegen_site"):
        breaker.note(away=True, finds_out=breaker.check())
        breaker.note(away=False, finds_out=early)
        with pytest.raises(CacheException):
            breaker.check()
        time.sleep(0.6)
        breaker.note(away=False, finds_out=breaker.check())
    assert of_redis(caplog) == [
        "Redis cannot be reached: going on without it.",
        "Redis is back.",
    ]


def test_a_refusal_of_a_server_that_is_there_is_no_absence(server: tuple[int, object]) -> None:
    cache = cache_at(server[0])
    cache.client.get_client(write=True).lpush(cache.make_key("list"), "item")
    with pytest.raises(CacheException):
        cache.incr("list")
    cache.set("key", 1)
    assert cache.get("key") == 1


COUNT = "return {redis.call('INCRBY', KEYS[1], ARGV[1]), #KEYS}"


def test_a_script_runs_also_on_a_server_that_has_forgotten_it(
    server: tuple[int, object],
) -> None:
    cache = cache_at(server[0])
    assert cache.run_script(COUNT, keys=["one", "two"], arguments=[5]) == [5, 2]
    assert cache.run_script(COUNT, keys=["one", "two"], arguments=[2]) == [7, 2]
    cache.client.get_client(write=True).script_flush()
    assert cache.run_script(COUNT, keys=["one"], arguments=[1]) == [8, 1]
    assert cache.client.get_client(write=True).get(cache.make_key("one")) == b"8"


def test_a_script_is_sent_once_and_then_called_by_its_digest(server: tuple[int, object]) -> None:
    cache = cache_at(server[0])
    for _ in range(3):
        cache.run_script(COUNT, keys=["one"], arguments=[1])
    stats = cache.client.get_client(write=True).info("commandstats")
    assert (stats["cmdstat_eval"]["calls"], stats["cmdstat_evalsha"]["calls"]) == (1, 3)


def test_a_script_that_breaks_is_told_as_any_refusal(server: tuple[int, object]) -> None:
    cache = cache_at(server[0])
    with pytest.raises(CacheException):
        cache.run_script("return nothing.here", keys=[], arguments=[])
    assert cache.get("key") is None
