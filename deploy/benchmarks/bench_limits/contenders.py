"""What is measured: each a call for one of many callers, true where the caller may go on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from rest_framework.throttling import SimpleRateThrottle

from accounts.limits.buckets import Bucket, Rate
from accounts.limits.own_buckets import OwnBuckets
from accounts.limits.taking import take

SCOPES = ("key", "organization", "address")
PER_MINUTE = 1_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Contender:
    """`make` gives a function from a caller to whether he may go on, with so many requests a minute."""

    name: str
    make: Callable[[int], Callable[[str], bool]]
    is_limit: bool = True


def _ping(per_minute: int) -> Callable[[str], bool]:
    client: Any = cache.client.get_client(write=True)
    return lambda caller: bool(client.ping())


def _ours(scopes: Sequence[str]) -> Callable[[int], Callable[[str], bool]]:
    return lambda per_minute: lambda caller: take(_buckets(caller, scopes, per_minute)).is_allowed


def _own_buckets(per_minute: int) -> Callable[[str], bool]:
    own = OwnBuckets()
    return lambda caller: own.take(_buckets(caller, SCOPES, per_minute)).is_allowed


def _buckets(caller: str, scopes: Sequence[str], per_minute: int) -> list[Bucket]:
    rate = Rate(tokens=per_minute, refill_per_s=per_minute / 60)
    return [Bucket(route_class="read", scope=scope, subject=caller, rate=rate) for scope in scopes]


def _drf(scopes: Sequence[str]) -> Callable[[int], Callable[[str], bool]]:
    def make(per_minute: int) -> Callable[[str], bool]:
        throttles = [_throttle(scope, per_minute) for scope in scopes]
        return lambda caller: all(throttle().allow_request(caller, None) for throttle in throttles)

    return make


def _throttle(name: str, per_minute: int) -> type[SimpleRateThrottle]:
    class Throttle(SimpleRateThrottle):
        scope = name
        rate = f"{per_minute}/min"

        def get_cache_key(self, request: Any, view: Any) -> str:
            return str(self.cache_format % {"scope": self.scope, "ident": request})

    return Throttle


CONTENDERS = (
    Contender(name="PING", make=_ping, is_limit=False),
    Contender(name="ours, 3 buckets", make=_ours(SCOPES)),
    Contender(name="ours, 1 bucket", make=_ours(SCOPES[:1])),
    Contender(name="ours, 3 buckets, no Redis", make=_own_buckets),
    Contender(name="DRF, 3 throttles", make=_drf(SCOPES)),
    Contender(name="DRF, 1 throttle", make=_drf(SCOPES[:1])),
)
