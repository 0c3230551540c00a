"""django-redis that fails fast: while Redis is away or hangs, nobody waits for it more than now and then.

The only file that knows django-redis. Whoever asks the cache catches `CacheException` and goes on without.
"""

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from django_redis.cache import RedisCache as DjangoRedisCache
from django_redis.exceptions import ConnectionInterrupted
from prometheus_client import Gauge
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError, RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

from codegen_site.errors import CacheException

logger = logging.getLogger("codegen_site")

# While it is away, one caller in this time finds out whether it is back; the others are told at once.
ASK_AGAIN_AFTER_S = 2.0

# Others are a refusal of a server that is there: out of memory, say.
AWAY = (RedisConnectionError, RedisTimeoutError)

REDIS_UP = Gauge("codegen_redis_up", "1 while this process can reach Redis, else 0.")
REDIS_UP.set(1)


class Breaker:
    """What a process knows of one server. A caller that has to find out takes the wait on itself alone."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._away_until = 0.0
        self._is_away = False

    def check(self) -> bool:
        """Whether the caller is to find out. Raises `CacheException` where nothing is to be hoped for."""
        if not self._is_away:
            return False
        with self._lock:
            if time.monotonic() < self._away_until:
                raise CacheException
            self._away_until = time.monotonic() + ASK_AGAIN_AFTER_S
        return True

    def note(self, *, away: bool, finds_out: bool) -> None:
        if not away and not finds_out:
            return  # whoever asked before it went away may get an answer after others did not
        if away:
            with self._lock:
                self._away_until = time.monotonic() + ASK_AGAIN_AFTER_S
        if away == self._is_away:
            return
        self._is_away = away
        REDIS_UP.set(not away)
        logger.warning("Redis cannot be reached: going on without it." if away else "Redis is back.")


_breakers: dict[str, Breaker] = {}
# Django makes a cache anew for each request, and a client would take longer than what it is asked.
_clients: dict[str, Any] = {}


@lru_cache(maxsize=16)
def _digest_of(script: str) -> str:
    return hashlib.sha1(script.encode(), usedforsecurity=False).hexdigest()


class RedisCache(DjangoRedisCache):  # type: ignore[misc]  # it has no types
    """Raises `CacheException` and nothing else of Redis's."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._settings = repr((server, params))

    @property
    def client(self) -> Any:
        """The one of this process."""
        found = _clients.get(self._settings)
        return found or _clients.setdefault(self._settings, super().client)

    def _ask(self, question: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        # What is known of the server is the process's, as the client is.
        breaker = _breakers.setdefault(str(self._server), Breaker())
        finds_out = breaker.check()
        try:
            answer = question(*args, **kwargs)
        except (ConnectionInterrupted, RedisError) as error:
            breaker.note(away=isinstance(error.__cause__ or error, AWAY), finds_out=finds_out)
            raise CacheException from error
        breaker.note(away=False, finds_out=finds_out)
        return answer

    def get(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask(super().get, *args, **kwargs)

    def get_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask(super().get_many, *args, **kwargs)

    def set(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask(super().set, *args, **kwargs)

    def add(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask(super().add, *args, **kwargs)

    def incr(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask(super().incr, *args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask(super().touch, *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask(super().delete, *args, **kwargs)

    def delete_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask(super().delete_many, *args, **kwargs)

    def clear(self) -> Any:
        return self._ask(super().clear)

    def run_script(self, script: str, *, keys: Sequence[str], arguments: Sequence[int]) -> Any:
        """What a Lua script returns, which runs in one piece. On a cluster all keys share one hash tag."""
        return self._ask(self._run_script, script, keys, arguments)

    def _run_script(self, script: str, keys: Sequence[str], arguments: Sequence[int]) -> Any:
        client = self.client.get_client(write=True)
        names = [self.make_key(key) for key in keys]
        try:
            return client.evalsha(_digest_of(script), len(names), *names, *arguments)
        except NoScriptError:  # a server that has not seen it, or has restarted
            return client.eval(script, len(names), *names, *arguments)
