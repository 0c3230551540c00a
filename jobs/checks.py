"""What a schedule or a setting of the queue can get wrong: `manage.py check` and a worker's start name it."""

import inspect
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks

from jobs.schedules import Schedule, declared_schedules
from jobs.timetable import InvalidTimetable


@checks.register("settings")
def check_jobs(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    return [*check_schedules(declared_schedules()), *_check_kept_days()]


def check_schedules(schedules: Sequence[Schedule]) -> Iterator[checks.CheckMessage]:
    for schedule in schedules:
        yield from _check_timetable(schedule)
        yield from _check_arguments(schedule)
    for name, count in Counter(schedule.name for schedule in schedules).items():
        if count > 1:
            yield checks.Error(
                f"There are {count} schedules {name}.", hint="Give each a label.", id="jobs.E003"
            )


def _check_timetable(schedule: Schedule) -> Iterator[checks.CheckMessage]:
    try:
        assert schedule.timetable  # noqa: S101 - made to see whether it can be
    except InvalidTimetable as error:
        yield checks.Error(f"The schedule {schedule.name}: {error}", id="jobs.E002")


def _check_arguments(schedule: Schedule) -> Iterator[checks.CheckMessage]:
    task = schedule.task
    context = [None] if task.takes_context else []
    try:
        inspect.signature(task.func).bind(*context, **schedule.kwargs_at(datetime.now(UTC)))
    except TypeError as error:
        yield checks.Error(f"The schedule {schedule.name} cannot call its task: {error}.", id="jobs.E004")
    if task.id_arg:
        yield checks.Error(
            f"The schedule {schedule.name}: its task names the id of its job, and an id is used once.",
            id="jobs.E004",
        )


def _check_kept_days() -> Iterator[checks.CheckMessage]:
    for name in ("JOBS_KEPT_DAYS", "JOBS_TICKS_KEPT_DAYS"):
        if getattr(settings, name) < 1:
            yield checks.Error(f"{name} is less than a day.", id="jobs.E005")
