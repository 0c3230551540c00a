from datetime import timedelta

import pytest
from django.db import OperationalError

from codegen_site.errors import LLMRateLimited, LLMRefused, LLMServiceException
from jobs.retry import MOST_PATIENCE, Backoff, GiveUp, History, Retry, decide_retry


def decide(
    error: BaseException, failures: int = 1, jitter: float = 1.0, age: timedelta = timedelta()
) -> Retry | GiveUp:
    """The verdict over the `failures`-th failure."""
    history = History(failures=failures - 1, age=age)
    return decide_retry(error, history=history, max_attempts=12, backoff=Backoff(), jitter=jitter)


@pytest.mark.parametrize(("failures", "delay"), [(1, 2), (2, 4), (5, 32), (11, 900)])
def test_it_waits_twice_as_long_after_each_failure(failures: int, delay: float) -> None:
    assert decide(LLMServiceException(), failures) == Retry(delay=delay)


def test_it_spreads_the_retries_between_half_of_the_delay_and_all_of_it() -> None:
    assert decide(LLMServiceException(), failures=3, jitter=0.0) == Retry(delay=4)
    assert decide(LLMServiceException(), failures=3, jitter=0.5) == Retry(delay=6)


def test_it_gives_up_after_the_last_attempt() -> None:
    assert decide(LLMServiceException(), failures=12) == GiveUp()


def test_it_obeys_retry_after() -> None:
    assert decide(LLMServiceException(retry_after=7)) == Retry(delay=7)


def test_it_gives_up_when_retry_after_is_beyond_all_patience() -> None:
    assert decide(LLMServiceException(retry_after=901)) == GiveUp()


def test_what_the_far_side_has_no_room_for_is_no_failure() -> None:
    assert decide(LLMRateLimited(retry_after=8), failures=12, jitter=0.5) == Retry(delay=9, counts=False)


def test_it_loses_patience_with_a_far_side_that_never_has_room() -> None:
    late = MOST_PATIENCE + timedelta(seconds=1)
    assert decide(LLMRateLimited(retry_after=8), failures=12, age=late) == GiveUp()


def test_a_task_may_have_a_backoff_of_its_own() -> None:
    backoff = Backoff(first=10, factor=3, longest=50)
    assert [backoff.delay(failures) for failures in (1, 2, 3, 2000)] == [10, 30, 50, 50]


@pytest.mark.parametrize("error", [LLMRefused(), ValueError("a defect"), KeyError("another")])
def test_it_does_not_repeat_what_time_cannot_heal(error: Exception) -> None:
    assert decide(error) == GiveUp()


@pytest.mark.parametrize("error", [TimeoutError(), ConnectionResetError(), OperationalError("locked")])
def test_it_repeats_what_time_may_heal(error: Exception) -> None:
    assert isinstance(decide(error), Retry)
