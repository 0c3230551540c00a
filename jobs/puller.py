"""Asks the broker for as many jobs as there are free slots, and shares these out among the bands."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from jobs.bands import Band, Demand, share_out
from jobs.broker import Broker, Delivery, PullEnded, PullInbox
from jobs.errors import BrokerUnavailable
from jobs.metrics import RUNNING

logger = logging.getLogger("jobs")

SILENCE_S = 12.0
GATHER_S = 0.001


class BandPull:
    """What was asked for of one band, and what is known to wait there.

    While nothing is known to wait, one job is waited for. It may come when the worker is full, and goes back
    then, to be there for whoever has room first; it tells how many more there are, and as many as there is
    room for are taken at once.
    """

    def __init__(self, band: Band) -> None:
        self.band = band
        self.running = 0
        self.pending = 0
        self.awaited = False
        self.taking = 0
        self.heard = time.monotonic()
        self.waiting: PullInbox | None = None
        self.take: PullInbox | None = None

    @property
    def demand(self) -> Demand:
        # One request at a time: what it leaves is known when it is over.
        return Demand(used=self.running + self.taking, wanted=0 if self.taking else self.pending)

    @property
    def is_silent(self) -> bool:
        """Something was asked for, and for long there was not even a heartbeat."""
        return (self.awaited or self.taking > 0) and time.monotonic() - self.heard > SILENCE_S

    def forget(self) -> None:
        self.pending, self.awaited, self.taking = 0, False, 0
        self.heard = time.monotonic()


class Puller:
    """The jobs of one queue. `start_job` is called with each delivery; `job_done` frees its slot.

    Not the client's own fetch(): after a restart of the server that sees the next job seconds late.
    """

    def __init__(
        self, *, queue: str, slots: int, start_job: Callable[["Puller", Band, Delivery], None]
    ) -> None:
        self.queue = queue
        self.slots = slots
        self.running = 0
        self._gauge = RUNNING.labels(queue)
        self._bands = {band: BandPull(band) for band in Band}
        self._start_job = start_job
        self._broker: Broker | None = None
        self._open = True
        self._is_unsure = False
        self._asking: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, broker: Broker) -> None:
        await broker.ensure_queue(self.queue)
        self._broker = broker
        for pull in self._bands.values():
            pull.waiting = await broker.open_pull(
                self.queue, pull.band, self._receiver(pull, is_awaited=True)
            )
            pull.take = await broker.open_pull(self.queue, pull.band, self._receiver(pull, is_awaited=False))
        broker.on_reconnect.append(self._ask_anew)
        await self._ask()

    async def stop(self) -> None:
        """Ask no more; what the broker still sends goes back to it at once."""
        self._open = False
        for pull in self._bands.values():
            for inbox in (pull.waiting, pull.take):
                if inbox:
                    await inbox.close()

    def job_done(self, band: Band) -> None:
        self._bands[band].running -= 1
        self.running -= 1
        self._gauge.dec()
        self._ask_soon()

    async def check_silence(self) -> None:
        """A server that was wiped or moved may have forgotten what it was asked for."""
        if self._is_unsure or any(pull.is_silent for pull in self._bands.values()):
            await self._ask_anew()

    async def _ask_anew(self) -> None:
        """A server that was wiped has forgotten the queue too."""
        if self._broker is None or not self._open:
            return
        try:
            await self._broker.ensure_queue(self.queue)
            self._is_unsure = False
        except BrokerUnavailable as error:
            self._is_unsure = True
            logger.warning("queue %s: %s", self.queue, error.message)
        for pull in self._bands.values():
            pull.forget()
        await self._ask()

    def _ask_soon(self) -> None:
        """One request for all the slots that become free within a millisecond."""
        if self._asking is None and self._open:
            self._asking = asyncio.get_running_loop().call_later(GATHER_S, self._start_asking)

    def _start_asking(self) -> None:
        self._asking = None
        task = asyncio.get_running_loop().create_task(self._ask())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _ask(self) -> None:
        if not self._open:
            return
        demands = {band: pull.demand for band, pull in self._bands.items()}
        room = self.slots - sum(demand.used for demand in demands.values())
        for band, count in share_out(self.slots, max(0, room), demands).items():
            pull = self._bands[band]
            if count and pull.take:
                pull.taking = count
                await pull.take.take(count)
        for pull in self._bands.values():
            if not pull.awaited and not pull.pending and not pull.taking and pull.waiting:
                pull.awaited = True
                await pull.waiting.wait_for(1)

    def _receiver(
        self, pull: BandPull, *, is_awaited: bool
    ) -> Callable[[Delivery | PullEnded | None], Awaitable[None]]:
        async def receive(item: Delivery | PullEnded | None) -> None:
            pull.heard = time.monotonic()
            if isinstance(item, Delivery):
                await self._take_delivery(pull, item, is_awaited=is_awaited)
            elif item is not None:
                await self._end_request(pull, is_awaited=is_awaited)

        return receive

    async def _end_request(self, pull: BandPull, *, is_awaited: bool) -> None:
        if is_awaited:
            pull.awaited = False
            # A refusal (the consumer is being moved, say) comes back at once: do not spin on it.
            await asyncio.sleep(0.05)
        else:
            pull.taking = 0
            pull.pending = 0
        self._ask_soon()

    async def _take_delivery(self, pull: BandPull, delivery: Delivery, *, is_awaited: bool) -> None:
        pull.pending = delivery.pending
        if is_awaited:
            pull.awaited = False
        else:
            pull.taking = max(0, pull.taking - 1)
        if not self._open or self.running >= self.slots:
            # It is not among the pending now, and yet there is something to ask for.
            pull.pending += 1
            await delivery.nak()
            return
        pull.running += 1
        self.running += 1
        self._gauge.inc()
        self._start_job(self, pull.band, delivery)
        self._ask_soon()
