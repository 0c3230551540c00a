"""The only file that speaks to NATS: one connection, two streams, and what passes over them."""

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from uuid import UUID

import nats
import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DeliverPolicy,
    DiscardPolicy,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)
from nats.js.errors import BadRequestError

from jobs.config import BrokerConfig
from jobs.errors import BrokerUnavailable

logger = logging.getLogger("jobs")

PUBLISH_TIMEOUT_S = 5.0
CONNECT_TIMEOUT_S = 3.0
PULL_EXPIRES_S = 20.0
PULL_HEARTBEAT_S = 5.0
EVENTS_MAX_AGE_S = 900
EVENTS_PER_JOB = 20_000
VENDOR_ERRORS = (nats.errors.Error, OSError, asyncio.TimeoutError)


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """A job id that the broker handed to this process and waits to hear about."""

    job_id: UUID
    message: Msg

    async def ack(self) -> None:
        await self.message.ack()

    async def nak(self, delay: float = 0) -> None:
        await self.message.nak(delay=delay or None)

    async def keep(self) -> None:
        """Tell the broker that the job is still being worked on."""
        await self.message.in_progress()


@dataclass(frozen=True, kw_only=True, slots=True)
class PullEnded:
    """A request for jobs ended with `missing` of them not delivered."""

    missing: int | None


