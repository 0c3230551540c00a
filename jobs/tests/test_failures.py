"""Who dies when: each row of the table of failures that has a worker, a producer or SQL in it.

Everywhere the same two promises hold: no job is lost, and no step of a job is billed twice.
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import NamedTuple

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from codegen_site.tests import plugin
from jobs.announcement import Announcement
from jobs.bridge import bridge
from jobs.models import Job, Step
from jobs.tests import trouble
from jobs.tests.processes import ACK_WAIT_S, NatsProcess, World, eventually, once

pytestmark = [pytest.mark.servers, pytest.mark.django_db(transaction=True)]

READY, RUNNING, SUCCESSFUL, FAILED = Job.Status


def all_finished() -> bool:
    return not Job.objects.unfinished().exists()


# The producer


@once
@pytest.mark.parametrize(
    ("moment", "stored"), [("before COMMIT", 0), ("after COMMIT", 20), ("after publish", 20)]
)
def test_a_producer_that_dies_leaves_all_its_jobs_or_none(world: World, moment: str, stored: int) -> None:
    child = world.run_child("jobs.tests.producer", moment, "20")
    assert child.returncode == 9, child.stderr
    assert Job.objects.filter(status=READY, published_at=None).count() == stored
    Job.objects.update(enqueued_at=timezone.now() - timedelta(seconds=10))
    world.start_worker().wait_ready()
    eventually(all_finished)
    assert Job.objects.filter(status=SUCCESSFUL, claim_no=1).count() == stored
    assert len(world.calls("call")) == stored


@once
def test_what_is_announced_often_is_run_once(world: World) -> None:
    job_id = trouble.buy.enqueue(seconds=0.5).id
    job = Job.objects.get(id=job_id)
    for number in range(20):
        bridge().announce([Announcement.of(job, again=f":again{number // 2}")])
    world.start_worker()
    world.start_worker().wait_ready()
    eventually(all_finished)
    time.sleep(0.5)
    assert len(world.calls("call")) == 1
    assert Job.objects.get().claim_no == 1


# The worker


class Aftermath(NamedTuple):
    """Of a job whose first worker died: its claims, its calls, and those of them that are booked as lost."""

    claims: int
    calls: int
    calls_lost: int


MOMENTS = {
    "after the claim": Aftermath(claims=2, calls=1, calls_lost=0),
    "in the call": Aftermath(claims=2, calls=2, calls_lost=1),
    "before the step is committed": Aftermath(claims=2, calls=2, calls_lost=1),
    "after the step": Aftermath(claims=2, calls=1, calls_lost=0),
    "before the ack": Aftermath(claims=1, calls=1, calls_lost=0),
}


def test_a_worker_may_die_at_any_moment(world: World) -> None:
    ids = {moment: trouble.buy.enqueue(die_at=moment).id for moment in MOMENTS}
    for _ in range(len(MOMENTS) + 1):  # each kills one
        world.start_worker(queues="default:1")
    eventually(all_finished)
    aftermath = {}
    for moment, job_id in ids.items():
        job, step = Job.objects.get(id=job_id), Step.objects.get(job_id=job_id)
        assert (job.status, job.return_value, step.cost_microusd) == (SUCCESSFUL, "sold", trouble.PRICE)
        aftermath[moment] = Aftermath(job.claim_no, len(world.calls("call", job_id)), step.calls_lost)
    assert aftermath == MOMENTS


def test_a_worker_may_die_with_a_message_that_it_could_not_claim(world: World) -> None:
    worker = world.start_worker().wait_ready()
    job = Job.objects.create(task_path=trouble.buy.module_path, published_at=timezone.now())
    with sql_locked():
        bridge().announce([Announcement.of(job)])
        time.sleep(0.5)
        worker.kill()
    world.start_worker()
    eventually(all_finished)
    job.refresh_from_db()
    assert (job.status, job.claim_no, job.crashes) == (SUCCESSFUL, 1, 0)


@once
def test_a_task_that_kills_its_workers_is_set_aside_after_three(
    own_nats: NatsProcess, make_world: Callable[..., World]
) -> None:
    world = make_world(own_nats, ack_wait=1.5)
    job_id = trouble.kill_every_worker.enqueue().id
    for _ in range(4):
        world.start_worker()
    eventually(all_finished)
    job = Job.objects.get(id=job_id)
    assert (job.status, job.crashes, len(world.calls("poison"))) == (FAILED, 3, 3)
    assert job.last_error
    assert job.last_error["code"] == "job_lost"
    assert sum(worker.is_alive for worker in world.workers) == 1


def test_a_frozen_worker_that_wakes_can_write_nothing(world: World) -> None:
    frozen = world.start_worker().wait_ready()
    job_id = trouble.buy.enqueue(seconds=1.0).id
    eventually(lambda: world.calls("call"))
    frozen.freeze()
    world.start_worker()
    eventually(all_finished)
    ended = Job.objects.get(id=job_id)
    frozen.thaw()
    eventually(lambda: "taken over by another worker" in frozen.said())
    job, step = Job.objects.get(id=job_id), Step.objects.get()
    assert (job.claim_no, job.finished_at) == (2, ended.finished_at)
    assert (step.claim_no, step.cost_microusd, step.calls_lost) == (2, trouble.PRICE, 1)


@once
def test_a_worker_that_is_alone_and_frozen_goes_on_where_it_was(world: World) -> None:
    worker = world.start_worker().wait_ready()
    for _ in range(5):
        trouble.nap.enqueue(seconds=ACK_WAIT_S + 1, owner="")
    eventually(lambda: len(world.calls("nap")) == 5)
    worker.freeze()
    time.sleep(ACK_WAIT_S + 0.5)
    worker.thaw()
    eventually(all_finished)
    assert Job.objects.filter(status=SUCCESSFUL, crashes__lte=1).count() == 5


# SQL


@contextlib.contextmanager
def sql_locked() -> Iterator[None]:
    """No other process can write."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("LOCK TABLE jobs_job IN EXCLUSIVE MODE")
        yield


def take_sql_away(seconds: float) -> None:
    if connection.vendor == "sqlite":
        with sql_locked():
            time.sleep(seconds)
    else:
        connections.close_all()
        plugin.restart_postgres(away_s=seconds)


def test_what_was_paid_while_sql_was_away_is_not_paid_again(world: World) -> None:
    world.start_worker().wait_ready()
    for _ in range(10):
        trouble.buy.enqueue(seconds=1.5)
    eventually(lambda: len(world.calls("call")) == 10)
    take_sql_away(2 * ACK_WAIT_S)
    eventually(all_finished)
    assert Job.objects.filter(status=SUCCESSFUL).count() == 10
    assert len(world.calls("call")) == 10
    assert set(Step.objects.values_list("cost_microusd", "calls_lost")) == {(trouble.PRICE, 0)}


def test_jobs_that_are_announced_while_sql_is_away_run_when_it_is_back(world: World) -> None:
    world.start_worker().wait_ready()
    for _ in range(10):
        trouble.nap.enqueue(seconds=0.5, owner="")
    take_sql_away(2.0)
    eventually(all_finished)
    assert Job.objects.filter(status=SUCCESSFUL).count() == 10
