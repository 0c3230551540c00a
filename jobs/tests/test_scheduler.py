"""One job for each tick: over threads, over a kill, over clocks that jump and servers that are away."""

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from jobs.models import Job, ScheduleState, ScheduleTick
from jobs.scheduler import JITTER_S, LONGEST_SLEEP_S, Scheduler, fire_schedule, seconds_to_sleep
from jobs.schedules import CatchUp, Due, Schedule, decide_due
from jobs.tests import tasks

pytestmark = [pytest.mark.usefixtures("stored_jobs"), pytest.mark.django_db(transaction=True)]

NOON = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOURLY = Schedule(task=tasks.double_in_thread, cron="0 * * * *", kwargs={"number": 21})
WORKERS = 8


def see(schedule: Schedule = HOURLY, at: datetime = NOON) -> None:
    fire_schedule(schedule, now=at)
    assert not Job.objects.exists()


def ticks(schedule: Schedule = HOURLY) -> list[datetime]:
    return list(
        ScheduleTick.objects.filter(name=schedule.name).order_by("due_at").values_list("due_at", flat=True)
    )


def at_once(*works: Callable[[], object]) -> None:
    """Each in a thread and a connection of its own, let loose together."""
    barrier = threading.Barrier(len(works))

    def run(work: Callable[[], object]) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(10)
            work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as threads:
        for done in [threads.submit(run, work) for work in works]:
            done.result()


def test_a_tick_makes_a_job_and_says_which() -> None:
    see()
    assert fire_schedule(HOURLY, now=NOON + HOUR) == NOON + 2 * HOUR
    tick = ScheduleTick.objects.get()
    job = Job.objects.get()
    assert (tick.name, tick.due_at, tick.job) == (HOURLY.name, NOON + HOUR, job)
    assert (job.task_path, job.kwargs) == ("jobs.tests.tasks.double_in_thread", {"number": 21})


def test_a_new_schedule_does_not_run_for_the_time_before_it_was_seen() -> None:
    assert fire_schedule(replace(HOURLY, catch_up="all"), now=NOON) == NOON + HOUR
    assert not ScheduleTick.objects.exists()


def test_a_tick_is_enqueued_once_however_often_it_is_asked_for() -> None:
    see()
    for _ in range(3):
        assert fire_schedule(HOURLY, now=NOON + HOUR) == NOON + 2 * HOUR
    assert (ticks(), Job.objects.count()) == ([NOON + HOUR], 1)


@pytest.mark.parametrize(("catch_up", "expected"), [("none", []), ("last", [5]), ("all", [1, 2, 3, 4, 5])])
def test_an_outage_is_made_up_for_as_the_schedule_says(catch_up: CatchUp, expected: list[int]) -> None:
    schedule = replace(HOURLY, catch_up=catch_up)
    see(schedule)
    back = NOON + 5 * HOUR + timedelta(minutes=10)
    for _ in range(2):
        assert fire_schedule(schedule, now=back) == NOON + 6 * HOUR
    assert ticks() == [NOON + number * HOUR for number in expected]
    assert Job.objects.count() == len(expected)


def test_a_clock_that_jumps_back_does_nothing_twice() -> None:
    see()
    fire_schedule(HOURLY, now=NOON + 3 * HOUR)
    for now in (NOON + HOUR, NOON + 2 * HOUR, NOON + 3 * HOUR):
        assert fire_schedule(HOURLY, now=now) == NOON + 4 * HOUR
    assert (ticks(), Job.objects.count()) == ([NOON + 3 * HOUR], 1)


def test_workers_that_come_at_once_enqueue_a_tick_once() -> None:
    see()
    for number in range(1, 6):
        now = NOON + number * HOUR
        at_once(*[lambda now=now: fire_schedule(HOURLY, now=now)] * WORKERS)
        assert ticks() == [NOON + passed * HOUR for passed in range(1, number + 1)]
        assert Job.objects.count() == number


