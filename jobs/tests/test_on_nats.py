"""The queue on a real NATS: what is published, swept, logged and cancelled, with a real worker."""

import asyncio
import itertools
import os
import threading
import time
from collections.abc import Callable, Collection, Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone
from pytest_django import Settings

from jobs.config import broker_config
from jobs.errors import BrokerUnavailable
from jobs.events import END, Event, open_event_log, purge_events
from jobs.health import check_nats
from jobs.models import Job, ScheduleTick
from jobs.scheduler import fire_schedule
from jobs.schedules import Schedule
from jobs.services import cancel_job
from jobs.tests import tasks
from jobs.worker import Worker

pytestmark = [pytest.mark.servers, pytest.mark.django_db(transaction=True)]

_numbers = itertools.count()


@pytest.fixture
def queue(settings: Settings, nats_url: str) -> None:
    """Streams of its own for each test."""
    settings.NATS_URL = nats_url
    settings.JOBS_STREAM_PREFIX = f"t{os.getpid()}-{next(_numbers)}-"


class WorkerThread:
    """A worker in a thread of the test, so that both see the same database."""

    def __init__(self, *, grace: float, schedules: Collection[Schedule] = ()) -> None:
        self._grace = grace
        self._schedules = schedules
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)
        self._thread.start()
        assert self._ready.wait(10)

    async def _run(self) -> None:
        self._worker = Worker(
            queues={"default": 20, "llm": 20},
            grace=self._grace,
            config=broker_config(),
            schedules=self._schedules,
            signals=(),
        )
        self._loop = asyncio.get_running_loop()
        self._ready.set()
        await self._worker.run()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._worker.stop)
        self._thread.join(timeout=20)
        assert not self._thread.is_alive()


@pytest.fixture
def worker(queue: None) -> Iterator[WorkerThread]:
    worker = WorkerThread(grace=5)
    yield worker
    worker.stop()


def eventually(condition: Callable[[], bool], patience_s: float = 15) -> None:
    deadline = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.02)


def finished(job_id: str) -> Job:
    eventually(lambda: Job.objects.get(id=job_id).is_finished)
    return Job.objects.get(id=job_id)


def events_of(job_id: str, *, owner: str = "", after: int = 0) -> list[Event]:
    async def read() -> list[Event]:
        async with open_event_log(owner=owner, job_id=UUID(job_id)) as log:
            return [event async for event in log.follow(after=after, patience=5) if event]

    return asyncio.run(read())


def test_what_is_enqueued_is_run(worker: WorkerThread) -> None:
    job = finished(tasks.add.enqueue(20, 22, owner="acme").id)
    assert (job.status, job.return_value, job.claim_no) == (Job.Status.SUCCESSFUL, 42, 1)
    eventually(lambda: Job.objects.filter(published_at__isnull=False).exists())


def test_many_are_run_at_once(worker: WorkerThread) -> None:
    started = time.monotonic()
    ids = [tasks.count_up.enqueue(seconds=1.0, owner=f"owner {n}").id for n in range(10)]
    for job_id in ids:
        assert finished(job_id).status == Job.Status.SUCCESSFUL
    assert time.monotonic() - started < 5  # one after the other they take ten


def test_the_log_is_read_from_any_event(worker: WorkerThread) -> None:
    job_id = tasks.count_up.enqueue(seconds=0.5, owner="acme").id
    finished(job_id)
    everything = events_of(job_id, owner="acme")
    assert "".join(event.data.get("delta", "") for event in everything) == "0 1 2 3 4 "
    assert everything[-1].type == END
    assert events_of(job_id, owner="acme", after=everything[0].number) == everything[1:]


def test_a_log_is_purged_and_that_of_another_job_is_not(worker: WorkerThread) -> None:
    first, second = (tasks.count_up.enqueue(seconds=0.2, owner="acme").id for _ in range(2))
    for job_id in (first, second):
        finished(job_id)
        assert events_of(job_id, owner="acme")
    purge_events(owner="acme", job_id=UUID(first))

    def stored(job_id: str) -> int:
        async def count() -> int:
            async with open_event_log(owner="acme", job_id=UUID(job_id)) as log:
                return log.stored

        return asyncio.run(count())

    eventually(lambda: stored(first) == 0)
    assert stored(second) > 0


