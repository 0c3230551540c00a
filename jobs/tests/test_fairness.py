"""One owner's mass does not stand in another's way, nor low jobs in that of high ones."""

import random
import time
from datetime import timedelta

import pytest
from django.db.models import Max, Min

from jobs.models import Job
from jobs.tests import trouble
from jobs.tests.processes import World, eventually, once

pytestmark = [pytest.mark.servers, pytest.mark.django_db(transaction=True), once]

MASS = 2_000


def all_finished() -> bool:
    return not Job.objects.unfinished().exists()


def waits(owner: str) -> list[float]:
    """Seconds between the wish and the start, the shortest first."""
    jobs = Job.objects.filter(owner__startswith=owner)
    assert all(job.started_at for job in jobs)
    return sorted((job.started_at - job.enqueued_at).total_seconds() for job in jobs if job.started_at)


def jobs_per_second() -> float:
    span = Job.objects.aggregate(first=Min("started_at"), last=Max("finished_at"))
    taken: timedelta = span["last"] - span["first"]
    return Job.objects.count() / taken.total_seconds()


def test_small_owners_hardly_wait_beside_a_big_one_and_nothing_gets_slower(world: World) -> None:
    world.start_worker(queues="default:100").wait_ready()
    trouble.nap.enqueue_many([{"seconds": 0.2, "owner": "big"}] * MASS)
    eventually(all_finished)
    alone = jobs_per_second()
    Job.objects.all().delete()
    trouble.nap.enqueue_many([{"seconds": 0.2, "owner": "big"}] * MASS)
    for _ in range(20):
        for number in range(4):
            trouble.nap.enqueue(seconds=0.2, owner=f"small {number}")
        time.sleep(0.1)
    eventually(all_finished)
    small = waits("small")
    assert small[int(len(small) * 0.99) - 1] < 1.0
    assert waits("big")[-1] > 2.0  # there was something to wait for
    assert jobs_per_second() > 0.85 * alone


def test_a_high_job_overtakes_thousands_of_low_ones_which_leave_half_of_the_slots(world: World) -> None:
    world.start_worker(queues="default:20").wait_ready()
    trouble.nap.using(priority=-50).enqueue_many([{"seconds": 0.2, "owner": ""}] * 3_000)
    most = 0
    for _ in range(40):
        most = max(most, Job.objects.filter(band="lo", status=Job.Status.RUNNING).count())
        time.sleep(0.05)
    trouble.nap.using(priority=50).enqueue_many([{"seconds": 0.2, "owner": "urgent"}] * 50)
    eventually(lambda: not Job.objects.unfinished().filter(owner="urgent").exists())
    assert most == 10
    assert waits("urgent")[-1] < 2.0
    assert Job.objects.unfinished().filter(band="lo").count() > 2_000


def test_a_high_job_gets_the_next_slot_of_a_worker_that_is_full_of_long_ones(world: World) -> None:
    random.seed(1)
    world.start_worker(queues="default:10").wait_ready()
    calls = [{"seconds": random.uniform(1.0, 2.0), "owner": ""} for _ in range(300)]
    trouble.nap.enqueue_many(calls)
    eventually(lambda: len(world.calls("nap")) > 10)
    for _ in range(8):
        trouble.nap.using(priority=50).enqueue(seconds=0.1, owner="urgent")
        time.sleep(0.7)
    eventually(lambda: not Job.objects.unfinished().filter(owner="urgent").exists())
    assert waits("urgent")[-1] < 1.5