def test_workers_that_come_at_once_make_up_for_an_outage_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has read the state before any writes, and one clock does not show the last tick yet."""
    see()
    clocks = [NOON + 4 * HOUR - timedelta(minutes=1), NOON + 4 * HOUR]
    have_read = threading.Barrier(len(clocks))

    def decide_together(schedule: Schedule, *, after: datetime, now: datetime) -> Due:
        # SQLite lets one in at a time, which then waits here in vain.
        with suppress(threading.BrokenBarrierError):
            have_read.wait(1 if connection.vendor == "sqlite" else 10)
        return decide_due(schedule, after=after, now=now)

    monkeypatch.setattr("jobs.scheduler.decide_due", decide_together)
    at_once(*[lambda now=now: fire_schedule(HOURLY, now=now) for now in clocks])
    possible = [[NOON + 3 * HOUR], [NOON + 4 * HOUR]]
    if connection.vendor == "sqlite":
        # When the one behind came first, the tick that it did not see was on time.
        possible.append([NOON + 3 * HOUR, NOON + 4 * HOUR])
    assert ticks() in possible
    assert Job.objects.count() == len(ticks())


def test_of_two_that_read_the_same_state_one_advances_it() -> None:
    see()
    first, second = ScheduleState.objects.get(), ScheduleState.objects.get()
    assert first.advance(NOON + HOUR)
    assert not second.advance(NOON + 2 * HOUR)
    assert ScheduleState.objects.get().done_until == NOON + HOUR


def test_workers_that_come_at_once_see_a_new_schedule_once() -> None:
    at_once(*[lambda: fire_schedule(HOURLY, now=NOON)] * WORKERS)
    assert ScheduleState.objects.count() == 1
    assert not Job.objects.exists()


def test_a_tick_that_is_there_is_not_enqueued_even_if_the_state_was_lost() -> None:
    see()
    fire_schedule(HOURLY, now=NOON + HOUR)
    ScheduleState.objects.update(done_until=NOON)
    fire_schedule(HOURLY, now=NOON + HOUR)
    assert (ticks(), Job.objects.count()) == ([NOON + HOUR], 1)


DIE_BEFORE_THE_COMMIT = """
import os, signal, sys
from datetime import datetime
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
from jobs.compat import task_enqueued
from jobs.scheduler import fire_schedule
from jobs.tests.test_scheduler import HOURLY
def die(**kwargs):
    os.kill(os.getpid(), signal.SIGKILL)
task_enqueued.connect(die)
fire_schedule(HOURLY, now=datetime.fromisoformat(sys.argv[2]))
"""


def test_a_worker_that_dies_between_tick_and_commit_leaves_nothing() -> None:
    see()
    now = NOON + HOUR
    died = subprocess.run(
        [
            sys.executable,
            "-c",
            DIE_BEFORE_THE_COMMIT,
            str(connection.settings_dict["NAME"]),
            now.isoformat(),
        ],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "codegen_site.settings"},
        check=False,
    )
    assert died.returncode == -signal.SIGKILL
    assert (ticks(), Job.objects.count()) == ([], 0)
    assert ScheduleState.objects.get().done_until == NOON
    fire_schedule(HOURLY, now=now)
    assert (ticks(), Job.objects.count()) == ([now], 1)


@pytest.fixture
def without_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobs.scheduler.TRY_AGAIN_AFTER", timedelta(0))


@pytest.mark.usefixtures("without_pause")
def test_what_cannot_be_enqueued_is_told_once_and_holds_up_no_other(caplog: pytest.LogCaptureFixture) -> None:
    broken = Schedule(
        task=tasks.add, every=timedelta(seconds=1), kwargs={"a": 1, "b": 2}
    )  # without its owner
    sound = replace(HOURLY, cron="", every=timedelta(seconds=1))
    long_ago = timezone.now() - timedelta(days=1)
    see(broken, long_ago)
    see(sound, long_ago)
    scheduler = Scheduler([broken, sound])
    with caplog.at_level(logging.WARNING, "jobs"):
        for _ in range(3):
            scheduler.fire_all()
    assert [record.getMessage() for record in caplog.records] == [
        "schedule jobs.tests.tasks.add: nothing was enqueued"
    ]
    assert ticks(broken) == []
    assert ticks(sound)


@pytest.mark.usefixtures("without_pause")
def test_it_goes_on_when_sql_is_back_and_says_once_that_it_was_away(
    caplog: pytest.LogCaptureFixture,
) -> None:
    see(at=timezone.now() - timedelta(days=1))
    scheduler = Scheduler([HOURLY, replace(HOURLY, label="again")])
    with caplog.at_level(logging.WARNING, "jobs"):
        with connection.execute_wrapper(be_away):
            for _ in range(3):
                scheduler.fire_all()
        assert not Job.objects.exists()
        scheduler.fire_all()
    assert [record.getMessage() for record in caplog.records] == ["schedules put off: SQL is away"]
    assert Job.objects.count() == 1


def be_away(*args: object) -> None:
    raise OperationalError("SQL is away")


def test_it_asks_sql_only_when_a_tick_has_come() -> None:
    scheduler = Scheduler([replace(HOURLY, cron="0 0 29 2 *")])
    scheduler.fire_all()
    with connection.execute_wrapper(be_away):
        scheduler.fire_all()
    assert not scheduler._told


@pytest.mark.parametrize(
    ("waits", "jitter", "expected"),
    [
        ([10, 20], 0, 10),
        ([10, None], 1, 10 + JITTER_S),
        ([3600], 0, LONGEST_SLEEP_S),
        ([None], 0, LONGEST_SLEEP_S),
        ([], 0, LONGEST_SLEEP_S),
        ([-5, 10], 0, 0),
    ],
)
def test_it_sleeps_until_the_first_tick_but_not_for_long(
    waits: list[float | None], jitter: float, expected: float
) -> None:
    moments = [None if wait is None else NOON + timedelta(seconds=wait) for wait in waits]
    assert seconds_to_sleep(moments, now=NOON, jitter=jitter) == expected
