"""When something is due: by a cron expression in a time zone, or at an interval. The only file with cronsim.

Of a day on which the clock changes cronsim makes what Debian's cron does: a fixed time within the skipped
hour comes right after it, one within the repeated hour comes once; `*` in minutes or hours follows the clock.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SHORTEST_INTERVAL = timedelta(seconds=1)
# cronsim does not tell the two passes of a repeated hour apart where it starts: begin outside of it.
LONGEST_REPETITION = timedelta(hours=3)


class InvalidTimetable(ValueError):
    """The expression, the time zone or the interval of a schedule means nothing."""


class Timetable(Protocol):
    """Ticks are in UTC."""

    def next_after(self, moment: datetime) -> datetime | None: ...

    def newest_first(self, until: datetime) -> Iterator[datetime]:
        """Every tick that is not after `until`, back to long ago."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CronTimetable:
    """Five fields: minute, hour, day of month, month, day of week. Raises `InvalidTimetable` when made."""

    expression: str
    zone: tzinfo

    def __post_init__(self) -> None:
        if len(self.expression.split()) != 5:
            raise InvalidTimetable(f"{self.expression!r} does not have the five fields of cron.")
        try:
            never = self.next_after(EPOCH) is None
        except CronSimError as error:
            raise InvalidTimetable(f"{self.expression!r} is no cron expression: {error}.") from error
        if never:
            raise InvalidTimetable(f"{self.expression!r} never comes.")

    def next_after(self, moment: datetime) -> datetime | None:
        ticks = CronSim(self.expression, moment.astimezone(self.zone))
        return next((tick for tick in map(_in_utc, ticks) if tick > moment), None)

    def newest_first(self, until: datetime) -> Iterator[datetime]:
        start = (until + LONGEST_REPETITION).astimezone(self.zone)
        ticks = CronSim(self.expression, start, reverse=True)
        return (tick for tick in map(_in_utc, ticks) if tick <= until)


@dataclass(frozen=True, kw_only=True, slots=True)
class IntervalTimetable:
    """Counted from 1970 in UTC, so that all workers agree without asking. Raises `InvalidTimetable`."""

    every: timedelta

    def __post_init__(self) -> None:
        if self.every < SHORTEST_INTERVAL:
            raise InvalidTimetable(f"An interval of {self.every} is too short: a second is the least.")

    def next_after(self, moment: datetime) -> datetime | None:
        return EPOCH + ((moment - EPOCH) // self.every + 1) * self.every

    def newest_first(self, until: datetime) -> Iterator[datetime]:
        for number in range((until - EPOCH) // self.every, 0, -1):
            yield EPOCH + number * self.every


def find_zone(name: str) -> tzinfo:
    """Raises `InvalidTimetable` where the machine's time zone database does not have it."""
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidTimetable(f"There is no time zone {name!r}.") from error


def _in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
