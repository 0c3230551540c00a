"""How soon: after a kill -9, a SIGTERM, a wish to cancel."""

import signal
import time
from collections.abc import Callable
from uuid import UUID

import pytest

from jobs.models import Job
from jobs.services import cancel_job
from jobs.tests import tasks, trouble
from jobs.tests.processes import ACK_WAIT_S, NatsProcess, World, eventually, once

pytestmark = [pytest.mark.servers, pytest.mark.django_db(transaction=True)]

# Of 1 s, on a machine that has other things to do.
AT_ONCE_S = 2.0


def all_finished() -> bool:
    return not Job.objects.unfinished().exists()


def seconds_to_cancel(job_id: str) -> float:
    started = time.monotonic()
    cancel_job(job_id=UUID(job_id))
    eventually(lambda: Job.objects.get(id=job_id).is_finished)
    job = Job.objects.get(id=job_id)
    assert job.last_error
    assert job.last_error["class"] == "jobs.errors.JobCancelled"
    return time.monotonic() - started


def test_jobs_of_the_only_worker_run_again_two_seconds_after_the_ack_wait(world: World) -> None:
    worker, spare = world.start_worker(), world.start_worker(queues="llm:1")
    worker.wait_ready()
    spare.wait_ready()
    trouble.nap.enqueue_many([{"seconds": 1.0, "owner": ""}] * 10)
    eventually(lambda: len(world.calls("nap")) == 10)
    killed = time.monotonic()
    worker.kill()
    world.start_worker()
    eventually(lambda: len(world.calls("nap")) == 20)
    assert time.monotonic() - killed < ACK_WAIT_S + 2
    eventually(all_finished)
    assert set(Job.objects.values_list("status", "claim_no", "crashes")) == {("SUCCESSFUL", 2, 1)}


@once
def test_a_worker_that_is_asked_to_stop_runs_nothing_twice_and_keeps_nothing(
    own_nats: NatsProcess, make_world: Callable[..., World]
) -> None:
    # A message that it took with it would be seen again half a minute later only.
    world = make_world(own_nats, ack_wait=30)
    stopping = world.start_worker(queues="default:100", grace=1).wait_ready()
    going_on = world.start_worker(queues="default:100").wait_ready()
    brief = [{"seconds": 0.1, "owner": ""}] * 1_500
    long = [{"seconds": 4.0, "owner": ""}] * 20
    trouble.nap.enqueue_many([*brief[:500], *long, *brief[500:]])
    eventually(lambda: Job.objects.filter(status="SUCCESSFUL").count() > 500)
    stopping.signal(signal.SIGTERM)
    stopped = time.monotonic()
    assert stopping.wait() == 0
    assert time.monotonic() - stopped < 5
    eventually(all_finished)
    assert time.monotonic() - stopped < 15
    assert going_on.is_alive
    assert len(world.calls("awake")) == Job.objects.filter(status="SUCCESSFUL", crashes=0).count() == 1_520


def test_a_running_job_is_cancelled_at_once(world: World) -> None:
    world.start_worker().wait_ready()
    job_id = trouble.nap.enqueue(seconds=30.0, owner="").id
    eventually(lambda: world.calls("nap"))
    assert seconds_to_cancel(job_id) < AT_ONCE_S


@once
def test_a_job_is_cancelled_at_once_wherever_it_is_on_its_way(world: World) -> None:
    world.start_worker().wait_ready()
    for number in range(40):
        job_id = trouble.nap.enqueue(seconds=30.0, owner="").id
        time.sleep(number / 2_000)  # published, delivered, claimed, started
        assert seconds_to_cancel(job_id) < AT_ONCE_S


@once
def test_queued_and_parked_jobs_of_a_busy_worker_are_cancelled_at_once(world: World) -> None:
    world.start_worker(queues="default:10").wait_ready()
    running = trouble.nap.enqueue_many([{"seconds": 30.0, "owner": "big"}] * 10)
    eventually(lambda: len(world.calls("nap")) == 10)
    more = trouble.nap.enqueue_many([{"seconds": 30.0, "owner": "big"}] * 2_000)
    queued, parked = more[0].id, more[-1].id
    assert not Job.objects.get(id=queued).is_parked
    assert Job.objects.get(id=parked).is_parked
    for job_id in (queued, parked, running[0].id):
        assert seconds_to_cancel(job_id) < AT_ONCE_S


@once
def test_a_job_of_a_worker_whose_loop_is_blocked_is_cancelled_when_it_is_free(world: World) -> None:
    world.start_worker().wait_ready()
    job_id = tasks.count_up.using(queue_name="default").enqueue(seconds=30.0, owner="").id
    eventually(lambda: Job.objects.get(id=job_id).status == Job.Status.RUNNING)
    blocked = trouble.block_the_loop.enqueue(seconds=1.0).id
    eventually(lambda: Job.objects.get(id=blocked).status == Job.Status.RUNNING)
    assert seconds_to_cancel(job_id) < 1.0 + AT_ONCE_S
