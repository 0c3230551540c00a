"""All that this app has of an organization goes for good."""

from accounts.models import Organization
from accounts.organizations.deletion import delete_in_chunks
from generation.integrations import known_answers
from generation.models import Batch, BatchItem, Generation, WebhookDelivery, WebhookEndpoint, WebhookEvent
from generation.organizations.stop import stop_work
from jobs.models import Job


def erase_rows(organization: Organization) -> None:
    """Some at a time; once more goes on where it was interrupted."""
    stop_work(organization.pk)
    _forget_answers(organization)
    delete_in_chunks(BatchItem.objects.filter(batch__organization=organization))
    delete_in_chunks(Generation.objects.for_organization(organization), at_once=100)
    delete_in_chunks(Batch.objects.for_organization(organization))
    delete_in_chunks(WebhookDelivery.objects.for_organization(organization))
    for model in (WebhookEvent, WebhookEndpoint):
        delete_in_chunks(model._default_manager.filter(organization=organization))
    delete_in_chunks(Job.objects.filter(owner=str(organization.pk)))


def _forget_answers(organization: Organization) -> None:
    keys = Generation.objects.for_organization(organization).exclude(answer_key="")
    for key in keys.values_list("answer_key", flat=True).iterator(chunk_size=1_000):
        known_answers.forget_answer(key)
