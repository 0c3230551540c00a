"""Following a generation while it runs: until it has ended, or event by event.

The event log tells when to look; SQL tells what is true. Without NATS, SQL alone is asked.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

from codegen_site.errors import EventsExpired
from generation.models import Generation
from jobs.errors import BrokerUnavailable
from jobs.events import END, Event, EventLog, end_number, open_event_log
from jobs.models import Job

# How long SQL goes unasked, whatever the log says or does not say.
PATIENCE_S = 2.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """The generation has ended. `number` is that of the event which says so."""

    number: int
    generation: Generation


async def wait_until_ended(generation: Generation, *, timeout: float) -> Generation:  # noqa: ASYNC109
    """The generation as it is when it has ended, or when the time is over."""
    watch = Watch(generation, after=0, complete=False)
    try:
        async with asyncio.timeout(timeout):
            async for item in watch:
                if isinstance(item, Ended):
                    return item.generation
    except TimeoutError:
        pass
    return await watch.reload()


class Watch:
    """The events with a number above `after`, then `Ended`; `None` now and then in a silence.

    With `complete`, raises `EventsExpired` when events above `after` are no longer stored.
    """

    def __init__(self, generation: Generation, *, after: int, complete: bool = True) -> None:
        self.generation = generation
        self._last = after
        self._complete = complete
        self._asked_at = 0.0

    async def __aiter__(self) -> AsyncIterator[Event | Ended | None]:
        while True:
            log_id = self._log_id()
            try:
                owner = str(self.generation.organization_id)
                async with open_event_log(owner=owner, job_id=log_id) as log:
                    await self.reload()  # after the log was opened: a later end is seen in the log
                    if not log.stored and not self.generation.is_live:
                        yield await self._end_without_log()
                        return
                    async for item in self._follow(log):
                        yield item
                        if isinstance(item, Ended):
                            return
            except BrokerUnavailable:
                await self.reload()
                if not self.generation.is_live:
                    yield await self._ended()
                    return
                yield None
                await asyncio.sleep(PATIENCE_S / 2)

    async def _follow(self, log: EventLog) -> AsyncIterator[Event | Ended | None]:
        """One log, up to the end of the generation, or until it has another: its leader was cancelled."""
        log_id = self._log_id()
        async for event in log.follow(after=self._last, patience=PATIENCE_S):
            if event is not None and event.type != END:
                self._note(event)
                yield event
                if not self._is_due():
                    continue
            await self.reload()
            if not self.generation.is_live and not await self._goes_on_behind(event):
                yield await self._ended()
                return
            if self._log_id() != log_id:
                return
            if event is not None and event.type == END:
                self._last = event.number
            if event is None:
                yield None

    async def _goes_on_behind(self, event: Event | None) -> bool:
        """Whether this was the end of a failed life, and the generation was retried after it."""
        if event is None or event.type != END or self.generation.is_joined:
            return False
        return event.number < await last_number(self.generation)

    def _note(self, event: Event) -> None:
        if self._complete and event.number > self._last + 1 and not event.is_first_of_claim:
            raise EventsExpired(details={"result": str(self.generation.id)})
        self._complete = False
        self._last = event.number

    async def _end_without_log(self) -> Ended:
        if self._complete:
            raise EventsExpired(details={"result": str(self.generation.id)})
        return await self._ended()

    async def _ended(self) -> Ended:
        return Ended(number=await last_number(self.generation), generation=self.generation)

    async def reload(self) -> Generation:
        self.generation = await Generation.objects.aget(id=self.generation.id)
        self._asked_at = asyncio.get_running_loop().time()
        return self.generation

    def _is_due(self) -> bool:
        return asyncio.get_running_loop().time() - self._asked_at > PATIENCE_S

    def _log_id(self) -> UUID:
        return self.generation.leader_id or self.generation.id


async def last_number(generation: Generation) -> int:
    """The number of the event that says how the generation ended."""
    job = await Job.objects.filter(id=generation.leader_id or generation.id).afirst()
    return end_number(job.claim_no if job else 0)
