from datetime import timedelta

import pytest
from django.utils import timezone

from jobs.models import Job, LiveWorker
from jobs.tests import tasks
from jobs.waiting import waiting_of

pytestmark = pytest.mark.usefixtures("stored_jobs")


def enqueue(owner: str, *, priority: int = 0) -> Job:
    return Job.objects.get(id=tasks.add.using(priority=priority).enqueue(a=1, b=2, owner=owner).id)


def position(job: Job) -> int | None:
    waiting = waiting_of(job)
    return waiting.position if waiting else None


def test_older_jobs_and_those_of_higher_bands_run_before_it() -> None:
    enqueue("a", priority=-50)
    enqueue("a")
    job = enqueue("b")
    enqueue("c")
    enqueue("c", priority=50)
    assert position(job) == 2


def test_the_parked_jobs_of_others_do_not_run_before_it() -> None:
    parked, own, job = enqueue("big"), enqueue("small"), enqueue("small")
    Job.objects.filter(id=parked.id).update(is_parked=True)
    assert (position(own), position(job)) == (0, 1)


def test_a_running_job_waits_no_more() -> None:
    job = enqueue("a")
    job.status = Job.Status.RUNNING
    assert waiting_of(job) is None


def test_the_wait_is_told_from_what_jobs_took_lately_and_the_slots_that_there_are() -> None:
    now = timezone.now()
    for _ in range(3):
        done = enqueue("a")
        Job.objects.filter(id=done.id).update(
            status=Job.Status.SUCCESSFUL, started_at=now - timedelta(seconds=8), finished_at=now
        )
    jobs = [enqueue("a") for _ in range(5)]
    waiting = waiting_of(jobs[-1])
    assert waiting == (4, None), "no worker lives"
    LiveWorker.objects.create(id="w", slots={"default": 2}, seen_at=now)
    waiting = waiting_of(jobs[-1])
    assert waiting is not None
    assert waiting.seconds == pytest.approx(12)
