"""The background work of webhooks: one job for each attempt, the next one enqueued with its record."""

from datetime import datetime
from functools import partial
from uuid import UUID

from generation.models import WebhookDelivery
from generation.webhooks.delivery import (
    Outcome,
    attempt_delivery,
    discard_delivery,
    find_awaiting,
    record_outcome,
)
from jobs.task import JobContext, task


@task(takes_context=True, max_attempts=5, timeout=600, owner_arg="organization_id")
async def deliver_webhook(
    context: JobContext, *, delivery_id: str, number: int, organization_id: str
) -> None:
    """Makes the attempt with this number, counted from 1; does nothing when it was recorded already."""
    delivery = await find_awaiting(UUID(delivery_id), number=number)
    if delivery is None or delivery.organization.is_suspended:
        return  # it waits: `resume_deliveries` takes it up
    if not delivery.endpoint.is_enabled:
        await context.write(partial(discard_delivery, delivery.id, number=number))
        return
    outcome = await attempt_delivery(delivery)
    await context.write(partial(conclude_attempt, delivery.id, number=number, outcome=outcome))


def conclude_attempt(delivery_id: UUID, *, number: int, outcome: Outcome) -> None:
    """Record it and enqueue the next one, inside a transaction: both, or neither."""
    delivery = record_outcome(delivery_id, number=number, outcome=outcome)
    if delivery is not None and delivery.status == WebhookDelivery.Status.PENDING:
        enqueue_attempt(delivery, at=delivery.next_attempt_at)


def enqueue_attempt(delivery: WebhookDelivery, *, at: datetime | None = None) -> None:
    """The next attempt of a pending delivery, now or later, in the caller's transaction."""
    deliver_webhook.using(run_after=at).enqueue(
        delivery_id=str(delivery.id),
        number=delivery.attempt_count + 1,
        organization_id=str(delivery.organization_id),
    )
