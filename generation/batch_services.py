"""A batch is started."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.audit.actions import Action
from accounts.audit.record import record_deed
from accounts.callers import Caller
from accounts.ledger.reserving import NewHold, check_room, reserve
from accounts.models import ApiKey, Organization
from generation.batch_ends import end_batch_if_done
from generation.batch_lines import Line
from generation.holds import expect
from generation.in_flight import take_place_of_batch
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
    caller: Caller | None = None,
) -> Batch:
    """Store all lines and enqueue those that are right. Each looks for a known answer when it runs.

    They neither join an identical request nor are joined: who waits must not wait behind a batch.
    Raises `QuotaExceeded` where the plan has no room for all of them: a part that was chosen by the order of
    the lines would leave its caller to find out which. Fewer lines, or smaller `max_output_tokens`, fit.
    Raises `TooManyInFlight` when it has too many batches.
    """
    take_place_of_batch(organization)
    api_key = caller if isinstance(caller, ApiKey) else None
    amounts = {line.number: expect(line.request).amount for line in lines if line.request}
    check_room(organization=organization, api_key=api_key, amounts=amounts.values())
    batch = Batch.objects.create(
        organization=organization,
        total=len(lines),
        refused=sum(line.error is not None for line in lines),
        metadata=metadata or {},
        request_id=request_id,
    )
    ids: dict[int, UUID] = {}
    for start in range(0, len(lines), CHUNK):
        ids |= _store(batch, lines[start : start + CHUNK], caller)
    run_generation.using(priority=BATCH_PRIORITY).enqueue_many(
        {
            "generation_id": str(ids[line.number]),
            "organization_id": str(organization.id),
            "use_known": line.cache == "use",
        }
        for line in lines
        if line.request
    )
    end_batch_if_done(batch.id)
    holds = [NewHold(generation_id=ids[number], amount=amount) for number, amount in amounts.items()]
    reserve(organization=organization, api_key=api_key, holds=holds)
    record_deed(Action.BATCH_STARTED, batch, lines=batch.total, refused=batch.refused)
    return batch


def _store(batch: Batch, lines: Sequence[Line], caller: Caller | None) -> dict[int, UUID]:
    """The ids of the generations of these lines, by the numbers of those that are right."""
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
    return {number: generation.id for number, generation in generations.items()}


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
