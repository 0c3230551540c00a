"""Asks the broker for as many jobs as there are free slots, and never for more."""

import asyncio
import logging
import time
from collections.abc import Callable

from jobs.broker import Broker, Delivery, PullEnded, PullInbox
from jobs.errors import BrokerUnavailable

logger = logging.getLogger("jobs")

SILENCE_S = 12.0


class Puller:
    """The jobs of one queue. `start_job` is called with each delivery; `job_done` frees its slot.

    Not the client's own fetch(): after a restart of the server that sees the next job seconds late.
    """

    def __init__(self, *, queue: str, slots: int, start_job: Callable[["Puller", Delivery], None]) -> None:
        self.queue = queue
        self.slots = slots
        self.running = 0
        self._asked = 0
        self._start_job = start_job
        self._broker: Broker | None = None
        self._inbox: PullInbox | None = None
        self._heard = time.monotonic()
        self._open = True

    async def start(self, broker: Broker) -> None:
        await broker.ensure_queue(self.queue)
        self._broker = broker
        self._inbox = await broker.open_pull(self._receive)
        broker.on_reconnect.append(self._ask_anew)
        await self._ask()

    async def stop(self) -> None:
        """Ask no more; what the broker still sends goes back to it at once."""
        self._open = False
        if self._inbox:
            await self._inbox.close()

    async def job_done(self) -> None:
        self.running -= 1
        await self._ask()

    async def check_silence(self) -> None:
        """With a request open the broker sends a heartbeat every few seconds."""
        if self._open and time.monotonic() - self._heard > SILENCE_S:
            await self._ask_anew()

    async def _ask_anew(self) -> None:
        """A server that was wiped has forgotten the queue too."""
        if self._broker is None:
            return
        try:
            await self._broker.ensure_queue(self.queue)
        except BrokerUnavailable as error:
            logger.warning("queue %s: %s", self.queue, error.message)
        self._asked = 0
        self._heard = time.monotonic()
        await self._ask()

    async def _ask(self) -> None:
        free = self.slots - self.running - self._asked
        if self._open and self._inbox and free > 0 and (self._asked == 0 or free >= self.slots // 4):
            self._asked += free
            await self._inbox.ask(self.queue, free)

    async def _receive(self, item: Delivery | PullEnded | None) -> None:
        self._heard = time.monotonic()
        if item is None:
            return
        if isinstance(item, PullEnded):
            self._asked = max(0, self._asked - item.missing) if item.missing is not None else 0
            # A refusal (the consumer is being moved, say) comes back at once: do not spin on it.
            await asyncio.sleep(0.05)
            await self._ask()
            return
        self._asked = max(0, self._asked - 1)
        if not self._open or self.running >= self.slots:
            await item.nak()
            return
        self.running += 1
        self._start_job(self, item)
