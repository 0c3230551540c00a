"""Event logs: one live subscription for a job and process, fanned out to all who watch it here.

A watcher first replays what the stream holds, then goes on with what arrives live. Between the two nothing
is lost, because the live subscription stands before the replay begins; what comes twice has the same number.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig, DeliverPolicy

from jobs.broker.vendor import VENDOR_ERRORS
from jobs.errors import BrokerUnavailable

# A watcher that lags so far behind replays the rest from the stream instead.
MOST_UNREAD = 5_000


@dataclass(kw_only=True)
class _Replay:
    subscription: "JetStreamContext.PushSubscription"
    left: int


@dataclass(kw_only=True, eq=False)
class EventReader:
    """The events of one job for one watcher. `stored` is how many there were when it was opened."""

    js: JetStreamContext
    stream: str
    subject: str
    stored: int = 0
    _unread: "deque[bytes]" = field(default_factory=deque)
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)
    _replay: _Replay | None = None
    _has_gap: bool = False

    async def replay(self) -> int:
        """Read the log from its start; how many events it holds. Raises `BrokerUnavailable`."""
        await self.end_replay()
        self._has_gap = False
        try:
            subscription = await self.js.subscribe(
                self.subject,
                stream=self.stream,
                ordered_consumer=True,
                config=ConsumerConfig(deliver_policy=DeliverPolicy.ALL),
            )
            info = await subscription.consumer_info()
        except VENDOR_ERRORS as error:
            raise BrokerUnavailable from error
        # What was there when the consumer was made, whether it was handed over since or not.
        stored = (info.num_pending or 0) + (info.delivered.consumer_seq if info.delivered else 0)
        self._replay = _Replay(subscription=subscription, left=stored)
        return stored

    async def end_replay(self) -> None:
        replay, self._replay = self._replay, None
        if replay is not None:
            with contextlib.suppress(*VENDOR_ERRORS):
                await replay.subscription.unsubscribe()

    async def next(self, patience: float) -> bytes | None:
        """The next event, or `None` after `patience` seconds. Raises `BrokerUnavailable`."""
        if self._has_gap:
            await self.replay()
        if self._replay is not None and self._replay.left > 0:
            return await self._next_stored(self._replay, patience)
        await self.end_replay()
        if not self._unread:
            self._arrived.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(patience):
                    await self._arrived.wait()
        return self._unread.popleft() if self._unread else None

    async def _next_stored(self, replay: _Replay, patience: float) -> bytes | None:
        try:
            message = await replay.subscription.next_msg(timeout=patience)
        except nats.errors.TimeoutError:
            return None
        except VENDOR_ERRORS as error:
            raise BrokerUnavailable from error
        replay.left -= 1
        return message.data

    def hear(self, payload: bytes) -> None:
        if len(self._unread) >= MOST_UNREAD:
            self.miss()
        self._unread.append(payload)
        self._arrived.set()

    def miss(self) -> None:
        """Something may have passed by unheard: the stream has it."""
        self._unread.clear()
        self._has_gap = True
        self._arrived.set()


@dataclass(kw_only=True)
class _Channel:
    subscription: Subscription
    readers: set[EventReader]


class EventHub:
    def __init__(self, *, client: Client, js: JetStreamContext, stream: str) -> None:
        self._client = client
        self._js = js
        self._stream = stream
        self._channels: dict[str, _Channel] = {}
        self._opening = asyncio.Lock()

    @contextlib.asynccontextmanager
    async def read(self, subject: str) -> AsyncIterator[EventReader]:
        """Raises `BrokerUnavailable`."""
        reader = EventReader(js=self._js, stream=self._stream, subject=subject)
        try:
            await self._listen(subject, reader)
            reader.stored = await reader.replay()
            yield reader
        finally:
            await self._leave(subject, reader)
            await reader.end_replay()

    def miss(self) -> None:
        """The connection was away: every watcher looks into the stream."""
        for channel in self._channels.values():
            for reader in channel.readers:
                reader.miss()

    async def _listen(self, subject: str, reader: EventReader) -> None:
        async with self._opening:
            if subject in self._channels:
                self._channels[subject].readers.add(reader)
                return
            readers = {reader}

            async def receive(message: Msg) -> None:
                for each in readers:
                    each.hear(message.data)

            try:
                subscription = await self._client.subscribe(subject, cb=receive)
                await self._client.flush(timeout=2)
            except VENDOR_ERRORS as error:
                raise BrokerUnavailable from error
            self._channels[subject] = _Channel(subscription=subscription, readers=readers)

    async def _leave(self, subject: str, reader: EventReader) -> None:
        async with self._opening:
            channel = self._channels.get(subject)
            if channel is None:
                return
            channel.readers.discard(reader)
            if not channel.readers:
                del self._channels[subject]
                with contextlib.suppress(*VENDOR_ERRORS):
                    await channel.subscription.unsubscribe()
