"""When a failed delivery is attempted again: a decision without effects."""

MINUTE, HOUR = 60.0, 3600.0

# The example of Standard Webhooks: ten attempts within three days and four hours.
DELAYS_S = (5.0, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR)
LONGEST_DELAY_S = 24 * HOUR


def next_delay(*, failures: int, retry_after: float | None, jitter: float) -> float | None:
    """Seconds after the `failures`-th failure, counted from 1; `None` when it was the last attempt.

    Up to a tenth longer by `jitter`, which lies in 0..1, and no shorter than the receiver's own
    `Retry-After`, as far as that is not beyond a day.
    """
    if failures > len(DELAYS_S):
        return None
    delay = DELAYS_S[failures - 1] * (1 + jitter / 10)
    return max(delay, min(retry_after or 0.0, LONGEST_DELAY_S))
