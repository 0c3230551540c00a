"""Event logs of a real server: many watchers in one process, and a restart in the midst of a log."""

import asyncio
import time
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest

from jobs.connection import broker_of_this_loop
from jobs.errors import BrokerUnavailable
from jobs.events import END, Event, EventLog, open_event_log
from jobs.models import Job
from jobs.tests import tasks
from jobs.tests.processes import World, eventually, once

pytestmark = [pytest.mark.servers, pytest.mark.django_db(transaction=True), once]

OWNER = "acme"


async def publish(job_id: UUID, *numbers: int) -> None:
    broker = await broker_of_this_loop()
    for number in numbers:
        payload = Event(number=number, type="step", data={}).encode()
        await broker.publish_event(owner=OWNER, job_id=job_id, payload=payload)
    await broker.client.flush()


async def read(log: EventLog, count: int) -> list[int]:
    numbers: list[int] = []
    async for event in log.follow(after=0, patience=5):
        assert event, f"after {numbers} nothing more came"
        numbers.append(event.number)
        if len(numbers) == count:
            break
    return numbers


async def watch(job_id: UUID) -> list[int]:
    """To the end, as a browser does: it comes back with the number of the last event."""
    numbers = [0]
    while True:
        try:
            async with open_event_log(owner=OWNER, job_id=job_id) as log:
                async for event in log.follow(after=numbers[-1], patience=1):
                    if event:
                        numbers.append(event.number)
                    if event and event.type == END:
                        return numbers[1:]
        except BrokerUnavailable:
            await asyncio.sleep(0.2)


def test_watchers_of_one_job_share_one_subscription(world: World) -> None:
    async def run() -> None:
        job_id = uuid4()
        await publish(job_id, 1, 2)
        broker = await broker_of_this_loop()
        async with asyncio.timeout(10):
            watchers = [open_event_log(owner=OWNER, job_id=job_id) for _ in range(20)]
            before = broker.client._subs.copy()  # the client tells nobody
            logs = [await watcher.__aenter__() for watcher in watchers]
            reading = [asyncio.create_task(read(log, 4)) for log in logs]
            await asyncio.sleep(0.3)
            subjects = [sub.subject for sub in broker.client._subs.values() if sub not in before.values()]
            assert len([subject for subject in subjects if subject.endswith(str(job_id))]) == 1
            await publish(job_id, 3, 4)
            assert await asyncio.gather(*reading) == [[1, 2, 3, 4]] * 20
            for watcher in watchers:
                await watcher.__aexit__(None, None, None)
        assert not [sub for sub in broker.client._subs.values() if sub.subject.endswith(str(job_id))]
        await broker.close()

    asyncio.run(run())


@pytest.mark.parametrize("stop", ["kill", "freeze"])
def test_after_a_restart_a_watcher_sees_all_that_the_stream_has_in_order_and_once(
    world: World, stop: str
) -> None:
    world.start_worker().wait_ready()
    job_id = UUID(tasks.count_up.using(queue_name="default").enqueue(seconds=5.0, owner=OWNER).id)
    eventually(lambda: Job.objects.get().status == Job.Status.RUNNING)

    def trouble_the_server() -> None:
        time.sleep(1.5)
        interrupt: dict[str, Callable[[], None]] = {"kill": world.nats.kill, "freeze": world.nats.freeze}
        interrupt[stop]()
        time.sleep(0.5)
        if stop == "kill":
            world.nats.start()
        world.nats.thaw()

    async def run() -> tuple[list[list[int]], list[int]]:
        watching = [asyncio.create_task(watch(job_id)) for _ in range(3)]
        await asyncio.to_thread(trouble_the_server)
        async with asyncio.timeout(30):
            seen = await asyncio.gather(*watching)
        stored = await watch(job_id)
        await (await broker_of_this_loop()).close()
        return seen, stored

    seen, stored = asyncio.run(run())
    for numbers in seen:
        assert numbers == sorted(set(numbers))
        assert set(stored) <= set(numbers)
    assert len(stored) > 20
