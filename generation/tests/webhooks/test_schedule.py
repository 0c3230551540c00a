import pytest

from generation.webhooks.schedule import DELAYS_S, next_delay


@pytest.mark.parametrize(
    ("failures", "retry_after", "jitter", "delay"),
    [
        (1, None, 0.0, 5),
        (1, None, 1.0, 5.5),
        (2, None, 0.0, 300),
        (9, None, 0.0, 86_400),
        (10, None, 0.0, None),
        (11, 5.0, 0.0, None),
        (1, 60.0, 0.0, 60),
        (3, 60.0, 0.0, 1800),
        (1, 1e9, 0.0, 86_400),
        (1, float("inf"), 0.0, 86_400),
        (1, 0.0, 0.0, 5),
    ],
)
def test_the_next_attempt(failures: int, retry_after: float | None, jitter: float, delay: float) -> None:
    assert next_delay(failures=failures, retry_after=retry_after, jitter=jitter) == delay


def test_it_goes_on_for_three_days() -> None:
    assert 3 * 86_400 < sum(DELAYS_S) < 4 * 86_400
