"""The days and months of quotas: those of UTC."""

from datetime import UTC, date, datetime, time, timedelta


def day_of(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def month_of(moment: datetime) -> date:
    """Its first day."""
    return day_of(moment).replace(day=1)


def next_day(day: date) -> datetime:
    """When the day is over."""
    return datetime.combine(day + timedelta(days=1), time(), UTC)


def next_month(month: date) -> datetime:
    """When the month is over, of which this is the first day."""
    later = month + timedelta(days=32)
    return datetime.combine(later.replace(day=1), time(), UTC)


def previous_month(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)
