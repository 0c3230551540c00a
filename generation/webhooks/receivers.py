"""What the rest of the product does, turned into events; and a job that was lost into a failed attempt."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.dispatch import receiver
from django.utils import timezone

from accounts.audit.actions import Action
from accounts.audit.changes import tell_url
from accounts.audit.record import record_deed
from accounts.ledger.quota import UNITS
from accounts.models import QuotaNotice
from accounts.signals import quota_threshold_reached
from generation.links import batch_links_of, links_of
from generation.models import Batch, EventType, Generation, WebhookEndpoint
from generation.signals import batch_ended, generation_ended, webhook_disabled
from generation.webhooks.delivery import Outcome
from generation.webhooks.events import record_event
from generation.webhooks.tasks import conclude_attempt, deliver_webhook
from jobs.compat import TaskResult, TaskResultStatus, task_finished


@receiver(generation_ended)
def record_end(generation: Generation, **kwargs: Any) -> None:
    """Not of the lines of a batch: ten thousand calls at once would tell less than one at its end."""
    if generation.batch_id:
        return
    record_event(
        organization_id=generation.organization_id,
        event_type=EventType(f"generation.{generation.status}"),
        data={
            "id": str(generation.id),
            "object": "generation",
            "status": str(generation.status),
            "error": generation.error_code or None,
            "links": links_of(generation.id),
        },
    )


@receiver(batch_ended)
def record_end_of_batch(batch: Batch, **kwargs: Any) -> None:
    record_event(
        organization_id=batch.organization_id,
        event_type=EventType(f"batch.{batch.status}"),
        data={
            "id": str(batch.id),
            "object": "batch",
            "status": str(batch.status),
            "links": batch_links_of(batch.id),
        },
    )


@receiver(quota_threshold_reached)
def record_threshold(notice: QuotaNotice, **kwargs: Any) -> None:
    record_event(
        organization_id=notice.organization_id,
        event_type=EventType.QUOTA_THRESHOLD,
        data={
            "id": str(notice.id),
            "object": "quota_notice",
            "quota": notice.quota,
            "unit": UNITS[notice.quota],
            "percent": notice.percent,
            "used": notice.used,
            "limit": notice.limit,
            "api_key_id": notice.subject or None,
            "resets_at": notice.resets_at and notice.resets_at.isoformat().replace("+00:00", "Z"),
        },
    )


@receiver(webhook_disabled)
def audit_disabling(endpoint: WebhookEndpoint, reason: str, **kwargs: Any) -> None:
    record_deed(Action.WEBHOOK_DISABLED, endpoint, url=tell_url(endpoint.url), reason=reason)


@receiver(task_finished)
def conclude_lost_attempt(task_result: TaskResult[Any], **kwargs: Any) -> None:
    """A job that died takes its attempt along, not the delivery."""
    is_ours = task_result.task.module_path == deliver_webhook.module_path
    if not is_ours or task_result.status != TaskResultStatus.FAILED:
        return
    outcome = Outcome(
        started_at=timezone.now(), error="The service could not make this attempt.", is_ours=True
    )
    with transaction.atomic():
        conclude_attempt(
            UUID(task_result.kwargs["delivery_id"]), number=task_result.kwargs["number"], outcome=outcome
        )
