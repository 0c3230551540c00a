"""The doubles of the queue: the real claims and the real runner, without a broker."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from asgiref.sync import async_to_sync, sync_to_async
from django.db import transaction

from jobs.announcement import Announcement
from jobs.backend import JetStreamBackend
from jobs.config import Timing
from jobs.events import Event
from jobs.models import Job
from jobs.runner import Runner
from jobs.schedules import Schedule, declared_schedules, registry

A = TypeVar("A")
T = TypeVar("T")


class StoringBackend(JetStreamBackend):
    """Stores jobs and tells no broker: set it in `TASKS`, then call `run_job` or `run_all_jobs`."""

    def announce(self, announcements: Sequence[Announcement]) -> None:
        pass


class ImmediateBackend(JetStreamBackend):
    """Runs each job as soon as the transaction that enqueued it is committed, once."""

    def announce(self, announcements: Sequence[Announcement]) -> None:
        for announcement in announcements:
            async_to_sync(run_job)(announcement.job_id)


class DirectWriter:
    """Each operation in a transaction of its own, in the thread that the test's database belongs to."""

    async def run(self, operation: Callable[[], T]) -> T:
        def in_transaction() -> T:
            with transaction.atomic():
                return operation()

        return await sync_to_async(in_transaction, thread_sensitive=True)()

    async def run_together(
        self, operation: Callable[[Sequence[A]], Sequence[T | Exception]], argument: A
    ) -> T:
        (outcome,) = await self.run(lambda: operation([argument]))
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


@dataclass(kw_only=True)
class RecordingHandle:
    """What the broker was told."""

    said: list[str] = field(default_factory=list)

    async def ack(self) -> None:
        self.said.append("ack")

    async def nak(self, delay: float = 0) -> None:
        self.said.append("nak")

    async def keep(self) -> None:
        self.said.append("keep")


@dataclass(kw_only=True)
class RecordedRun:
    handle: RecordingHandle
    events: list[Event]
    buried: list[UUID] = field(default_factory=list)


@asynccontextmanager
async def recording_runner() -> AsyncIterator[tuple[Runner, RecordedRun]]:
    """A runner as that of a worker, and what it tells the broker and its watchers."""
    recorded = RecordedRun(handle=RecordingHandle(), events=[])

    async def bury(unknown: UUID) -> None:
        recorded.buried.append(unknown)

    with ThreadPoolExecutor(max_workers=1) as threads:
        yield (
            Runner(
                worker_id="test",
                writer=DirectWriter(),
                timing=Timing(),
                threads=threads,
                publish_event=lambda job, payload: recorded.events.append(Event.decode(payload)),
                bury=bury,
            ),
            recorded,
        )


async def run_job(job_id: UUID) -> RecordedRun:
    """Run one job as a worker would, and return what it told the broker and its watchers."""
    async with recording_runner() as (runner, recorded):
        await runner.run(job_id, recorded.handle)
    return recorded


async def run_all_jobs() -> list[RecordedRun]:
    """Run what is ready now, the oldest first; a retry that is due later waits."""
    ids: list[Any] = [
        job_id async for job_id in Job.objects.due().order_by("id").values_list("id", flat=True)
    ]
    return [await run_job(job_id) for job_id in ids]


@contextmanager
def only_schedules(*schedules: Schedule) -> Iterator[None]:
    """As long as the block lasts these are the declared ones."""
    before = declared_schedules()
    registry[:] = schedules
    try:
        yield
    finally:
        registry[:] = before
