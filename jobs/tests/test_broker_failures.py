"""What NATS may do: die with requests outstanding, lose all that it stored, hold what is no job."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest

from jobs.announcement import Announcement
from jobs.bridge import bridge
from jobs.broker import Broker
from jobs.config import broker_config
from jobs.models import Job
from jobs.tests import tasks, trouble
from jobs.tests.processes import ACK_WAIT_S, World, eventually, once

pytestmark = [pytest.mark.servers, pytest.mark.django_db(transaction=True), once]


def all_finished() -> bool:
    return not Job.objects.unfinished().exists()


def with_broker(ask: Callable[[Broker], Any]) -> Any:
    async def run() -> Any:
        broker = await Broker.connect(broker_config(), name="test")
        try:
            return await ask(broker)
        finally:
            await broker.close()

    return asyncio.run(run())


def dead_letters() -> int:
    async def count(broker: Broker) -> int:
        return (await broker.js.stream_info(broker.config.dead_stream)).state.messages

    return int(with_broker(count))


def test_after_a_restart_of_the_server_the_next_job_starts_within_a_second(world: World) -> None:
    world.start_worker().wait_ready()
    time.sleep(0.5)  # it asks, and waits
    world.nats.kill()
    time.sleep(1.0)
    world.nats.start()
    eventually(lambda: world.nats.said().count("Server is ready") > 1)
    started = time.monotonic()
    tasks.noop.enqueue()
    eventually(all_finished)
    assert time.monotonic() - started < 1.5  # of which the clients look for it every quarter of a second


def test_nothing_is_lost_when_the_server_dies_under_load(world: World) -> None:
    world.start_worker(queues="default:50").wait_ready()
    for _ in range(3):
        trouble.nap.enqueue_many([{"seconds": 0.05, "owner": ""}] * 200)
        world.nats.kill()
        time.sleep(0.3)
        world.nats.start()
        time.sleep(0.7)
    eventually(all_finished)
    assert Job.objects.filter(status=Job.Status.SUCCESSFUL).count() == 600


def test_jobs_of_a_store_that_was_wiped_are_found_in_a_queue_that_is_busy(world: World) -> None:
    world.start_worker(queues="default:2").wait_ready()
    trouble.nap.enqueue_many([{"seconds": 2.0, "owner": ""}] * 2)
    eventually(lambda: len(world.calls("nap")) == 2)
    lost = {result.id for result in tasks.noop.enqueue_many([{}] * 20)}
    eventually(lambda: not Job.objects.filter(published_at=None).exists())
    world.nats.wipe()
    world.nats.start()
    time.sleep(1)  # somebody makes the streams anew
    trouble.nap.enqueue(seconds=20.0, owner="")  # from now on the queue is never idle
    eventually(lambda: Job.objects.filter(id__in=lost, status=Job.Status.SUCCESSFUL).count() == 20)
    assert Job.objects.filter(status=Job.Status.RUNNING).count() == 1


def test_a_job_that_runs_while_the_store_is_wiped_is_finished_by_its_worker(world: World) -> None:
    world.start_worker().wait_ready()
    trouble.buy.enqueue(seconds=ACK_WAIT_S + 1)
    eventually(lambda: world.calls("call"))
    world.nats.wipe()
    world.nats.start()
    eventually(all_finished)
    assert (Job.objects.get().claim_no, len(world.calls("call"))) == (1, 1)


def test_jobs_that_die_with_their_worker_and_the_store_are_found(world: World) -> None:
    worker = world.start_worker().wait_ready()
    trouble.nap.enqueue(seconds=0.5, owner="")
    eventually(lambda: world.calls("nap"))
    world.nats.wipe()
    worker.kill()
    world.nats.start()
    world.start_worker()
    eventually(all_finished)
    assert Job.objects.get().claim_no == 2


def test_a_message_whose_row_is_gone_is_kept_for_an_operator(world: World) -> None:
    world.start_worker().wait_ready()
    bridge().announce([Announcement.of(Job(task_path=tasks.noop.module_path))])
    eventually(lambda: dead_letters() == 1)


@pytest.mark.parametrize("body", [b"rubbish", b"{}", b'{"v": 1, "id": 7}', b"\xff\x00", b'{"id": ">"}'])
def test_a_message_that_is_no_job_is_kept_and_stops_nobody(world: World, body: bytes) -> None:
    world.start_worker(queues="default:1").wait_ready()

    async def publish(broker: Broker) -> None:
        subject = broker.config.run_subject(queue="default", band="mid", owner="")
        for _ in range(5):
            await broker.js.publish(subject, body)

    with_broker(publish)
    tasks.noop.enqueue()
    assert eventually(all_finished) < 5
    assert dead_letters() == 5


def test_twenty_thousand_at_once_are_all_published(world: World) -> None:
    tasks.noop.enqueue_many([{}] * 20_000)
    eventually(lambda: not Job.objects.filter(published_at=None).exists())
