"""The buckets of this process alone, while there is no Redis.

Each process grants the whole rate: behind N of them a caller has N times what he should have, for as long
as Redis is away. To divide by a number of processes would refuse callers who are within their limits, since
no balancer spreads them evenly; and what must hold is in SQL: quotas, and generations in flight.
"""

import time
from collections.abc import Callable, Sequence
from threading import Lock

from accounts.limits.buckets import Bucket, Taken, take_tokens

MOST_BUCKETS = 20_000


def _monotonic_us() -> int:
    return time.monotonic_ns() // 1_000


class OwnBuckets:
    """At most `most` of them: of a crowd, those that nobody has asked for the longest are full again."""

    def __init__(self, *, most: int = MOST_BUCKETS, clock_us: Callable[[], int] = _monotonic_us) -> None:
        self._full_at: dict[str, int] = {}
        self._most = most
        self._clock_us = clock_us
        self._lock = Lock()

    def take(self, buckets: Sequence[Bucket]) -> Taken:
        with self._lock:
            now = self._clock_us()
            full_at = [self._full_at.get(bucket.key, 0) for bucket in buckets]
            rates = [bucket.rate for bucket in buckets]
            fits, backlogs = take_tokens(rates, [moment - now for moment in full_at])
            # Also where it refused: who keeps knocking is not forgotten.
            self._keep(buckets, [now + backlog for backlog in backlogs] if fits else full_at)
        return Taken.tell(buckets, fits=fits, backlogs_us=backlogs, is_shared=False)

    def clear(self) -> None:
        with self._lock:
            self._full_at = {}

    def __len__(self) -> int:
        return len(self._full_at)

    def _keep(self, buckets: Sequence[Bucket], full_at: Sequence[int]) -> None:
        for bucket, moment in zip(buckets, full_at, strict=True):
            self._full_at.pop(bucket.key, None)  # so that it is the newest
            self._full_at[bucket.key] = moment
        while len(self._full_at) > self._most:
            del self._full_at[next(iter(self._full_at))]


own_buckets = OwnBuckets()
