"""What a rate of requests may be, wherever it is written: in a setting, a plan or an organization."""

from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any

MOST_TOKENS = 10**15
# Beyond it a number of microseconds would no longer be exact in Redis.
LONGEST_WINDOW_S = 366 * 86_400


def problems_of_rate(name: str, rate: Any) -> Iterator[str]:
    """Sentences that begin with the name."""
    if not _is_rate(rate):
        yield f"{name} must have tokens (1 or more) and refill_per_s (above 0)."
    elif rate["tokens"] > LONGEST_WINDOW_S * rate["refill_per_s"]:
        yield f"{name} takes longer than a year to fill."


def _is_rate(rate: Any) -> bool:
    if not isinstance(rate, Mapping) or rate.keys() != {"tokens", "refill_per_s"}:
        return False
    tokens, refill = rate["tokens"], rate["refill_per_s"]
    if isinstance(tokens, bool) or isinstance(refill, bool):
        return False
    return (
        isinstance(tokens, int)
        and 1 <= tokens <= MOST_TOKENS
        and isinstance(refill, int | float)
        and refill > 0
        and isfinite(refill)
    )
