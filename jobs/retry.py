"""Whether a failed job runs again, and when: a decision without effects."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import OperationalError

from codegen_site.errors import AppException

# How long a job may be put off because the far side has no room for it, without that counting as a failure.
MOST_PATIENCE = timedelta(hours=1)
# A job that is due much later is forgotten by the broker, and found by the sweeper when its time has come.
LONGEST_NAK_S = 900.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Backoff:
    """Seconds before the n-th repetition: `first * factor ** (n - 1)`, at most `longest`."""

    first: float = 2.0
    factor: float = 2.0
    longest: float = 900.0

    def delay(self, failures: int) -> float:
        """After the `failures`-th failure, counted from 1."""
        # A float's exponent has an end; the delay has had one long before.
        return min(self.longest, self.first * self.factor ** min(failures - 1, 100))


@dataclass(frozen=True, kw_only=True, slots=True)
class Retry:
    """Run again after `delay` seconds. What the far side had no room for is no failure: it does not count."""

    delay: float
    counts: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class GiveUp:
    """Do not run again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class History:
    """What a job has behind it: `failures` before this one, and its `age` since it first ran."""

    failures: int
    age: timedelta


def decide_retry(
    error: BaseException, *, history: History, max_attempts: int, backoff: Backoff, jitter: float
) -> Retry | GiveUp:
    """The verdict over a failure; `jitter` lies in 0..1 and takes up to half of the delay away.

    A `Retry-After` of the far side wins, as far as it is not beyond the longest delay.
    """
    counts = getattr(error, "counts_as_failure", True) or history.age > MOST_PATIENCE
    failures = history.failures + 1
    if not is_retryable(error) or (counts and failures >= max_attempts):
        return GiveUp()
    retry_after = getattr(error, "retry_after", None)
    if retry_after is None:
        return Retry(delay=backoff.delay(failures) * (0.5 + jitter / 2), counts=counts)
    if retry_after > backoff.longest:
        return GiveUp()
    # All who were refused are told the same moment: the jitter is added, so as not to come too early.
    spread = 0.0 if counts else min(5.0, retry_after * 0.25) * jitter
    return Retry(delay=float(retry_after) + spread, counts=counts)


def is_retryable(error: BaseException) -> bool:
    """An error of ours says so itself; of the others those that time may heal."""
    if isinstance(error, AppException):
        return error.retryable
    return isinstance(error, TimeoutError | ConnectionError | OperationalError)
