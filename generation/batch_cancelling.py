"""A batch is stopped. Apart from what starts one: workers do this too, and load none of the web for it."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.audit.actions import Action
from accounts.audit.record import record_deed
from accounts.ledger.closing import release_all
from generation.batch_ends import end_batch_if_done
from generation.models import Batch, Generation
from generation.services import cancel_generation
from jobs.services import cancel_many_jobs

# In a few statements.
CHUNK = 500


def cancel_batch(*, batch: Batch) -> None:
    """End the lines that wait and stop those that run. Once more after its end does nothing.

    In many small transactions, since workers want the same rows: whoever dies in between leaves a batch
    of which no line begins any more, and whoever calls again goes on.
    """
    with transaction.atomic():
        running = Batch.objects.filter(id=batch.id, status=Batch.Status.RUNNING)
        if running.update(status=Batch.Status.CANCELLING):
            record_deed(Action.BATCH_CANCELLED, batch)
    batch.refresh_from_db(fields=["status"])
    if batch.status != Batch.Status.CANCELLING:
        return
    live = list(batch.generations.live().order_by("id").values_list("id", flat=True))
    for start in range(0, len(live), CHUNK):
        _cancel_free(live[start : start + CHUNK])
    for generation in batch.generations.live().defer("prompt"):
        cancel_generation(generation=generation)
    end_batch_if_done(batch.id)


@transaction.atomic
def _cancel_free(generation_ids: Sequence[UUID]) -> None:
    """A worker writes a generation only while it holds the row of its job, so nobody waits here either."""
    cancelled = cancel_many_jobs(job_ids=generation_ids)
    Generation.objects.filter(id__in=cancelled).live().update(
        status=Generation.Status.CANCELLED, finished_at=timezone.now()
    )
    release_all(cancelled)
