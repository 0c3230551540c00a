"""Who guesses keys is refused for the rest of the minute, before anything is looked up.

Counted for each address in Redis; in each process by itself while Redis is away.
"""

import time

from django.conf import settings
from django.core.cache import cache

from accounts.bounded import Bounded
from codegen_site.errors import CacheException, RateLimitException

WINDOW_S = 60
MOST_ADDRESSES = 10_000

_own_counts: Bounded[int] = Bounded(MOST_ADDRESSES)


def refuse_guesser(customer: str) -> None:
    """Raises `RateLimitException`."""
    name, most = _name_of(customer), settings.API_KEY_GUESSES_PER_MINUTE
    if (_own_counts.get(name) or 0) < most and (count := _count_of(name)) >= most:
        _own_counts.set(name, count)  # no need to ask Redis again
    if (_own_counts.get(name) or 0) >= most:
        raise RateLimitException(
            "Too many unknown API keys came from this address.", retry_after=WINDOW_S - time.time() % WINDOW_S
        )


def count_guess(customer: str) -> None:
    name = _name_of(customer)
    try:
        cache.add(name, 0, 2 * WINDOW_S)
        cache.incr(name)
    except (CacheException, ValueError):  # the latter where there is no Redis, or it forgot the name
        _own_counts.change(name, lambda count: (count or 0) + 1)


def forget_all() -> None:
    """As a process that has just begun."""
    _own_counts.clear()


def _count_of(name: str) -> int:
    own = _own_counts.get(name) or 0
    try:
        return int(cache.get(name) or 0) + own
    except CacheException:
        return own


def _name_of(customer: str) -> str:
    return f"api-key-guesses:{customer}:{int(time.time() // WINDOW_S)}"
