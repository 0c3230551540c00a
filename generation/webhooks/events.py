"""What happened is written down, in the transaction in which it happened, for whoever wants to be told."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import Feature
from generation.models import EventType, WebhookDelivery, WebhookEndpoint, WebhookEvent
from generation.webhooks.tasks import enqueue_attempt


def record_event(*, organization_id: UUID, event_type: EventType, data: Mapping[str, Any]) -> None:
    """One event, one delivery and its job for each endpoint that subscribes; nothing when none does.

    Nor where the organization does without webhooks.
    """
    endpoints = WebhookEndpoint.objects.enabled().filter(organization_id=organization_id)
    wanting = [one for one in endpoints.select_related("organization") if one.wants(event_type)]
    if wanting and wanting[0].organization.allows_feature(Feature.WEBHOOKS):
        send_event(wanting, event_type=event_type, data=data)


@transaction.atomic
def send_event(
    endpoints: Iterable[WebhookEndpoint], *, event_type: EventType, data: Mapping[str, Any]
) -> list[WebhookDelivery]:
    """To these endpoints, all of one organization, whatever they subscribe to."""
    endpoints = list(endpoints)
    now = timezone.now()
    event = WebhookEvent.objects.create(
        organization_id=endpoints[0].organization_id,
        type=event_type,
        body=_body(event_type, now, data),
        created_at=now,
    )
    deliveries = WebhookDelivery.objects.bulk_create(
        WebhookDelivery(
            organization_id=event.organization_id, endpoint=endpoint, event=event, next_attempt_at=now
        )
        for endpoint in endpoints
    )
    for delivery in deliveries:
        enqueue_attempt(delivery)
    return deliveries


def _body(event_type: EventType, moment: datetime, data: Mapping[str, Any]) -> str:
    timestamp = moment.isoformat().replace("+00:00", "Z")
    return json.dumps(
        {"type": event_type.value, "timestamp": timestamp, "data": data}, separators=(",", ":"), default=str
    )
