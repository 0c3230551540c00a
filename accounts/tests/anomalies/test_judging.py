"""When an hour is odd."""

import pytest

from accounts.anomalies.judging import Calls, fails_oddly, share_limit, spend_limit


@pytest.mark.parametrize(
    ("history", "limit"),
    [
        ([], None),
        ([5] * 23, None),
        ([5] * 24, 100),
        ([50] * 24, 150),
        ([10] * 200 + [1_000], 100),  # one odd hour of the past is not the measure
        ([10] * 50 + [1_000] * 5, 3_000),
    ],
)
def test_an_hour_may_cost_a_few_times_the_largest(history: list[int], limit: int | None) -> None:
    assert spend_limit(history, floor=100) == limit


USUAL = [Calls(total=10, failed=1)] * 24


@pytest.mark.parametrize(
    ("now", "history", "odd"),
    [
        (Calls(total=100, failed=60), USUAL, True),
        (Calls(total=100, failed=30), USUAL, False),
        (Calls(total=19, failed=19), USUAL, False),
        (Calls(total=100, failed=100), USUAL[:23], False),
        (Calls(total=100, failed=100), [Calls(total=10, failed=10)] * 24, True),
        (Calls(total=100, failed=90), [Calls(total=10, failed=9)] * 24, False),
        (Calls(total=100, failed=100), [], False),
        (Calls(total=0, failed=0), USUAL, False),
    ],
)
def test_failures_are_odd_beyond_the_usual_share(now: Calls, history: list[Calls], odd: bool) -> None:
    assert fails_oddly(now, history) is odd


def test_nothing_is_known_of_too_few() -> None:
    assert share_limit([Calls(total=0, failed=0)] * 30) is None
