"""Jobs as the broker hands them over."""

import contextlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from nats.aio.client import Client
from nats.aio.msg import Msg

from jobs.broker.vendor import VENDOR_ERRORS

PULL_EXPIRES_S = 20.0
PULL_HEARTBEAT_S = 5.0
# `$JS.ACK.<stream>.<consumer>.<delivered>.<sequence>.<sequence>.<time>.<pending>`; newer servers put
# a domain and an account before the stream, and a token behind.
SHORT_ACK_TOKENS = 9
PENDING_TOKEN = {True: 8, False: 10}


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """A job id that the broker handed to this process and waits to hear about.

    `pending` is how many more the broker has for the same consumer.
    """

    job_id: UUID
    pending: int
    message: Msg

    # What cannot be said while NATS is away need not be: the job is delivered again, and its row tells.

    async def ack(self) -> None:
        with contextlib.suppress(*VENDOR_ERRORS):
            await self.message.ack()

    async def nak(self, delay: float = 0) -> None:
        with contextlib.suppress(*VENDOR_ERRORS):
            await self.message.nak(delay=delay or None)

    async def keep(self) -> None:
        """Tell the broker that the job is still being worked on."""
        with contextlib.suppress(*VENDOR_ERRORS):
            await self.message.in_progress()


@dataclass(frozen=True, kw_only=True, slots=True)
class PullEnded:
    """A request for jobs is over: nothing more will come of it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PullInbox:
    """Where the jobs of one consumer arrive that were asked for here."""

    client: Client
    inbox: str
    subject: str
    close: Callable[[], Awaitable[None]]

    async def wait_for(self, count: int) -> None:
        """Ask for `count` jobs, delivered as they come; a heartbeat tells that the request stands."""
        await self._ask(
            batch=count, expires=int(PULL_EXPIRES_S * 1e9), idle_heartbeat=int(PULL_HEARTBEAT_S * 1e9)
        )

    async def take(self, count: int) -> None:
        """Ask for up to `count` of the jobs that are there now."""
        await self._ask(batch=count, no_wait=True)

    async def _ask(self, **request: int | bool) -> None:
        with contextlib.suppress(*VENDOR_ERRORS):  # asked again after a reconnect or a silence
            await self.client.publish(self.subject, json.dumps(request).encode(), reply=self.inbox)


def read_message(message: Msg) -> Delivery | PullEnded | None:
    """`None` for a heartbeat. Raises `ValueError, KeyError, TypeError` for what is no job."""
    status = (message.headers or {}).get("Status")
    if status == "100":
        return None
    if status is not None:
        return PullEnded()
    tokens = message.reply.split(".")
    pending = int(tokens[PENDING_TOKEN[len(tokens) == SHORT_ACK_TOKENS]])
    return Delivery(job_id=UUID(str(json.loads(message.data)["id"])), pending=pending, message=message)
