"""A connection to NATS: what is published, asked and signalled over it."""

import asyncio
import contextlib
import json
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import StreamConfig
from nats.js.errors import BadRequestError, NotFoundError, ServiceUnavailableError

from jobs.announcement import Announcement
from jobs.bands import Band
from jobs.broker.deliveries import Delivery, PullEnded, PullInbox, read_message
from jobs.broker.event_hub import EventHub, EventReader
from jobs.broker.streams import consumer_config, consumer_name, stream_configs
from jobs.broker.vendor import VENDOR_ERRORS
from jobs.config import BrokerConfig
from jobs.errors import BrokerUnavailable, BrokerUnsuitable

logger = logging.getLogger("jobs.broker")

PUBLISH_TIMEOUT_S = 5.0
CONNECT_TIMEOUT_S = 3.0
# Stream options that we set are known from this version on; before it they are ignored without a word.
LEAST_VERSION = (2, 9)
# A cluster that is starting, or has lost too many of its nodes, says so instead of answering.
NO_LEADER_YET = 10008


@dataclass(kw_only=True)
class Broker:
    """A connection that belongs to one event loop."""

    config: BrokerConfig
    client: Client
    js: JetStreamContext
    events: EventHub
    on_reconnect: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    _has_streams: bool = False

    @classmethod
    async def connect(cls, config: BrokerConfig, *, name: str) -> "Broker":
        """Raises `BrokerUnavailable`, or `BrokerUnsuitable` for a server without what we need."""
        client = Client()
        js = client.jetstream(timeout=PUBLISH_TIMEOUT_S)
        hub = EventHub(client=client, js=js, stream=config.events_stream)
        broker = cls(config=config, client=client, js=js, events=hub)
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
            await broker._check_server()
            await broker.ensure_streams()
        except VENDOR_ERRORS as error:
            await client.close()
            raise BrokerUnavailable(f"NATS cannot be reached at {config.url}.") from error
        except BrokerUnsuitable:
            await client.close()
            raise
        return broker

    async def close(self) -> None:
        # Not drain(): it waits 30 s when messages are buffered.
        with contextlib.suppress(*VENDOR_ERRORS):
            await self.client.flush(timeout=2)
        await self.client.close()

    async def _check_server(self) -> None:
        version = self.client.connected_server_version
        if (version.major, version.minor) < LEAST_VERSION:
            raise BrokerUnsuitable(f"NATS {version} at {self.config.url} is too old: 2.9 is the oldest.")
        try:
            level = await self.api_level()
        except ServiceUnavailableError as error:
            if error.err_code == NO_LEADER_YET:
                raise
            raise BrokerUnsuitable(
                f"The NATS server at {self.config.url} has no JetStream: start it with --jetstream."
            ) from error
        logger.info("connected to NATS %s, JetStream API level %d", version, level)

    async def api_level(self) -> int:
        """0 for a server before 2.11, which does not tell."""
        api = (await self.js.account_info()).api
        return int(getattr(api, "level", None) or 0)

    async def _note_error(self, error: Exception) -> None:
        if isinstance(error, nats.errors.SlowConsumerError):
            self.events.miss()
        # Before the first connection its failure is the caller's to tell.
        if self.client.is_connected or self.client.is_reconnecting:
            logger.warning("nats: %s", error or type(error).__name__)

    async def _reconnected(self) -> None:
        # A restarted server has forgotten the streams that it kept in memory.
        self._has_streams = False
        try:
            await self.ensure_streams()
        except VENDOR_ERRORS as error:
            logger.warning("streams could not be checked after a reconnect: %s", error)
        self.events.miss()
        for callback in self.on_reconnect:
            await callback()

    async def ensure_streams(self) -> None:
        for config in stream_configs(self.config):
            await self._ensure_stream(config)
        self._has_streams = True

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

    async def publish_job(self, announcement: Announcement) -> None:
        """Returns when the broker has stored it; a `message_id` seen lately is stored once."""
        subject = self.config.run_subject(
            queue=announcement.queue, band=announcement.band, owner=announcement.owner
        )
        headers = {"Nats-Msg-Id": announcement.message_id, "X-Task": announcement.task_path}
        await self._publish(subject, {"v": 1, "id": str(announcement.job_id)}, headers)

    async def bury(self, *, reason: str, subject: str, body: bytes) -> None:
        """Keep a message that no job belongs to, for an operator to look at."""
        await self._publish(
            self.config.dead_subject(reason), {"subject": subject, "body": body.decode(errors="replace")}, {}
        )

    async def _publish(self, subject: str, body: dict[str, Any], headers: dict[str, str]) -> None:
        try:
            await asyncio.wait_for(
                self.js.publish(subject, json.dumps(body).encode(), headers=headers), PUBLISH_TIMEOUT_S
            )
        except VENDOR_ERRORS as error:
            raise BrokerUnavailable from error

    async def ensure_queue(self, queue: str) -> None:
        try:
            if not self._has_streams:
                await self.ensure_streams()
            for band in Band:
                await self.js.add_consumer(
                    self.config.tasks_stream, consumer_config(self.config, queue, band)
                )
        except VENDOR_ERRORS as error:
            raise BrokerUnavailable from error

    async def oldest_job_at(self, queue: str) -> datetime | None:
        """When the oldest message was stored that it still has of the queue, delivered or not; `None` for
        a queue that is empty. Raises `BrokerUnavailable`."""
        subject = self.config.run_subjects(queue)
        try:
            message = await self.js.get_msg(self.config.tasks_stream, subject=subject, next=True)
        except NotFoundError:
            return None
        except VENDOR_ERRORS as error:
            raise BrokerUnavailable from error
        return message.time

    async def open_pull(
        self, queue: str, band: Band, on_item: Callable[[Delivery | PullEnded | None], Awaitable[None]]
    ) -> PullInbox:
        """An inbox for jobs of the band; `on_item` gets `None` for a heartbeat."""

        async def receive(message: Msg) -> None:
            try:
                item = read_message(message)
            except (ValueError, KeyError, TypeError, LookupError):
                logger.exception("a message that is no job was set aside: %r", message.data[:200])
                await self.bury(reason="unreadable", subject=message.subject, body=message.data)
                await message.term()
                # It has used up a request of which nothing more will come.
                await on_item(PullEnded())
                return
            await on_item(item)

        inbox = self.client.new_inbox()
        subscription = await self.client.subscribe(inbox, cb=receive)
        consumer = f"{self.config.tasks_stream}.{consumer_name(queue, band)}"
        return PullInbox(
            client=self.client,
            inbox=inbox,
            subject=f"$JS.API.CONSUMER.MSG.NEXT.{consumer}",
            close=subscription.unsubscribe,
        )

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

    async def purge_events(self, *, owner: str, job_id: UUID) -> None:
        """Raises `BrokerUnavailable`."""
        subject = self.config.event_subject(owner=owner, job_id=job_id)
        try:
            await self.js.purge_stream(self.config.events_stream, subject=subject)
        except VENDOR_ERRORS as error:
            raise BrokerUnavailable from error

    def read_events(self, *, owner: str, job_id: UUID) -> AbstractAsyncContextManager[EventReader]:
        """Raises `BrokerUnavailable`."""
        return self.events.read(self.config.event_subject(owner=owner, job_id=job_id))