@dataclass(kw_only=True)
class Broker:
    """A connection that belongs to one event loop."""

    config: BrokerConfig
    client: Client
    js: JetStreamContext
    on_reconnect: list[Callable[[], Awaitable[None]]] = field(default_factory=list)

    @classmethod
    async def connect(cls, config: BrokerConfig, *, name: str) -> "Broker":
        """Raises `BrokerUnavailable` when there is no NATS with JetStream at the address."""
        client = Client()
        broker = cls(config=config, client=client, js=client.jetstream(timeout=PUBLISH_TIMEOUT_S))
        try:
            # The client itself would go on trying for ever, also the first time.
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                await client.connect(
                    servers=config.url.split(","),
                    name=name,
                    allow_reconnect=True,
                    max_reconnect_attempts=-1,
                    reconnect_time_wait=0.25,  # type: ignore[arg-type]  # it is given to asyncio.sleep
                    connect_timeout=2,
                    ping_interval=10,
                    max_outstanding_pings=2,
                    reconnected_cb=broker._reconnected,
                    error_cb=broker._note_error,
                )
            await broker.ensure_streams()
        except VENDOR_ERRORS as error:
            await client.close()
            raise BrokerUnavailable(
                f"NATS cannot be reached at {config.url}, or has no JetStream."
            ) from error
        return broker

    async def close(self) -> None:
        # Not drain(): it waits 30 s when messages are buffered.
        with contextlib.suppress(*VENDOR_ERRORS):
            await self.client.flush(timeout=2)
        await self.client.close()

    async def _note_error(self, error: Exception) -> None:
        # Before the first connection its failure is the caller's to tell.
        if self.client.is_connected or self.client.is_reconnecting:
            logger.warning("nats: %s", error or type(error).__name__)

    async def _reconnected(self) -> None:
        # A restarted server has forgotten the streams that it kept in memory.
        try:
            await self.ensure_streams()
        except VENDOR_ERRORS as error:
            logger.warning("streams could not be checked after a reconnect: %s", error)
        for callback in self.on_reconnect:
            await callback()

    async def ensure_streams(self) -> None:
        prefix = self.config.prefix
        await self._ensure_stream(
            StreamConfig(
                name=self.config.tasks_stream,
                subjects=[f"{prefix}tasks.run.>"],
                retention=RetentionPolicy.WORK_QUEUE,
                storage=StorageType.FILE,
                discard=DiscardPolicy.NEW,
                duplicate_window=600,
                max_bytes=2 * 1024**3,
                num_replicas=self.config.replicas,
            )
        )
        await self._ensure_stream(
            StreamConfig(
                name=self.config.events_stream,
                subjects=[f"{prefix}ev.>"],
                retention=RetentionPolicy.LIMITS,
                storage=StorageType.MEMORY,
                discard=DiscardPolicy.OLD,
                max_age=EVENTS_MAX_AGE_S,
                max_msgs_per_subject=EVENTS_PER_JOB,
                max_bytes=256 * 1024**2,
                allow_direct=True,
                num_replicas=self.config.replicas,
            )
        )

    async def _ensure_stream(self, config: StreamConfig) -> None:
        try:
            await self.js.add_stream(config)
        except BadRequestError:  # it is there with other limits
            await self.js.update_stream(config)

    async def latency(self) -> float:
        """Seconds of one round trip to JetStream. Raises `BrokerUnavailable`."""
        started = asyncio.get_running_loop().time()
        try:
            await self.js.account_info()
        except VENDOR_ERRORS as error:
            raise BrokerUnavailable from error
        return asyncio.get_running_loop().time() - started

    # Jobs

    async def publish_job(self, *, job_id: UUID, queue: str, owner: str, message_id: str) -> None:
        """Returns when the broker has stored it; a `message_id` seen lately is stored once."""
        try:
            await asyncio.wait_for(
                self.js.publish(
                    self.config.run_subject(queue=queue, owner=owner),
                    json.dumps({"v": 1, "id": str(job_id)}).encode(),
                    headers={"Nats-Msg-Id": message_id},
                ),
                PUBLISH_TIMEOUT_S,
            )
        except VENDOR_ERRORS as error:
            raise BrokerUnavailable from error

    async def ensure_queue(self, queue: str) -> None:
        consumer = ConsumerConfig(
            durable_name=queue,
            filter_subject=f"{self.config.prefix}tasks.run.{queue}.>",
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=self.config.timing.ack_wait,
            max_deliver=-1,
            max_ack_pending=50_000,
            max_waiting=2048,
        )
        try:
            await self.js.add_consumer(self.config.tasks_stream, consumer)
        except VENDOR_ERRORS as error:
            raise BrokerUnavailable from error

    async def is_idle(self, queue: str) -> bool:
        """Whether the broker holds no job of the queue, delivered or not. Raises `BrokerUnavailable`."""
        try:
            info = await self.js.consumer_info(self.config.tasks_stream, queue)
        except VENDOR_ERRORS as error:
            raise BrokerUnavailable from error
        return not info.num_pending and not info.num_ack_pending

    async def open_pull(
        self, on_item: Callable[[Delivery | PullEnded | None], Awaitable[None]]
    ) -> "PullInbox":
        """An inbox for jobs; `on_item` gets `None` for a heartbeat."""

        async def receive(message: Msg) -> None:
            try:
                item = _read_message(message)
            except (ValueError, KeyError, TypeError):
                logger.exception("a message that is no job was thrown away: %r", message.data[:200])
                await message.term()
                return
            await on_item(item)

        inbox = self.client.new_inbox()
        subscription = await self.client.subscribe(inbox, cb=receive)
        return PullInbox(broker=self, inbox=inbox, close=subscription.unsubscribe)

    # Signals between processes

    async def publish_cancel(self, job_id: UUID) -> None:
        await self.client.publish(self.config.cancel_subject(job_id), b"")

    async def on_cancel(self, callback: Callable[[UUID], None]) -> None:
        async def receive(message: Msg) -> None:
            callback(UUID(message.subject.rsplit(".", 1)[1]))

        await self.client.subscribe(self.config.cancel_subject("*"), cb=receive)

    # Events

    async def publish_event(self, *, owner: str, job_id: UUID, payload: bytes) -> None:
        """Hands it to the connection and does not wait; while NATS is away, it is kept or lost."""
        with contextlib.suppress(*VENDOR_ERRORS):
            await self.client.publish(self.config.event_subject(owner=owner, job_id=job_id), payload)

    @contextlib.asynccontextmanager
    async def read_events(
        self, *, owner: str, job_id: UUID
    ) -> AsyncIterator[tuple[int, Callable[[float], Awaitable[bytes | None]]]]:
        """How many events are stored, and a function that waits for the next one or for a time-out."""
        try:
            subscription = await self.js.subscribe(
                self.config.event_subject(owner=owner, job_id=job_id),
                stream=self.config.events_stream,
                ordered_consumer=True,
                config=ConsumerConfig(deliver_policy=DeliverPolicy.ALL),
            )
            info = await subscription.consumer_info()
        except VENDOR_ERRORS as error:
            raise BrokerUnavailable from error

        async def next_event(timeout: float) -> bytes | None:  # noqa: ASYNC109 - the vendor's own
            try:
                return (await subscription.next_msg(timeout=timeout)).data
            except nats.errors.TimeoutError:
                return None
            except VENDOR_ERRORS as error:
                raise BrokerUnavailable from error

        try:
            # What was stored when the consumer was made, whether it was handed over since or not.
            yield (info.num_pending or 0) + (info.delivered.consumer_seq if info.delivered else 0), next_event
        finally:
            with contextlib.suppress(*VENDOR_ERRORS):
                await subscription.unsubscribe()


@dataclass(frozen=True, kw_only=True, slots=True)
class PullInbox:
    broker: Broker
    inbox: str
    close: Callable[[], Awaitable[None]]

    async def ask(self, queue: str, count: int) -> None:
        """Ask for up to `count` jobs of the queue, delivered as they come."""
        request = {
            "batch": count,
            "expires": int(PULL_EXPIRES_S * 1e9),
            "idle_heartbeat": int(PULL_HEARTBEAT_S * 1e9),
        }
        subject = f"$JS.API.CONSUMER.MSG.NEXT.{self.broker.config.tasks_stream}.{queue}"
        with contextlib.suppress(*VENDOR_ERRORS):  # asked again after a reconnect or a silence
            await self.broker.client.publish(subject, json.dumps(request).encode(), reply=self.inbox)


def _read_message(message: Msg) -> Delivery | PullEnded | None:
    status = (message.headers or {}).get("Status")
    if status == "100":
        return None
    if status is not None:
        missing = (message.headers or {}).get("Nats-Pending-Messages")
        return PullEnded(missing=int(missing) if missing else None)
    return Delivery(job_id=UUID(json.loads(message.data)["id"]), message=message)
