"""Token buckets, kept as GCRA does: one number each, the moment at which the bucket will be full again.

Nothing has to be refilled, a full bucket need not be stored at all, and everything else follows from the
backlog: the microseconds until it is full. `take.lua` decides as `take_tokens` does; a test holds one
against the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil

SECOND_US = 1_000_000


@lru_cache(maxsize=256)
def _interval_us(refill_per_s: float) -> int:
    """Rounded up: never more is let through than was said."""
    return max(1, ceil(round(SECOND_US / refill_per_s, 3)))


@dataclass(frozen=True, kw_only=True, slots=True)
class Rate:
    """A token bucket: so many requests at once, and so many more in each second."""

    tokens: int
    refill_per_s: float

    @property
    def interval_us(self) -> int:
        """In which a token comes back."""
        return _interval_us(self.refill_per_s)

    @property
    def size_us(self) -> int:
        """In which the empty bucket fills."""
        return self.tokens * self.interval_us

    @property
    def window_s(self) -> int:
        return ceil(self.size_us / SECOND_US)


@dataclass(frozen=True, kw_only=True, slots=True)
class Bucket:
    """`route_class` and `scope` are what it is for, and `subject` whom it belongs to."""

    route_class: str
    scope: str
    subject: str
    rate: Rate

    @property
    def policy(self) -> str:
        """What the headers call it; it names nobody."""
        return f"{self.route_class}-{self.scope}"

    @property
    def key(self) -> str:
        return f"{self.policy}:{self.subject}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """A bucket as it is after a request."""

    bucket: Bucket
    backlog_us: int

    @property
    def remaining(self) -> int:
        """How many requests could come at once."""
        rate = self.bucket.rate
        return (rate.size_us - self.backlog_us) // rate.interval_us

    @property
    def reset_s(self) -> float:
        """Until it is full."""
        return self.backlog_us / SECOND_US

    @property
    def next_token_s(self) -> float:
        """Until there is one more than now; nothing where it is full."""
        more_us = (self.remaining + 1) * self.bucket.rate.interval_us
        missing_us = more_us - (self.bucket.rate.size_us - self.backlog_us)
        return min(missing_us, self.backlog_us) / SECOND_US


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """What all buckets of a request say. `is_shared` is false where this process has counted by itself."""

    is_allowed: bool
    is_shared: bool
    standings: tuple[Standing, ...]

    @classmethod
    def tell(
        cls, buckets: Sequence[Bucket], *, fits: bool, backlogs_us: Sequence[int], is_shared: bool
    ) -> "Taken":
        pairs = zip(buckets, backlogs_us, strict=True)
        standings = tuple(Standing(bucket=bucket, backlog_us=backlog) for bucket, backlog in pairs)
        return cls(is_allowed=fits, is_shared=is_shared, standings=standings)

    @property
    def refusing(self) -> tuple[Standing, ...]:
        """Those that had no token; empty where it is allowed."""
        return () if self.is_allowed else tuple(one for one in self.standings if not one.remaining)


def take_tokens(rates: Sequence[Rate], backlogs_us: Sequence[int]) -> tuple[bool, list[int]]:
    """Whether each bucket had a token, and the backlogs after one was taken from each, or from none.

    A backlog is never longer than its bucket: whatever a clock does, or a policy that has changed, a
    bucket is at worst empty.
    """
    before, after, fits = [], [], True
    for rate, backlog in zip(rates, backlogs_us, strict=True):
        before.append(min(max(backlog, 0), rate.size_us))
        after.append(before[-1] + rate.interval_us)
        fits = fits and after[-1] <= rate.size_us
    return fits, after if fits else before
