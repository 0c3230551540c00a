"""Tasks that run by the clock: how they are declared, and which of their ticks are due.

    @schedule("30 3 * * MON", time_zone="Europe/Berlin", catch_up="all", due_arg="due_at")
    @task()
    def send_report(due_at: str) -> None: ...

Declared in `tasks.py` or `schedules.py` of an app, where they are found without being asked for.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice, takewhile
from typing import Any, Literal

from django.utils.module_loading import autodiscover_modules

from jobs.task import JobTask
from jobs.timetable import CronTimetable, IntervalTimetable, InvalidTimetable, Timetable, find_zone

CatchUp = Literal["none", "last", "all"]

MOST_MADE_UP_FOR = 100
# Longer than a scheduler sleeps: what is younger is on time.
LATE_AFTER = timedelta(seconds=60)


@dataclass(frozen=True, kw_only=True, slots=True)
class Schedule:
    """A task and its ticks: `cron` in `time_zone`, or `every`.

    `catch_up` says what becomes of ticks that passed while no worker was up: `none` of them runs, the
    `last` runs for all, or `all` run, the newest hundred of them. The keyword argument that `due_arg`
    names gets the time of the tick, as ISO 8601 in UTC. A task with several schedules gives each a `label`.
    """

    task: JobTask
    cron: str = ""
    every: timedelta | None = None
    time_zone: str = "UTC"
    catch_up: CatchUp = "last"
    label: str = ""
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    due_arg: str | None = None

    @property
    def name(self) -> str:
        """What its past is stored under: a schedule that is renamed is a new one."""
        return f"{self.task.module_path}:{self.label}" if self.label else self.task.module_path

    @property
    def timetable(self) -> Timetable:
        """Raises `InvalidTimetable`."""
        if bool(self.cron) == (self.every is not None):
            raise InvalidTimetable("A schedule has either a cron expression or an interval.")
        if self.every is not None:
            return IntervalTimetable(every=self.every)
        return CronTimetable(expression=self.cron, zone=find_zone(self.time_zone))

    def kwargs_at(self, due_at: datetime) -> dict[str, Any]:
        return {**self.kwargs, **({self.due_arg: due_at.isoformat()} if self.due_arg else {})}


registry: list[Schedule] = []


def schedule(
    cron: str = "",
    *,
    every: timedelta | None = None,
    time_zone: str = "UTC",
    catch_up: CatchUp = "last",
    label: str = "",
    kwargs: Mapping[str, Any] | None = None,
    due_arg: str | None = None,
) -> Callable[[JobTask], JobTask]:
    """Above `@task`: run it by the clock. `manage.py check` names what does not fit; see `Schedule`."""

    def declare(task: JobTask) -> JobTask:
        registry.append(
            Schedule(
                task=task,
                cron=cron,
                every=every,
                time_zone=time_zone,
                catch_up=catch_up,
                label=label,
                kwargs=kwargs or {},
                due_arg=due_arg,
            )
        )
        return task

    return declare


def declared_schedules() -> list[Schedule]:
    """Those of all apps, by name."""
    autodiscover_modules("tasks", "schedules")
    return sorted(registry, key=lambda one: one.name)


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """`ticks` are to run, the oldest first; with them, whatever was due up to `until` is dealt with."""

    ticks: tuple[datetime, ...]
    until: datetime
    dropped: bool = False


def decide_due(schedule: Schedule, *, after: datetime, now: datetime) -> Due:
    """Which ticks later than `after` run at `now`; `dropped` when more were missed than are made up for."""
    missed = takewhile(lambda tick: tick > after, schedule.timetable.newest_first(now))
    newest = list(islice(missed, MOST_MADE_UP_FOR + 1 if schedule.catch_up == "all" else 1))
    if not newest:
        return Due(ticks=(), until=after)
    until = newest[0]
    if schedule.catch_up == "none" and now - until > LATE_AFTER:
        return Due(ticks=(), until=until)
    return Due(
        ticks=tuple(reversed(newest[:MOST_MADE_UP_FOR])),
        until=until,
        dropped=len(newest) > MOST_MADE_UP_FOR,
    )
