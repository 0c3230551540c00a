"""An endpoint is enabled or disabled, and everybody who has to know is told."""

import logging
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.audit.actions import Action
from accounts.audit.record import record_deed
from generation.models import DisabledReason, WebhookEndpoint
from generation.signals import webhook_disabled

logger = logging.getLogger("generation")


@transaction.atomic
def disable_endpoint(endpoint_id: UUID, *, reason: DisabledReason) -> bool:
    """What is on its way is discarded when it is due. False when it was disabled already."""
    enabled = WebhookEndpoint.objects.enabled().filter(id=endpoint_id)
    if not enabled.update(disabled_at=timezone.now(), disabled_reason=reason):
        return False
    endpoint = WebhookEndpoint.objects.get(id=endpoint_id)
    webhook_disabled.send(WebhookEndpoint, endpoint=endpoint, reason=reason)
    facts = {"webhook_id": str(endpoint_id), "organization_id": str(endpoint.organization_id)}
    transaction.on_commit(
        partial(logger.warning, "webhook.disabled", extra={**facts, "reason": str(reason)}), robust=True
    )
    return True


@transaction.atomic
def enable_endpoint(endpoint_id: UUID) -> bool:
    """With a clean slate. False when it was enabled already."""
    disabled = WebhookEndpoint.objects.filter(id=endpoint_id, disabled_at__isnull=False)
    if not disabled.update(disabled_at=None, disabled_reason="", failing_since=None):
        return False
    record_deed(Action.WEBHOOK_ENABLED, WebhookEndpoint.objects.get(id=endpoint_id))
    return True
