"""The event log of a job: written by the worker that has it, read by whoever watches.

An event's number is `claim_no * 1,000,000 + n`, with n from 1 within a claim: numbers rise over the
life of a job without anybody looking up the last one, and what a worker writes after it lost its claim
is older than what the next worker has written, so that readers leave it aside. The end of a claim that
ended the job has the highest number of that claim. A dead job that is retried has a log with several ends:
only the row knows whether there is more to come.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from jobs.bridge import bridge
from jobs.connection import broker_of_this_loop

PER_CLAIM = 1_000_000
END = "job.ended"
FLUSH_EVERY_S = 0.05
MAX_DELTA_CHARS = 100_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    number: int
    type: str
    data: Mapping[str, Any]

    def encode(self) -> bytes:
        return json.dumps({"n": self.number, "type": self.type, "data": self.data}).encode()

    @classmethod
    def decode(cls, payload: bytes) -> "Event":
        fields = json.loads(payload)
        return cls(number=fields["n"], type=fields["type"], data=fields["data"])

    @property
    def is_first_of_claim(self) -> bool:
        return self.number % PER_CLAIM == 1


def end_number(claim_no: int) -> int:
    return (claim_no + 1) * PER_CLAIM - 1


class EventWriter:
    """Numbers the events of one claim and sends them in order, at most 20 batches a second.

    Deltas that follow each other with the same data apart from `delta` become one event.
    """

    def __init__(self, publish: Callable[[bytes], None], *, claim_no: int) -> None:
        self._publish = publish
        self._claim_no = claim_no
        self._last = claim_no * PER_CLAIM
        self._pending: tuple[str, dict[str, Any], list[str]] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def append(self, event_type: str, data: Mapping[str, Any]) -> None:
        if "delta" not in data:
            self.flush()
            self._send(event_type, data)
            return
        rest = {key: value for key, value in data.items() if key != "delta"}
        if self._pending and self._pending[:2] != (event_type, rest):
            self.flush()
        if self._pending is None:
            self._pending = (event_type, rest, [])
            self._timer = asyncio.get_running_loop().call_later(FLUSH_EVERY_S, self.flush)
        self._pending[2].append(data["delta"])

    def flush(self) -> None:
        if self._timer:
            self._timer.cancel()
        pending, self._pending, self._timer = self._pending, None, None
        if pending is None:
            return
        event_type, rest, deltas = pending
        text = "".join(deltas)
        for start in range(0, len(text), MAX_DELTA_CHARS):
            self._send(event_type, {**rest, "delta": text[start : start + MAX_DELTA_CHARS]})

    def end(self) -> None:
        """The job is over: the last event of its log."""
        self.flush()
        self._publish(Event(number=end_number(self._claim_no), type=END, data={}).encode())

    def _send(self, event_type: str, data: Mapping[str, Any]) -> None:
        self._last += 1
        self._publish(Event(number=self._last, type=event_type, data=data).encode())


def publish_queued(
    *, owner: str, job_id: UUID, event_type: str, data: Mapping[str, Any], claim_no: int = 0
) -> None:
    """The first event of a job, written by the process that enqueued it; or that made it ready again."""
    event = Event(number=claim_no * PER_CLAIM + 1, type=event_type, data=data)
    bridge().publish_event(owner=owner, job_id=job_id, payload=event.encode())


def publish_end(*, owner: str, job_id: UUID, claim_no: int) -> None:
    """The end of a job that no worker has."""
    payload = Event(number=end_number(claim_no), type=END, data={}).encode()
    bridge().publish_event(owner=owner, job_id=job_id, payload=payload)


def purge_events(*, owner: str, job_id: UUID) -> None:
    """Delete what is stored of a log. While NATS is away it goes by itself, in a quarter of an hour."""
    bridge().purge_events(owner=owner, job_id=job_id)


@dataclass(frozen=True, kw_only=True, slots=True)
class EventLog:
    """The stored events of a job and those to come. `stored` is how many there were when it was opened."""

    stored: int
    _next: Callable[[float], Awaitable[bytes | None]]

    async def follow(self, *, after: int, patience: float) -> AsyncIterator[Event | None]:
        """Events with a number above `after`, in order, up to the next end; `None` after each silence
        of `patience` seconds. Raises `BrokerUnavailable`."""
        last = after
        while True:
            payload = await self._next(patience)
            if payload is None:
                yield None
                continue
            event = Event.decode(payload)
            if event.number <= last:
                continue
            last = event.number
            yield event
            if event.type == END:
                return


@asynccontextmanager
async def open_event_log(*, owner: str, job_id: UUID) -> AsyncIterator[EventLog]:
    """Raises `BrokerUnavailable`."""
    broker = await broker_of_this_loop()
    async with broker.read_events(owner=owner, job_id=job_id) as reader:
        yield EventLog(stored=reader.stored, _next=reader.next)
