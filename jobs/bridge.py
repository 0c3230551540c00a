"""From ordinary threads to NATS: one event loop in a daemon thread of each process.

Nobody waits for it: a job that could not be published stays in SQL, and the sweeper finds it.
"""

import asyncio
import logging
import os
import threading
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import uvloop
from django.db import DatabaseError, connection
from django.utils import timezone

from jobs.announcement import Announcement
from jobs.broker import Broker
from jobs.connection import broker_of_this_loop
from jobs.errors import BrokerUnavailable
from jobs.models import Job

logger = logging.getLogger("jobs")

# Of a hundred thousand at once, the last would have waited too long for their answers.
MOST_AT_ONCE = 500
MARK_EVERY_S = 1.0
MARKED_AT_ONCE = 500


class Bridge:
    def __init__(self) -> None:
        self._loop = uvloop.new_event_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        self._publishing = asyncio.Semaphore(MOST_AT_ONCE)
        self._published: set[UUID] = set()
        self._marking = False
        self._away = False
        self._sql = ThreadPoolExecutor(max_workers=1, thread_name_prefix="jobs-bridge-sql")
        threading.Thread(target=self._loop.run_forever, name="jobs-bridge", daemon=True).start()

    def announce(self, announcements: Sequence[Announcement]) -> None:
        self._start(self._announce_all(announcements))

    def publish_event(self, *, owner: str, job_id: UUID, payload: bytes) -> None:
        self._start(self._publish_event(owner, job_id, payload))

    def purge_events(self, *, owner: str, job_id: UUID) -> None:
        self._start(self._purge_events(owner, job_id))

    def publish_cancel(self, job_id: UUID) -> None:
        self._start(self._publish_cancel(job_id))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self._loop.call_soon_threadsafe(self._keep, work)

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(self._guard(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _guard(self, work: Coroutine[Any, Any, None]) -> None:
        """Says once that the broker is away; the sweeper publishes what was missed."""
        try:
            await work
        except BrokerUnavailable as error:
            if not self._away:
                logger.warning("%s Jobs wait in SQL until it is back.", error.message)
            self._away = True
        else:
            self._away = False

    async def _announce_all(self, announcements: Sequence[Announcement]) -> None:
        broker = await broker_of_this_loop()
        await asyncio.gather(*(self._announce(broker, each) for each in announcements))

    async def _announce(self, broker: Broker, announcement: Announcement) -> None:
        async with self._publishing:
            await broker.publish_job(announcement)
        self._published.add(announcement.job_id)
        if not self._marking:
            self._marking = True
            self._start(self._mark_published())

    async def _mark_published(self) -> None:
        """One UPDATE for all that were acknowledged lately. Not at once: most are claimed by then, and
        a claim marks them too; before it, this write would stand in its way."""
        try:
            while self._published:
                await asyncio.sleep(MARK_EVERY_S)
                job_ids, self._published = self._published, set()
                await self._loop.run_in_executor(self._sql, mark_published, job_ids)
        finally:
            self._marking = False

    async def _publish_event(self, owner: str, job_id: UUID, payload: bytes) -> None:
        broker = await broker_of_this_loop()
        await broker.publish_event(owner=owner, job_id=job_id, payload=payload)

    async def _purge_events(self, owner: str, job_id: UUID) -> None:
        broker = await broker_of_this_loop()
        await broker.purge_events(owner=owner, job_id=job_id)

    async def _publish_cancel(self, job_id: UUID) -> None:
        broker = await broker_of_this_loop()
        await broker.publish_cancel(job_id)


def mark_published(job_ids: set[UUID]) -> None:
    """Spare the sweeper the work; without the mark it publishes once more, which the broker drops."""
    try:
        ordered = sorted(job_ids)
        for start in range(0, len(ordered), MARKED_AT_ONCE):
            some = ordered[start : start + MARKED_AT_ONCE]
            Job.objects.filter(id__in=some, published_at__isnull=True).update(published_at=timezone.now())
    except DatabaseError as error:
        logger.warning("published jobs not marked: %s", error)
    finally:
        connection.close()


_bridges: dict[int, Bridge] = {}
_making = threading.Lock()


def bridge() -> Bridge:
    """The bridge of this process; a fork gets one of its own."""
    with _making:
        if os.getpid() not in _bridges:
            _bridges.clear()
            _bridges[os.getpid()] = Bridge()
        return _bridges[os.getpid()]