def test_a_running_job_is_cancelled_within_a_second(worker: WorkerThread) -> None:
    job_id = tasks.count_up.enqueue(seconds=30.0, owner="acme").id
    eventually(lambda: Job.objects.get(id=job_id).status == Job.Status.RUNNING)
    asked = time.monotonic()
    cancel_job(job_id=UUID(job_id))
    job = finished(job_id)
    assert time.monotonic() - asked < 1
    assert job.last_error
    assert job.last_error["class"] == "jobs.errors.JobCancelled"


def test_progress_is_told_while_it_runs(worker: WorkerThread) -> None:
    job_id = tasks.count_up.enqueue(seconds=2.5, owner="acme").id
    eventually(lambda: bool(Job.objects.get(id=job_id).progress), patience_s=2.4)
    cancel_job(job_id=UUID(job_id))
    finished(job_id)


def test_a_job_that_was_never_published_is_swept(queue: None, settings: Settings) -> None:
    with_nats = settings.NATS_URL
    settings.NATS_URL = "nats://127.0.0.1:1"  # the process that enqueues cannot reach it
    job_id = tasks.add.enqueue(1, 2, owner="acme").id
    Job.objects.update(enqueued_at=timezone.now() - timedelta(seconds=10))
    settings.NATS_URL = with_nats
    worker = WorkerThread(grace=5)
    try:
        assert finished(job_id).return_value == 3
    finally:
        worker.stop()


def test_a_job_for_later_is_run_later(worker: WorkerThread) -> None:
    due = timezone.now() + timedelta(seconds=2)
    job_id = tasks.add.using(run_after=due).enqueue(1, 2, owner="acme").id
    Job.objects.update(enqueued_at=timezone.now() - timedelta(seconds=10))
    job = finished(job_id)
    assert job.started_at
    assert job.started_at >= due


def test_a_schedule_is_run_once_for_each_tick_by_two_workers(queue: None) -> None:
    every_second = Schedule(
        task=tasks.double_in_thread, every=timedelta(seconds=1), kwargs={"number": 21}, catch_up="all"
    )
    workers = [WorkerThread(grace=5, schedules=[every_second]) for _ in range(2)]
    try:
        done = Job.objects.filter(status=Job.Status.SUCCESSFUL, return_value=42)
        eventually(lambda: done.count() >= 4)
    finally:
        for worker in workers:
            worker.stop()
    due = list(ScheduleTick.objects.order_by("due_at").values_list("due_at", flat=True))
    assert due == [due[0] + timedelta(seconds=number) for number in range(len(due))]
    assert set(ScheduleTick.objects.values_list("job_id", flat=True)) == set(
        Job.objects.values_list("id", flat=True)
    )
    assert Job.objects.count() == len(due)


def test_what_was_due_while_nats_was_away_is_run_when_it_is_back(queue: None, settings: Settings) -> None:
    hourly = Schedule(task=tasks.double_in_thread, cron="0 * * * *", kwargs={"number": 21})
    fire_schedule(hourly, now=timezone.now() - timedelta(hours=2))
    with_nats = settings.NATS_URL
    settings.NATS_URL = "nats://127.0.0.1:1"
    fire_schedule(hourly, now=timezone.now())
    job = ScheduleTick.objects.get().job
    assert job
    assert (job.status, job.published_at) == (Job.Status.READY, None)
    Job.objects.update(enqueued_at=timezone.now() - timedelta(seconds=10))
    settings.NATS_URL = with_nats
    worker = WorkerThread(grace=5)
    try:
        assert finished(str(job.id)).return_value == 42
    finally:
        worker.stop()


def test_a_worker_that_stops_gives_back_what_it_could_not_finish(queue: None) -> None:
    first = WorkerThread(grace=0.2)
    job_id = tasks.count_up.enqueue(seconds=2.0, owner="acme").id
    eventually(lambda: Job.objects.get(id=job_id).status == Job.Status.RUNNING)
    first.stop()
    job = Job.objects.get(id=job_id)
    assert (job.status, job.crashes, job.failures) == (Job.Status.READY, 0, 0)
    second = WorkerThread(grace=5)
    try:
        assert finished(job_id).status == Job.Status.SUCCESSFUL
    finally:
        second.stop()


def test_the_broker_s_health_is_a_round_trip(queue: None, settings: Settings) -> None:
    assert 0 < asyncio.run(check_nats()) < 2
    settings.NATS_URL = "nats://127.0.0.1:1"
    with pytest.raises(BrokerUnavailable):
        asyncio.run(check_nats())
