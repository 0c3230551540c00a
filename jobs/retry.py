"""Whether a failed job runs again, and when: a decision without effects."""

from dataclasses import dataclass

from django.db import OperationalError

from codegen_site.errors import AppException

LONGEST_DELAY_S = 900.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Retry:
    """Run again after `delay` seconds."""

    delay: float


@dataclass(frozen=True, kw_only=True, slots=True)
class GiveUp:
    """Do not run again."""


def decide_retry(error: BaseException, *, failures: int, max_attempts: int, jitter: float) -> Retry | GiveUp:
    """The verdict over the `failures`-th failure, counted from 1; `jitter` lies in 0..1.

    Exponential from two seconds, between half of it and the whole by jitter; a `Retry-After`
    of the far side wins, as far as it is not beyond the longest delay.
    """
    if failures >= max_attempts or not is_retryable(error):
        return GiveUp()
    retry_after = getattr(error, "retry_after", None)
    if retry_after is not None:
        return GiveUp() if retry_after > LONGEST_DELAY_S else Retry(delay=float(retry_after))
    return Retry(delay=min(LONGEST_DELAY_S, 2.0**failures) * (0.5 + jitter / 2))


def is_retryable(error: BaseException) -> bool:
    """An error of ours says so itself; of the others those that time may heal."""
    if isinstance(error, AppException):
        return error.retryable
    return isinstance(error, TimeoutError | ConnectionError | OperationalError)
