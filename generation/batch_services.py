"""What can be asked of batches: start one, cancel one."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.callers import Caller
from accounts.models import Organization
from generation.batch_ends import end_batch_if_done
from generation.batch_lines import Line
from generation.in_flight import take_place_of_batch
from generation.models import Batch, BatchItem, Generation
from generation.services import cancel_generation, new_generation
from generation.tasks import run_generation
from jobs.services import cancel_many_jobs

BATCH_PRIORITY = -50
# Rows made at once: of ten thousand prompts one copy is enough.
CHUNK = 500


@transaction.atomic
def start_batch(
    *,
    organization: Organization,
    lines: Sequence[Line],
    metadata: dict[str, Any] | None = None,
    request_id: str = "",
    caller: Caller | None = None,
) -> Batch:
    """Store all lines and enqueue those that are right. Each looks for a known answer when it runs.

    They neither join an identical request nor are joined: who waits must not wait behind a batch.
    Raises `TooManyInFlight` when the organization has too many batches.
    """
    take_place_of_batch(organization)
    batch = Batch.objects.create(
        organization=organization,
        total=len(lines),
        refused=sum(line.error is not None for line in lines),
        metadata=metadata or {},
        request_id=request_id,
    )
    calls: list[dict[str, Any]] = []
    for start in range(0, len(lines), CHUNK):
        calls += _store(batch, lines[start : start + CHUNK], caller)
    run_generation.using(priority=BATCH_PRIORITY).enqueue_many(calls)
    end_batch_if_done(batch.id)
    return batch


def _store(batch: Batch, lines: Sequence[Line], caller: Caller | None) -> list[dict[str, Any]]:
    """The calls of `run_generation` that these lines need."""
    generations = {line.number: _generation_of(batch, line, caller) for line in lines if line.request}
    Generation.objects.bulk_create(generations.values())
    BatchItem.objects.bulk_create(
        BatchItem(
            batch=batch,
            number=line.number,
            custom_id=line.custom_id,
            error=line.error,
            generation=generations.get(line.number),
        )
        for line in lines
    )
    return [
        {
            "generation_id": str(generations[line.number].id),
            "organization_id": str(batch.organization_id),
            "use_known": line.cache == "use",
        }
        for line in lines
        if line.request
    ]


def _generation_of(batch: Batch, line: Line, caller: Caller | None) -> Generation:
    assert line.request is not None  # noqa: S101 - asked for by the only caller
    generation = new_generation(
        organization=batch.organization,
        request=line.request,
        metadata=line.metadata,
        cache=line.cache,
        request_id=batch.request_id,
        caller=caller,
    )
    generation.batch = batch
    return generation


def cancel_batch(*, batch: Batch) -> None:
    """End the lines that wait and stop those that run. Once more after its end does nothing.

    In many small transactions, since workers want the same rows: whoever dies in between leaves a batch
    of which no line begins any more, and whoever calls again goes on.
    """
    Batch.objects.filter(id=batch.id, status=Batch.Status.RUNNING).update(status=Batch.Status.CANCELLING)
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
