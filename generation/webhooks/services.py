"""What an organization can do with its webhooks."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.audit.actions import Action
from accounts.audit.changes import tell_url
from accounts.audit.record import record_deed
from accounts.models import Organization
from codegen_site.errors import Conflict
from generation.integrations.outbound_http import PublicUrl
from generation.models import (
    DisabledReason,
    EventType,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEvent,
    WebhookSecret,
)
from generation.webhooks.events import send_event
from generation.webhooks.signature import new_secret
from generation.webhooks.switch import disable_endpoint, enable_endpoint
from generation.webhooks.tasks import enqueue_attempt

DEFAULT_OVERLAP = timedelta(days=1)
MAX_SIGNING_SECRETS = 5
# A pending delivery that is due for longer has lost its job.
ATTEMPT_PATIENCE = timedelta(minutes=15)

FORGOTTEN_AT_ONCE = 500


def create_endpoint(
    *, organization: Organization, url: PublicUrl, event_types: Sequence[str], description: str = ""
) -> tuple[WebhookEndpoint, str]:
    """The endpoint and its secret, which is shown this once. Raises `Conflict`."""
    with transaction.atomic():
        # Locked, so that two at once do not both find the last free place.
        Organization.objects.select_for_update(no_key=True).get(id=organization.id)
        if WebhookEndpoint.objects.for_organization(organization).count() >= settings.WEBHOOKS_MAX_ENDPOINTS:
            raise Conflict(f"An organization has at most {settings.WEBHOOKS_MAX_ENDPOINTS} webhooks.")
        endpoint = WebhookEndpoint.objects.create(
            organization=organization, url=url, event_types=list(event_types), description=description
        )
        record_deed(Action.WEBHOOK_CREATED, endpoint, after=_told(endpoint))
        return endpoint, _add_secret(endpoint)


def update_endpoint(
    *,
    endpoint: WebhookEndpoint,
    url: PublicUrl | None = None,
    event_types: Sequence[str] | None = None,
    description: str | None = None,
    enabled: bool | None = None,
) -> None:
    """Change what is given; a new URL is a new receiver, without failures."""
    changes: dict[str, Any] = {"url": url, "event_types": event_types, "description": description}
    given = {name: value for name, value in changes.items() if value is not None}
    if url is not None and url != endpoint.url:
        given["failing_since"] = None
    with transaction.atomic():
        if given:
            before = WebhookEndpoint.objects.select_for_update(no_key=True).get(id=endpoint.id)
            WebhookEndpoint.objects.filter(id=endpoint.id).update(**given)
            after = WebhookEndpoint.objects.get(id=endpoint.id)
            record_deed(Action.WEBHOOK_CHANGED, endpoint, before=_told(before), after=_told(after))
        if enabled is True:
            enable_endpoint(endpoint.id)
        elif enabled is False:
            disable_endpoint(endpoint.id, reason=DisabledReason.REQUESTED)
    endpoint.refresh_from_db()


@transaction.atomic
def delete_endpoint(*, endpoint: WebhookEndpoint) -> None:
    """With its deliveries; what is on its way is not sent."""
    record_deed(Action.WEBHOOK_DELETED, endpoint, before=_told(endpoint))
    endpoint.delete()


@transaction.atomic
def rotate_secret(*, endpoint: WebhookEndpoint, overlap: timedelta = DEFAULT_OVERLAP) -> str:
    """The new secret, shown this once. Those before it sign beside it until the overlap is over.

    All of them: whoever rotates once more because the answer was lost cuts no receiver off.
    Raises `Conflict` when too many would sign.
    """
    WebhookEndpoint.objects.select_for_update(no_key=True).get(id=endpoint.id)
    endpoint.secrets.exclude(id__in=endpoint.secrets.signing()).delete()
    end = timezone.now() + overlap
    endpoint.secrets.filter(expires_at=None).update(expires_at=end)
    endpoint.secrets.filter(expires_at__gt=end).update(expires_at=end)
    if endpoint.secrets.signing().count() >= MAX_SIGNING_SECRETS:
        raise Conflict(f"{MAX_SIGNING_SECRETS} secrets sign already. Wait, or rotate without an overlap.")
    record_deed(Action.WEBHOOK_SECRET_ROTATED, endpoint, overlap_s=int(overlap.total_seconds()))
    return _add_secret(endpoint)


def _add_secret(endpoint: WebhookEndpoint) -> str:
    text = new_secret()
    secret = WebhookSecret(endpoint=endpoint)
    secret.seal(text)
    secret.save(force_insert=True)
    return text


@transaction.atomic
def send_test_event(*, endpoint: WebhookEndpoint) -> WebhookDelivery:
    """An event `webhook.test`, attempted once. Raises `Conflict` for a disabled endpoint."""
    _refuse_disabled(endpoint)
    data = {"id": str(endpoint.id), "object": "webhook"}
    [delivery] = send_event([endpoint], event_type=EventType.TEST, data=data)
    record_deed(Action.WEBHOOK_TESTED, endpoint, delivery=delivery.id)
    return delivery


@transaction.atomic
def resend_delivery(*, delivery: WebhookDelivery) -> WebhookDelivery:
    """Attempt it now, with the same `webhook-id`, and begin its schedule anew.

    Raises `Conflict` while an attempt is under way, and for a disabled endpoint.
    """
    locked = WebhookDelivery.objects.select_for_update(of=("self",)).select_related("endpoint")
    delivery = locked.get(id=delivery.id)
    _refuse_disabled(delivery.endpoint)
    now = timezone.now()
    if _is_under_way(delivery, now):
        raise Conflict("The delivery is being attempted already.")
    delivery.status = WebhookDelivery.Status.PENDING
    delivery.attempts_before = delivery.attempt_count
    delivery.next_attempt_at, delivery.finished_at = now, None
    delivery.save()
    enqueue_attempt(delivery)
    record_deed(Action.WEBHOOK_DELIVERY_RESENT, delivery, webhook=delivery.endpoint_id)
    return delivery


def _told(endpoint: WebhookEndpoint) -> dict[str, Any]:
    """For the audit log."""
    return {
        "url": tell_url(endpoint.url),
        "event_types": endpoint.event_types,
        "description": endpoint.description,
    }


def _is_under_way(delivery: WebhookDelivery, now: datetime) -> bool:
    due = delivery.next_attempt_at
    return due is not None and now - ATTEMPT_PATIENCE < due <= now


def _refuse_disabled(endpoint: WebhookEndpoint) -> None:
    if not endpoint.is_enabled:
        raise Conflict("The webhook is disabled. Enable it first.")


def forget_old_events() -> int:
    """Delete events that are older than `WEBHOOKS_KEEP_DAYS`, unless one is still on its way. How many."""
    before = timezone.now() - timedelta(days=settings.WEBHOOKS_KEEP_DAYS)
    pending = WebhookDelivery.objects.filter(status=WebhookDelivery.Status.PENDING)
    old = WebhookEvent.objects.filter(created_at__lt=before).exclude(id__in=pending.values("event"))
    forgotten = 0
    while ids := list(old.order_by("id").values_list("id", flat=True)[:FORGOTTEN_AT_ONCE]):
        WebhookEvent.objects.filter(id__in=ids).delete()
        forgotten += len(ids)
    return forgotten
