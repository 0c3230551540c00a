"""A batch is started."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from accounts.audit.actions import Action
from accounts.audit.record import record_deed
from accounts.models import Organization
from generation.batch_ends import end_batch_if_done
from generation.batch_lines import Line
from generation.models import Batch, BatchItem, Generation
from generation.services import new_generation
from generation.tasks import run_generation

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
    is_test: bool = False,
) -> Batch:
    """Store all lines and enqueue those that are right. Each looks for a known answer when it runs.

    They neither join an identical request nor are joined: who waits must not wait behind a batch.
    """
    batch = Batch.objects.create(
        organization=organization,
        total=len(lines),
        refused=sum(line.error is not None for line in lines),
        metadata=metadata or {},
        request_id=request_id,
    )
    calls: list[dict[str, Any]] = []
    for start in range(0, len(lines), CHUNK):
        calls += _store(batch, lines[start : start + CHUNK], is_test=is_test)
    run_generation.using(priority=BATCH_PRIORITY).enqueue_many(calls)
    end_batch_if_done(batch.id)
    record_deed(Action.BATCH_STARTED, batch, lines=batch.total, refused=batch.refused)
    return batch


def _store(batch: Batch, lines: Sequence[Line], *, is_test: bool) -> list[dict[str, Any]]:
    """The calls of `run_generation` that these lines need."""
    generations = {line.number: _generation_of(batch, line, is_test) for line in lines if line.request}
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


def _generation_of(batch: Batch, line: Line, is_test: bool) -> Generation:
    assert line.request is not None  # noqa: S101 - asked for by the only caller
    generation = new_generation(
        organization=batch.organization,
        request=line.request,
        metadata=line.metadata,
        cache=line.cache,
        request_id=batch.request_id,
        is_test=is_test,
    )
    generation.batch = batch
    return generation
