from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from accounts.ledger.periods import day_of, month_of, next_day, next_month, previous_month


@pytest.mark.parametrize(
    ("month", "following", "before"),
    [
        (date(2026, 1, 1), datetime(2026, 2, 1, tzinfo=UTC), date(2025, 12, 1)),
        (date(2024, 2, 1), datetime(2024, 3, 1, tzinfo=UTC), date(2024, 1, 1)),
        (date(2026, 12, 1), datetime(2027, 1, 1, tzinfo=UTC), date(2026, 11, 1)),
    ],
)
def test_months_follow_each_other(month: date, following: datetime, before: date) -> None:
    assert (next_month(month), previous_month(month)) == (following, before)


def test_days_and_months_are_those_of_utc() -> None:
    moment = datetime(2026, 3, 1, 0, 30, tzinfo=timezone(timedelta(hours=2)))
    assert (day_of(moment), month_of(moment)) == (date(2026, 2, 28), date(2026, 2, 1))
    assert next_day(date(2026, 2, 28)) == datetime(2026, 3, 1, tzinfo=UTC)
