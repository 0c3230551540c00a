"""Enqueues what is due by the clock: a chore of every worker, without a leader.

Not in the write lane: for the state of a schedule one waits until another worker's transaction is over,
and every claim in the lane would wait along.
"""

import asyncio
import logging
import random
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from jobs.models import ScheduleState, ScheduleTick
from jobs.schedules import Schedule, decide_due

logger = logging.getLogger("jobs")

# A clock that was set, or a machine that slept, is noticed after this long.
LONGEST_SLEEP_S = 30.0
# Workers wake one after the other, so that mostly the first finds something to do.
JITTER_S = 0.5
TRY_AGAIN_AFTER = timedelta(seconds=5)


class Scheduler:
    """Looks at a schedule in SQL only when its next tick has come."""

    def __init__(self, schedules: Iterable[Schedule]) -> None:
        self._schedules = list(schedules)
        self._look_at: dict[str, datetime | None] = {}
        self._told: set[str] = set()

    async def run(self) -> None:
        while True:
            await asyncio.to_thread(self._fire_and_hang_up)
            await asyncio.sleep(
                seconds_to_sleep(
                    self._look_at.values(),
                    now=timezone.now(),
                    jitter=random.random(),  # noqa: S311 - spreads load, guards nothing
                )
            )

    def fire_all(self) -> None:
        """Never raises: what cannot be done now is tried again, and told once."""
        for schedule in self._schedules:
            now = timezone.now()
            look_at = self._look_at.get(schedule.name, now)
            if look_at is not None and look_at <= now:
                self._fire(schedule, now)

    def _fire(self, schedule: Schedule, now: datetime) -> None:
        try:
            self._look_at[schedule.name] = fire_schedule(schedule, now=now)
        except Exception as error:
            self._look_at[schedule.name] = now + TRY_AGAIN_AFTER
            self._tell_once(schedule, error)
        else:
            self._told -= {schedule.name, "SQL"}

    def _tell_once(self, schedule: Schedule, error: Exception) -> None:
        is_away = isinstance(error, OperationalError | InterfaceError)
        about = "SQL" if is_away else schedule.name
        if about not in self._told and is_away:
            logger.warning("schedules put off: %s", error)
        elif about not in self._told:
            logger.error("schedule %s: nothing was enqueued", schedule.name, exc_info=error)
        self._told.add(about)

    def _fire_and_hang_up(self) -> None:
        try:
            self.fire_all()
        finally:
            connection.close()


@transaction.atomic
def fire_schedule(schedule: Schedule, *, now: datetime) -> datetime | None:
    """Enqueue a job for each tick that is due, and return when the next one is.

    Any number of workers may try: who finds the state as it was read enqueues, the others do nothing.
    Tick, job and state are one transaction. A schedule never seen before begins now.
    """
    state, _ = ScheduleState.objects.get_or_create(name=schedule.name, defaults={"done_until": now})
    due = decide_due(schedule, after=state.done_until, now=now)
    if due.until > state.done_until and state.advance(due.until):
        for due_at in due.ticks:
            _enqueue_tick(schedule, due_at)
        if due.dropped:
            logger.warning("schedule %s: more was missed than is made up for", schedule.name)
    return schedule.timetable.next_after(max(due.until, now))


def _enqueue_tick(schedule: Schedule, due_at: datetime) -> None:
    tick, is_new = ScheduleTick.objects.get_or_create(name=schedule.name, due_at=due_at)
    if is_new:
        result = schedule.task.enqueue(**schedule.kwargs_at(due_at))
        ScheduleTick.objects.filter(id=tick.id).update(job_id=result.id)


def seconds_to_sleep(look_at: Iterable[datetime | None], *, now: datetime, jitter: float) -> float:
    """Until the first of the moments, at most for `LONGEST_SLEEP_S`, and a little more by jitter in 0..1."""
    waits = [(moment - now).total_seconds() for moment in look_at if moment is not None]
    return max(0.0, min([*waits, LONGEST_SLEEP_S])) + jitter * JITTER_S
