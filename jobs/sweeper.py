"""Finds the jobs that nobody rang for, and rings: the backstop of every lost message."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import Error as DatabaseError
from django.utils import timezone

from jobs.admission import admit_all
from jobs.announcement import Announcement
from jobs.broker import Broker
from jobs.config import Timing
from jobs.context import Writer
from jobs.errors import BrokerUnavailable
from jobs.metrics import SWEPT
from jobs.models import Job

logger = logging.getLogger("jobs")

EVERY_S = 5.0
MOST_AT_ONCE = 500
# Younger jobs are still being published by the process that enqueued them.
UNPUBLISHED_FOR = timedelta(seconds=5)


class Sweeper:
    """Any number may run side by side: what several announce within a round, the broker stores once."""

    def __init__(self, *, broker: Broker, writer: Writer, queues: Sequence[str], timing: Timing) -> None:
        self._broker = broker
        self._lost_for = timedelta(seconds=timing.ack_wait)
        self._writer = writer
        self._queues = queues

    async def run(self) -> None:
        while True:
            await asyncio.sleep(EVERY_S)
            try:
                while await self.sweep() >= MOST_AT_ONCE:
                    pass
            except BrokerUnavailable as error:
                logger.warning("sweep put off: %s", error)
            except DatabaseError as error:
                logger.warning("sweep put off: %s", error)
                # Leases have lapsed that nobody could renew: give every worker the time for a beat.
                await asyncio.sleep(self._lost_for.total_seconds())

    async def sweep(self) -> int:
        """How many were announced."""
        await self._writer.run(admit_all)
        forgotten = await self._writer.run(partial(find_forgotten, self._lost_for))
        for queue in self._queues:
            oldest = await self._broker.oldest_job_at(queue)
            forgotten += await self._writer.run(partial(find_lost, queue, oldest, self._lost_for))
        if not forgotten:
            return 0
        published = await asyncio.gather(*map(self._publish, forgotten))
        job_ids = [job_id for job_id in published if job_id]
        await self._writer.run(partial(mark_swept, job_ids))
        SWEPT.inc(len(job_ids))
        logger.info("sweeper announced %d jobs", len(job_ids))
        return len(job_ids)

    async def _publish(self, announcement: Announcement) -> UUID | None:
        try:
            await self._broker.publish_job(announcement)
        except BrokerUnavailable:
            return None
        return announcement.job_id


def find_forgotten(lost_for: timedelta) -> list[Announcement]:
    """Due but never published; or running under a lease that lapsed long ago."""
    now = timezone.now()
    unpublished = Job.objects.due().filter(published_at__isnull=True, enqueued_at__lt=now - UNPUBLISHED_FOR)
    abandoned = Job.objects.filter(
        status=Job.Status.RUNNING, lease_until__lt=now - lost_for, published_at__lt=now - lost_for
    )
    return [Announcement.of(job) for job in unpublished.order_by("id")[:MOST_AT_ONCE]] + [
        Announcement.of(job, again=_round(lost_for)) for job in abandoned.order_by("id")[:MOST_AT_ONCE]
    ]


def find_lost(queue: str, oldest: datetime | None, lost_for: timedelta) -> list[Announcement]:
    """Published before the `oldest` message that the broker still has of the queue: it has lost them."""
    before = timezone.now() - lost_for
    before = min(before, oldest) if oldest else before
    lost = Job.objects.due().filter(queue_name=queue, published_at__lt=before)
    return [Announcement.of(job, again=_round(lost_for)) for job in lost.order_by("id")[:MOST_AT_ONCE]]


def mark_swept(job_ids: Sequence[UUID]) -> None:
    Job.objects.filter(id__in=job_ids).update(published_at=timezone.now())


def _round(lost_for: timedelta) -> str:
    """The same for all sweepers within that time, so that the broker stores one of their messages."""
    return f":r{int(timezone.now().timestamp() / lost_for.total_seconds())}"
