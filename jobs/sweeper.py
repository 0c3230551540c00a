"""Finds the jobs that nobody rang for, and rings: the backstop of every lost message."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.db import Error as DatabaseError
from django.utils import timezone

from jobs.announcement import Announcement
from jobs.broker import Broker
from jobs.context import Writer
from jobs.errors import BrokerUnavailable
from jobs.metrics import SWEPT
from jobs.models import Job
from jobs.window import admit_all

logger = logging.getLogger("jobs")

EVERY_S = 5.0
MOST_AT_ONCE = 500
# Younger jobs are still being published by the process that enqueued them.
UNPUBLISHED_FOR = timedelta(seconds=5)
LOST_FOR = timedelta(seconds=30)


class Sweeper:
    """Any number may run side by side: what one announces twice, the broker stores once."""

    def __init__(self, *, broker: Broker, writer: Writer, queues: Sequence[str]) -> None:
        self._broker = broker
        self._writer = writer
        self._queues = queues

    async def run(self) -> None:
        while True:
            await asyncio.sleep(EVERY_S)
            try:
                await self.sweep()
            except (BrokerUnavailable, DatabaseError) as error:
                logger.warning("sweep put off: %s", error)

    async def sweep(self) -> None:
        await self._writer.run(admit_all)
        forgotten = await self._writer.run(find_forgotten)
        for queue in self._queues:
            if await self._broker.is_idle(queue):
                forgotten += await self._writer.run(partial(find_lost, queue))
        if not forgotten:
            return
        published = await asyncio.gather(*map(self._publish, forgotten))
        job_ids = [job_id for job_id in published if job_id]
        await self._writer.run(partial(mark_swept, job_ids))
        SWEPT.inc(len(job_ids))
        logger.info("sweeper announced %d jobs", len(job_ids))

    async def _publish(self, announcement: Announcement) -> UUID | None:
        try:
            await self._broker.publish_job(announcement)
        except BrokerUnavailable:
            return None
        return announcement.job_id


def find_forgotten() -> list[Announcement]:
    """Due but never published; or running under a lease that lapsed long ago."""
    now = timezone.now()
    unpublished = Job.objects.due().filter(published_at__isnull=True, enqueued_at__lt=now - UNPUBLISHED_FOR)
    abandoned = Job.objects.filter(status=Job.Status.RUNNING, lease_until__lt=now - LOST_FOR)
    return [Announcement.of(job) for job in unpublished.order_by("id")[:MOST_AT_ONCE]] + [
        Announcement.of(job, again=_round()) for job in abandoned.order_by("id")[:MOST_AT_ONCE]
    ]


def find_lost(queue: str) -> list[Announcement]:
    """Published, yet the broker has nothing left of the queue: it has lost them."""
    lost = Job.objects.due().filter(queue_name=queue, published_at__lt=timezone.now() - LOST_FOR)
    return [Announcement.of(job, again=_round()) for job in lost.order_by("id")[:MOST_AT_ONCE]]


def mark_swept(job_ids: Sequence[UUID]) -> None:
    Job.objects.filter(id__in=job_ids).update(published_at=timezone.now())


def _round() -> str:
    """The same for all sweepers within half a minute, so that the broker stores one of their messages."""
    return f":r{int(timezone.now().timestamp() / LOST_FOR.total_seconds())}"
