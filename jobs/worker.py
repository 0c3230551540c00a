"""A worker process: pulls jobs, runs hundreds at once on one event loop, stops without losing any."""

import asyncio
import contextlib
import logging
import os
import signal
import socket
from collections.abc import Collection, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from uuid import UUID

from django.db import Error as DatabaseError

from jobs.bands import Band
from jobs.broker import Broker, Delivery
from jobs.claims import Beat, renew_leases
from jobs.config import BrokerConfig
from jobs.errors import BrokerUnavailable
from jobs.lane import Lane
from jobs.models import Job
from jobs.puller import Puller
from jobs.runner import Runner, Running
from jobs.scheduler import Scheduler
from jobs.schedules import Schedule
from jobs.sweeper import Sweeper
from jobs.window import tell_alive, tell_stopped

logger = logging.getLogger("jobs")

SYNC_THREADS = 32
PROGRESS_EVERY_S = 1.0


class Worker:
    def __init__(
        self,
        *,
        queues: Mapping[str, int],
        grace: float,
        config: BrokerConfig,
        schedules: Collection[Schedule] = (),
        signals: Collection[signal.Signals] = (signal.SIGTERM, signal.SIGINT),
    ) -> None:
        self._schedules = schedules
        self._signals = signals
        self._grace = grace
        self._config = config
        self._lane = Lane()
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()
        self._pullers = [
            Puller(queue=queue, slots=slots, start_job=self._start_job) for queue, slots in queues.items()
        ]
        self._runner = Runner(
            worker_id=f"{socket.gethostname()[:50]}:{os.getpid()}",
            writer=self._lane,
            timing=config.timing,
            threads=ThreadPoolExecutor(max_workers=SYNC_THREADS, thread_name_prefix="jobs-sync"),
            publish_event=self._publish_event,
            bury=self._bury,
        )
        self._broker: Broker | None = None

    def stop(self) -> None:
        """Ask it to stop, from its own event loop."""
        self._stopping.set()

    async def run(self) -> None:
        """Returns after a signal or `stop`, when every job is finished or given back."""
        loop = asyncio.get_running_loop()
        for number in self._signals:
            loop.add_signal_handler(number, self.stop)
        self._broker = broker = await self._connect()
        if broker is None:
            return
        await broker.on_cancel(self._cancel)
        for puller in self._pullers:
            await self._start_pulling(puller, broker)
        sweeper = Sweeper(
            broker=broker,
            writer=self._lane,
            queues=[puller.queue for puller in self._pullers],
            timing=self._config.timing,
        )
        chores = [asyncio.create_task(work) for work in (self._beat(), self._tell_progress(), sweeper.run())]
        chores.append(asyncio.create_task(Scheduler(self._schedules).run()))
        for chore in chores:
            chore.add_done_callback(self._chore_ended)
        logger.info("worker ready: %s", ", ".join(f"{p.queue}:{p.slots}" for p in self._pullers))
        await self._stopping.wait()
        await self._stop(broker, chores)

    def _chore_ended(self, chore: "asyncio.Task[None]") -> None:
        """Without one of them it would be a worker in name only: another process takes its place."""
        if not chore.cancelled() and chore.exception() is not None:
            logger.error("a chore of the worker broke: it stops", exc_info=chore.exception())
            self.stop()

    async def _connect(self) -> Broker | None:
        """Waits for NATS as long as it takes; `None` when asked to stop meanwhile."""
        while not self._stopping.is_set():
            try:
                return await Broker.connect(self._config, name="worker")
            except BrokerUnavailable as error:
                logger.warning("%s Trying again.", error.message)
                await asyncio.sleep(1)
        return None

    async def _start_pulling(self, puller: Puller, broker: Broker) -> None:
        while not self._stopping.is_set():
            try:
                await puller.start(broker)
            except BrokerUnavailable as error:
                logger.warning("queue %s: %s Trying again.", puller.queue, error.message)
                await asyncio.sleep(1)
            else:
                return

    def _start_job(self, puller: Puller, band: Band, delivery: Delivery) -> None:
        self._start(self._run_job(puller, band, delivery))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run_job(self, puller: Puller, band: Band, delivery: Delivery) -> None:
        try:
            await self._runner.run(delivery.job_id, delivery)
        except Exception:
            logger.exception("job %s: not concluded; it runs again when its lease is over", delivery.job_id)
        finally:
            puller.job_done(band)

    def _publish_event(self, job: Job, payload: bytes) -> None:
        if self._broker is None:
            return
        self._start(self._broker.publish_event(owner=job.owner, job_id=job.id, payload=payload))

    async def _bury(self, job_id: UUID) -> None:
        """Its row is gone: deleted, or lost with a database that was restored from a backup."""
        if self._broker is not None:
            await self._broker.bury(reason="unknown", subject="", body=str(job_id).encode())

    def _cancel(self, job_id: UUID) -> None:
        if job_id in self._runner.running:
            self._runner.running[job_id].stop("cancelled")

    async def _beat(self) -> None:
        """Renew every lease, at the broker and in SQL; stop what was cancelled or taken over."""
        while True:
            await self._tell_alive()
            await asyncio.sleep(self._config.timing.beat)
            for puller in self._pullers:
                await puller.check_silence()
            for running in await self._sign_of_life(list(self._runner.running.values())):
                await running.handle.keep()

    async def _tell_alive(self) -> None:
        slots = {puller.queue: puller.slots for puller in self._pullers}
        try:
            await self._lane.run(partial(tell_alive, self._runner.worker_id, slots))
        except DatabaseError as error:
            logger.warning("sign of life not written: %s", error)

    async def _tell_progress(self) -> None:
        """Whoever asks for a job's progress reads it from SQL."""
        while True:
            await asyncio.sleep(PROGRESS_EVERY_S)
            running = self._runner.running.values()
            await self._sign_of_life([one for one in running if one.progress is not one.saved_progress])

    async def _sign_of_life(self, running: list[Running]) -> list[Running]:
        """Returns those that go on."""
        if not running:
            return []
        beats = [
            Beat(
                job_id=one.job.id,
                claim_no=one.job.claim_no,
                progress=None if one.progress is one.saved_progress else one.progress,
            )
            for one in running
        ]
        try:
            result = await self._lane.run(partial(renew_leases, beats, timing=self._config.timing))
        except DatabaseError as error:
            logger.warning("leases not renewed: %s", error)
            return running
        for one, beat in zip(running, beats, strict=True):
            one.saved_progress = one.saved_progress if beat.progress is None else beat.progress
            if one.job.id in result.lost:
                one.stop("lost")
            elif one.job.id in result.cancelled:
                one.stop("cancelled")
        return [one for one in running if one.stop_reason is None]

    async def _stop(self, broker: Broker, chores: list[asyncio.Task[None]]) -> None:
        """Take nothing new, give what runs its grace, hand the rest back."""
        for puller in self._pullers:
            await puller.stop()
        if self._tasks:
            logger.info("stopping: %d jobs have %s seconds left", len(self._runner.running), self._grace)
            await asyncio.wait(self._tasks, timeout=self._grace)
        for running in list(self._runner.running.values()):
            running.stop("shutdown")
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=10)
        for chore in chores:
            chore.cancel()
        await asyncio.gather(*chores, return_exceptions=True)
        with contextlib.suppress(DatabaseError):  # the row is forgotten in a minute anyway
            await self._lane.run(partial(tell_stopped, self._runner.worker_id))
        await broker.close()
        self._lane.close()
