"""Ticks around the days on which clocks change, the leap day, and intervals; all moments are UTC."""

from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.timetable import CronTimetable, IntervalTimetable, InvalidTimetable, Timetable, find_zone

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def cron(expression: str, zone: str = "UTC") -> CronTimetable:
    return CronTimetable(expression=expression, zone=find_zone(zone))


def ticks(timetable: Timetable, *, after: datetime, until: datetime) -> list[datetime]:
    found = []
    moment = timetable.next_after(after)
    while moment is not None and moment <= until:
        found.append(moment)
        moment = timetable.next_after(moment)
    return found


@pytest.mark.parametrize(
    ("expression", "zone", "after", "expected"),
    [
        ("*/5 * * * *", "UTC", "2026-05-01T10:00", ["2026-05-01T10:05", "2026-05-01T10:10"]),
        ("0 9 * * MON", BERLIN, "2026-05-01T10:00", ["2026-05-04T07:00", "2026-05-11T07:00"]),
        # 2026-03-29: 02:00 becomes 03:00, which is 01:00 UTC.
        ("30 2 * * *", BERLIN, "2026-03-28T12:00", ["2026-03-29T01:00", "2026-03-30T00:30"]),
        ("*/30 * * * *", BERLIN, "2026-03-29T00:10", ["2026-03-29T00:30", "2026-03-29T01:00"]),
        ("0,30 2 * * *", BERLIN, "2026-03-28T12:00", ["2026-03-29T01:00", "2026-03-30T00:00"]),
        # 2026-10-25: 03:00 becomes 02:00, which is 01:00 UTC.
        ("30 2 * * *", BERLIN, "2026-10-24T12:00", ["2026-10-25T00:30", "2026-10-26T01:30"]),
        ("30 2 * * *", BERLIN, "2026-10-25T01:10", ["2026-10-26T01:30", "2026-10-27T01:30"]),
        ("30 * * * *", BERLIN, "2026-10-25T00:10", ["2026-10-25T00:30", "2026-10-25T01:30"]),
        # 2026-03-08: 02:00 becomes 03:00, which is 07:00 UTC.
        ("15 2 * * *", NEW_YORK, "2026-03-07T12:00", ["2026-03-08T07:00", "2026-03-09T06:15"]),
        # 2026-11-01: 02:00 becomes 01:00, which is 06:00 UTC.
        ("15 1 * * *", NEW_YORK, "2026-10-31T12:00", ["2026-11-01T05:15", "2026-11-02T06:15"]),
        ("15 1 * * *", NEW_YORK, "2026-11-01T06:05", ["2026-11-02T06:15", "2026-11-03T06:15"]),
        ("0 0 29 2 *", "UTC", "2026-01-01T00:00", ["2028-02-29T00:00", "2032-02-29T00:00"]),
    ],
)
def test_a_cron_expression_follows_the_clock_of_its_zone(
    expression: str, zone: str, after: str, expected: list[str]
) -> None:
    timetable = cron(expression, zone)
    first = timetable.next_after(utc(after))
    assert first
    assert [first, timetable.next_after(first)] == [utc(text) for text in expected]


@pytest.mark.parametrize(
    ("expression", "until", "expected"),
    [
        ("30 2 * * *", "2026-03-29T00:59", "2026-03-28T01:30"),
        ("30 2 * * *", "2026-03-29T01:00", "2026-03-29T01:00"),
        # In the second pass of the repeated hour the tick of the first one is the newest.
        ("30 2 * * *", "2026-10-25T01:10", "2026-10-25T00:30"),
        ("0 0 29 2 *", "2027-12-31T00:00", "2024-02-28T23:00"),
    ],
)
def test_the_newest_tick_is_found_from_behind(expression: str, until: str, expected: str) -> None:
    assert next(cron(expression, BERLIN).newest_first(utc(until))) == utc(expected)


@given(
    minutes=st.sampled_from(["*", "0", "30", "*/7", "0,30", "7-12", "59"]),
    hours=st.sampled_from(["*", "1", "2", "1,2,3", "*/2", "0", "23"]),
    zone=st.sampled_from([BERLIN, NEW_YORK, "UTC", "Africa/Cairo", "Asia/Kolkata"]),
    change=st.sampled_from(["2026-03-08T07:00", "2026-03-29T01:00", "2026-10-25T01:00", "2026-11-01T06:00"]),
    start=st.integers(-1500, 300),
    length=st.integers(1, 2000),
)
def test_both_directions_know_the_same_ticks(
    minutes: str, hours: str, zone: str, change: str, start: int, length: int
) -> None:
    timetable = cron(f"{minutes} {hours} * * *", zone)
    after = utc(change) + timedelta(minutes=start)
    until = after + timedelta(minutes=length)
    backwards = list(takewhile(lambda tick: tick > after, timetable.newest_first(until)))
    assert ticks(timetable, after=after, until=until) == backwards[::-1]


@pytest.mark.parametrize(
    ("every", "moment", "expected"),
    [
        (timedelta(seconds=1), "2026-05-01T10:00:00.5", ["2026-05-01T10:00:01", "2026-05-01T10:00:02"]),
        (timedelta(minutes=15), "2026-05-01T10:00:00", ["2026-05-01T10:15:00", "2026-05-01T10:30:00"]),
        (timedelta(days=1), "2026-03-28T12:00:00", ["2026-03-29T00:00:00", "2026-03-30T00:00:00"]),
    ],
)
def test_an_interval_is_counted_in_utc(every: timedelta, moment: str, expected: list[str]) -> None:
    timetable = IntervalTimetable(every=every)
    first = timetable.next_after(utc(moment))
    assert first
    assert [first, timetable.next_after(first)] == [utc(text) for text in expected]
    assert list(islice(timetable.newest_first(utc(expected[1])), 2)) == [utc(expected[1]), utc(expected[0])]


@pytest.mark.parametrize(
    "expression", ["", "@daily", "60 * * * *", "* * * * * *", "0 0 31 2 *", "* * */20 * 1L", "a b c d e"]
)
def test_it_refuses_an_expression_that_means_nothing(expression: str) -> None:
    with pytest.raises(InvalidTimetable):
        cron(expression)


@pytest.mark.parametrize("name", ["Europe/Nowhere", "Europe", "../etc/passwd", "", "/etc/localtime"])
def test_it_refuses_an_unknown_time_zone(name: str) -> None:
    with pytest.raises(InvalidTimetable, match="no time zone"):
        find_zone(name)


def test_it_refuses_an_interval_below_a_second() -> None:
    with pytest.raises(InvalidTimetable, match="too short"):
        IntervalTimetable(every=timedelta(milliseconds=500))
