"""What this app has of an organization, for the archive of everything that it owns."""

from collections.abc import Iterator
from itertools import count

from accounts.models import Organization
from accounts.organizations.export import Part, exporter, json_lines, rows_in_turn
from accounts.zip_stream import stream_zip, zip_entry
from generation.archive import entry_of
from generation.models import (
    Attempt,
    Batch,
    BatchItem,
    DeliveryAttempt,
    Generation,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEvent,
)

# Rows hold prompts and answers.
LARGE_AT_ONCE = 20
# A zip keeps the names of its entries until its end, so there are several.
GENERATIONS_IN_ONE = 1_000


@exporter
def export_generations(organization: Organization) -> Iterator[Part]:
    generations = Generation.objects.for_organization(organization)
    attempts = Attempt.objects.filter(generation__organization=organization)
    yield json_lines("generations", generations, without=["answer_key"], rows_at_once=LARGE_AT_ONCE)
    yield json_lines("attempts", attempts, rows_at_once=LARGE_AT_ONCE)
    yield json_lines("batches", Batch.objects.for_organization(organization))
    yield json_lines("batch_lines", BatchItem.objects.filter(batch__organization=organization))
    yield from _files(organization)


@exporter
def export_webhooks(organization: Organization) -> Iterator[Part]:
    deliveries = WebhookDelivery.objects.for_organization(organization)
    attempts = DeliveryAttempt.objects.filter(delivery__organization=organization)
    yield json_lines("webhooks", WebhookEndpoint.objects.for_organization(organization))
    yield json_lines("webhook_events", WebhookEvent.objects.filter(organization=organization))
    yield json_lines("webhook_deliveries", deliveries)
    yield json_lines("webhook_delivery_attempts", attempts)


def _files(organization: Organization) -> Iterator[Part]:
    with_files = Generation.objects.for_organization(organization).filter(files__isnull=False).distinct()
    heads = with_files.only("id")
    for number, generations in zip(count(1), rows_in_turn(heads, at_once=GENERATIONS_IN_ONE), strict=False):
        yield zip_entry(f"files/{number:04}.zip", compressed=False), stream_zip(_entries_of(generations))


def _entries_of(generations: list[Generation]) -> Iterator[Part]:
    for generation in generations:
        for files in rows_in_turn(generation.files.all(), at_once=LARGE_AT_ONCE):
            for file in files:
                yield entry_of(file, folder=f"{generation.id}/")
