"""The oldest server that is supported, and one that is not: what matters, once more."""

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest

from codegen_site.tests.plugin import free_port
from jobs.events import END, Event, open_event_log
from jobs.models import Job
from jobs.services import cancel_job
from jobs.tests import tasks, trouble
from jobs.tests.processes import NatsProcess, World, eventually, once

pytestmark = [pytest.mark.servers, pytest.mark.django_db(transaction=True), once]

OLD = Path("/usr/sbin/nats-server")


@pytest.fixture(scope="module")
def old_nats(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsProcess]:
    if not OLD.exists():
        pytest.skip(f"no {OLD}: `apt-get install nats-server` has 2.9 on Debian 12")
    nats = NatsProcess.make(folder=tmp_path_factory.mktemp("old"), port=free_port(), binary=OLD).start()
    yield nats
    nats.kill()


@pytest.fixture
def old_world(old_nats: NatsProcess, make_world: Callable[..., World]) -> World:
    if not old_nats.is_alive:
        old_nats.start()
    world = make_world(old_nats)
    world.start_worker().wait_ready()
    return world


def all_finished() -> bool:
    return not Job.objects.unfinished().exists()


def test_jobs_are_published_claimed_and_finished(old_world: World) -> None:
    tasks.noop.enqueue_many([{}] * 200)
    eventually(all_finished)
    assert Job.objects.filter(status=Job.Status.SUCCESSFUL, claim_no=1).count() == 200


def test_a_failure_is_tried_again_after_its_delay(old_world: World) -> None:
    started = time.monotonic()
    trouble.fail_once.enqueue()
    eventually(all_finished)
    assert len(old_world.calls("try")) == 2
    assert 0.5 < time.monotonic() - started < 5


def test_a_running_job_is_cancelled(old_world: World) -> None:
    job_id = trouble.nap.enqueue(seconds=30.0, owner="").id
    eventually(lambda: old_world.calls("nap"))
    cancel_job(job_id=UUID(job_id))
    assert eventually(all_finished) < 2


def test_the_log_is_read_to_its_end(old_world: World) -> None:
    job_id = tasks.count_up.using(queue_name="default").enqueue(seconds=0.5, owner="acme").id
    eventually(all_finished)

    async def read() -> list[Event]:
        async with open_event_log(owner="acme", job_id=UUID(job_id)) as log:
            return [event async for event in log.follow(after=0, patience=5) if event]

    events = asyncio.run(read())
    assert "".join(event.data.get("delta", "") for event in events) == "0 1 2 3 4 "
    assert events[-1].type == END


def test_nothing_is_lost_when_it_is_killed_and_when_it_is_wiped(old_world: World) -> None:
    for stop in (old_world.nats.kill, old_world.nats.wipe):
        trouble.nap.enqueue_many([{"seconds": 0.1, "owner": ""}] * 100)
        stop()
        old_world.nats.start()
        eventually(all_finished)
    assert Job.objects.filter(status=Job.Status.SUCCESSFUL).count() == 200


def test_a_server_without_jetstream_is_refused_with_a_sentence(
    make_world: Callable[..., World], tmp_path: Path
) -> None:
    nats = NatsProcess.make(folder=tmp_path / "plain", port=free_port(), jetstream=False).start()
    try:
        worker = make_world(nats).start_worker()
        assert worker.wait() == 1
        assert "has no JetStream: start it with --jetstream." in worker.said()
        assert "Traceback" not in worker.said()
    finally:
        nats.kill()
