"""Whether an hour is like those before it. Decisions without effects."""

from collections.abc import Sequence
from dataclasses import dataclass

# With less of a history nothing can be said.
HOURS_NEEDED = 24
# So many times the largest hour (but for one in a hundred, which may have been odd itself) is odd.
FACTOR = 3
CALLS_NEEDED = 20
# An hour in which a share of failures beyond the usual one is odd: by so much more.
SHARE_BEYOND = 0.25


@dataclass(frozen=True, kw_only=True, slots=True)
class Calls:
    total: int
    failed: int

    @property
    def share(self) -> float:
        return self.failed / self.total if self.total else 0.0


def spend_limit(history: Sequence[int], *, floor: int) -> int | None:
    """What an hour may cost, in micro-USD, by those in which anything was spent; None: nobody knows."""
    if len(history) < HOURS_NEEDED:
        return None
    ordered = sorted(history)
    largest = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    return max(floor, FACTOR * largest)


def share_limit(history: Sequence[Calls]) -> float | None:
    """Which share of an hour's calls may fail; None: nobody knows."""
    total = sum(calls.total for calls in history)
    if len(history) < HOURS_NEEDED or total < CALLS_NEEDED:
        return None
    usual = sum(calls.failed for calls in history) / total
    return min(0.95, usual + SHARE_BEYOND)


def fails_oddly(now: Calls, history: Sequence[Calls]) -> bool:
    limit = share_limit(history)
    return limit is not None and now.total >= CALLS_NEEDED and now.share > limit
