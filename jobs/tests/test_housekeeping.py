import asyncio
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from jobs import housekeeping
from jobs.checks import check_jobs
from jobs.models import Job, ScheduleState, ScheduleTick
from jobs.tasks import prune_jobs, prune_ticks
from jobs.testing import run_all_jobs

pytestmark = [pytest.mark.usefixtures("stored_jobs"), pytest.mark.django_db(transaction=True)]

NOW = timezone.now()


def make_job(status: Job.Status, *, days: float) -> Job:
    moment = NOW - timedelta(days=days)
    finished = status in (Job.Status.SUCCESSFUL, Job.Status.FAILED)
    return Job.objects.create(
        task_path="jobs.tests.tasks.add",
        status=status,
        enqueued_at=moment,
        finished_at=moment if finished else None,
    )


def make_tick(*, days: float, job: Job | None = None) -> ScheduleTick:
    return ScheduleTick.objects.create(name="a", due_at=NOW - timedelta(days=days), job=job)


def test_jobs_that_ended_long_ago_are_deleted_and_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(housekeeping, "MOST_AT_ONCE", 2)
    for number in range(3):
        make_job(Job.Status.SUCCESSFUL, days=8 + number)
        make_job(Job.Status.FAILED, days=8 + number)
    kept = {
        make_job(Job.Status.SUCCESSFUL, days=6).id,
        make_job(Job.Status.READY, days=100).id,
        make_job(Job.Status.RUNNING, days=100).id,
    }
    assert housekeeping.prune_finished_jobs(older_than=NOW - timedelta(days=7)) == 6
    assert set(Job.objects.values_list("id", flat=True)) == kept


def test_a_tick_outlives_its_job() -> None:
    tick = make_tick(days=8, job=make_job(Job.Status.SUCCESSFUL, days=8))
    housekeeping.prune_finished_jobs(older_than=NOW - timedelta(days=7))
    tick.refresh_from_db()
    assert tick.job is None


def test_old_ticks_are_deleted_and_the_state_stays() -> None:
    ScheduleState.objects.create(name="a", done_until=NOW - timedelta(days=31))
    make_tick(days=31)
    kept = make_tick(days=29)
    assert housekeeping.prune_old_ticks(older_than=NOW - timedelta(days=30)) == 1
    assert list(ScheduleTick.objects.all()) == [kept]
    assert ScheduleState.objects.exists()


def test_the_tasks_keep_what_the_settings_say(settings: Settings) -> None:
    settings.JOBS_KEPT_DAYS, settings.JOBS_TICKS_KEPT_DAYS = 2, 4
    old_job, young_job = make_job(Job.Status.FAILED, days=3), make_job(Job.Status.FAILED, days=1)
    old_tick, young_tick = make_tick(days=5), make_tick(days=3)
    prune_jobs.enqueue()
    prune_ticks.enqueue()
    asyncio.run(run_all_jobs())
    assert Job.objects.filter(id__in=[old_job.id, young_job.id]).get() == young_job
    assert ScheduleTick.objects.filter(id__in=[old_tick.id, young_tick.id]).get() == young_tick
    assert [job.return_value for job in Job.objects.filter(status=Job.Status.SUCCESSFUL)] == [1, 1]


def test_check_refuses_to_keep_nothing(settings: Settings) -> None:
    settings.JOBS_KEPT_DAYS = 0
    assert [message.id for message in check_jobs(None)] == ["jobs.E005"]
