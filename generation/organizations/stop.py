"""An organization stops: its jobs end now, its deliveries wait until it goes on."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import Organization
from generation.batch_cancelling import cancel_batch
from generation.models import Batch, Generation, WebhookDelivery
from generation.services import cancel_generation
from generation.webhooks.tasks import enqueue_attempt

RESUMED_AT_ONCE = 200


def stop_work(organization_id: UUID) -> None:
    """Nothing where it goes on already: whoever resumed it wants what runs now."""
    organization = Organization.objects.filter(pk=organization_id).first()
    if organization is None or not organization.is_suspended:
        return
    for batch in Batch.objects.for_organization(organization).live():
        cancel_batch(batch=batch)
    for generation in Generation.objects.for_organization(organization).live().defer("prompt"):
        cancel_generation(generation=generation)


def resume_deliveries(organization_id: UUID) -> None:
    """Those that were due meanwhile; the others have a job already. One that has two is attempted once."""
    due = WebhookDelivery.objects.filter(
        organization=organization_id,
        status=WebhookDelivery.Status.PENDING,
        next_attempt_at__lte=timezone.now(),
    )
    ids = list(due.order_by("id").values_list("id", flat=True))
    for start in range(0, len(ids), RESUMED_AT_ONCE):
        with transaction.atomic():
            for delivery in due.filter(id__in=ids[start : start + RESUMED_AT_ONCE]):
                enqueue_attempt(delivery)
