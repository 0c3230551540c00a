"""One attempt to deliver an event, and what is written down of it.

The attempt is written after it was made: a process that dies in between makes it again, with the same
`webhook-id`. What was written once is not written again, whoever else made the same attempt.
"""

import random
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from accounts.encryption import Undecipherable
from codegen_site.errors import UnsafeUrl
from generation.integrations.outbound_http import PostFailed, post
from generation.models import (
    DeliveryAttempt,
    DisabledReason,
    EventType,
    WebhookDelivery,
    WebhookEndpoint,
)
from generation.webhooks.gate import pass_gate
from generation.webhooks.schedule import next_delay
from generation.webhooks.signature import signed_headers
from generation.webhooks.switch import disable_endpoint

# Longer than a whole schedule: one event alone never disables an endpoint, nor does an outage over a
# weekend. It takes an event that was given up for good after days without a single success.
FAILING_FOR = timedelta(days=5)
GONE = 410


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What came of an attempt. `is_ours`: the receiver is not to blame."""

    started_at: datetime
    latency_ms: int = 0
    status_code: int | None = None
    response_body: str = ""
    retry_after: float | None = None
    error: str = ""
    is_ours: bool = False

    @property
    def is_success(self) -> bool:
        return self.status_code is not None and 200 <= self.status_code < 300


async def find_awaiting(delivery_id: UUID, *, number: int) -> WebhookDelivery | None:
    """With its event, endpoint and organization; `None` when this attempt is no longer to be made."""
    awaiting = WebhookDelivery.objects.filter(id=delivery_id).awaiting(number=number)
    return await awaiting.select_related("event", "endpoint", "organization").afirst()


async def attempt_delivery(delivery: WebhookDelivery) -> Outcome:
    async with pass_gate(delivery.endpoint_id):
        started_at, clock = timezone.now(), time.monotonic()
        body = delivery.event.body.encode()
        try:
            headers = await _headers(delivery, body=body, timestamp=int(started_at.timestamp()))
            reply = await post(delivery.endpoint.url, body=body, headers=headers)
        except (PostFailed, UnsafeUrl) as error:
            return Outcome(started_at=started_at, latency_ms=_since(clock), error=str(error))
        except Undecipherable:
            sentence = "The signing secret cannot be read any more: rotate it."
            return Outcome(started_at=started_at, error=sentence, is_ours=True)
        return Outcome(
            started_at=started_at,
            latency_ms=_since(clock),
            status_code=reply.status,
            response_body=reply.body,
            retry_after=reply.retry_after,
        )


async def _headers(delivery: WebhookDelivery, *, body: bytes, timestamp: int) -> dict[str, str]:
    secrets = [secret.reveal() async for secret in delivery.endpoint.secrets.signing()]
    signed = signed_headers(
        signing_secrets=secrets, webhook_id=str(delivery.event_id), timestamp=timestamp, body=body
    )
    return {**signed, "Content-Type": "application/json", "User-Agent": "codegen-site-webhooks/1"}


def _since(clock: float) -> int:
    return int((time.monotonic() - clock) * 1000)


def record_outcome(delivery_id: UUID, *, number: int, outcome: Outcome) -> WebhookDelivery | None:
    """The delivery as it is now, inside a transaction; `None` when this attempt was recorded before."""
    delivery = _lock_awaiting(delivery_id, number)
    if delivery is None:
        return None
    DeliveryAttempt.objects.create(
        delivery=delivery,
        number=number,
        started_at=outcome.started_at,
        latency_ms=outcome.latency_ms,
        status_code=outcome.status_code,
        response_body=outcome.response_body,
        error=outcome.error[:300],
    )
    delivery.attempt_count = number
    delivery.last_status_code = outcome.status_code
    delivery.last_error = outcome.error[:300]
    if outcome.is_success:
        delivery.end(WebhookDelivery.Status.SUCCEEDED, at=timezone.now())
    else:
        _schedule_or_end(delivery, outcome)
    delivery.save()
    _judge_endpoint(delivery, outcome)
    return delivery


def discard_delivery(delivery_id: UUID, *, number: int) -> None:
    delivery = _lock_awaiting(delivery_id, number)
    if delivery is not None:
        delivery.end(WebhookDelivery.Status.DISCARDED, at=timezone.now())
        delivery.save()


def _lock_awaiting(delivery_id: UUID, number: int) -> WebhookDelivery | None:
    locked = WebhookDelivery.objects.select_for_update(of=("self",)).select_related("event")
    return locked.filter(id=delivery_id).awaiting(number=number).first()


def _schedule_or_end(delivery: WebhookDelivery, outcome: Outcome) -> None:
    delay = next_delay(
        failures=delivery.attempt_count - delivery.attempts_before,
        retry_after=outcome.retry_after,
        jitter=random.random(),  # noqa: S311 - spreads load, guards nothing
    )
    if delay is None or outcome.status_code == GONE or _is_test(delivery):
        delivery.end(WebhookDelivery.Status.FAILED, at=timezone.now())
    else:
        delivery.next_attempt_at = timezone.now() + timedelta(seconds=delay)


def _judge_endpoint(delivery: WebhookDelivery, outcome: Outcome) -> None:
    endpoint = WebhookEndpoint.objects.filter(id=delivery.endpoint_id)
    if outcome.is_success:
        endpoint.filter(failing_since__isnull=False).update(failing_since=None)
    elif outcome.status_code == GONE:
        disable_endpoint(delivery.endpoint_id, reason=DisabledReason.GONE)
    elif not outcome.is_ours and not _is_test(delivery):
        endpoint.filter(failing_since=None).update(failing_since=outcome.started_at)
        given_up = delivery.status == WebhookDelivery.Status.FAILED
        if given_up and endpoint.filter(failing_since__lte=timezone.now() - FAILING_FOR).exists():
            disable_endpoint(delivery.endpoint_id, reason=DisabledReason.FAILING)


def _is_test(delivery: WebhookDelivery) -> bool:
    return delivery.event.type == EventType.TEST
