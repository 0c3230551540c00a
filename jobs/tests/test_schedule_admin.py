from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from jobs.models import Job, ScheduleState, ScheduleTick
from jobs.schedules import Schedule
from jobs.testing import only_schedules
from jobs.tests import tasks

HOURLY = Schedule(task=tasks.double_in_thread, cron="0 * * * *", time_zone="Europe/Berlin")


@pytest.fixture
def tick(db: None) -> ScheduleTick:
    now = timezone.now()
    ScheduleState.objects.create(name=HOURLY.name, done_until=now)
    ScheduleTick.objects.create(name=HOURLY.name, due_at=now - timedelta(days=1))
    job = Job.objects.create(task_path=HOURLY.name, status=Job.Status.FAILED)
    return ScheduleTick.objects.create(name=HOURLY.name, due_at=now, job=job)


def test_a_schedule_shows_its_last_job_and_its_next_tick(admin_client: Client, tick: ScheduleTick) -> None:
    with only_schedules(HOURLY):
        page = admin_client.get("/admin/jobs/schedulestate/").content.decode()
    assert "0 * * * * Europe/Berlin" in page
    assert f"/admin/jobs/job/{tick.job_id}/change/" in page
    assert "FAILED" in page


def test_a_schedule_that_is_gone_from_the_code_says_so(admin_client: Client, tick: ScheduleTick) -> None:
    with only_schedules():
        assert "no longer declared" in admin_client.get("/admin/jobs/schedulestate/").content.decode()


def test_ticks_are_listed_with_their_jobs(admin_client: Client, tick: ScheduleTick) -> None:
    page = admin_client.get("/admin/jobs/scheduletick/").content.decode()
    assert f"/admin/jobs/job/{tick.job_id}/change/" in page
    assert "2 schedule ticks" in page


@pytest.mark.parametrize("model", ["schedulestate", "scheduletick"])
def test_nothing_of_it_can_be_written(admin_client: Client, tick: ScheduleTick, model: str) -> None:
    key = tick.name if model == "schedulestate" else tick.id
    assert admin_client.get(f"/admin/jobs/{model}/add/").status_code == 403
    assert admin_client.post(f"/admin/jobs/{model}/{key}/delete/", {"post": "yes"}).status_code == 403
    assert admin_client.post(f"/admin/jobs/{model}/{key}/change/", {}).status_code == 403
