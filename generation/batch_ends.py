"""How far batches are, and when one is over.

No counter is kept: what the rows say is counted when somebody asks, in an index that holds nothing else.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from generation.models import Batch, Generation, LineCounts
from generation.signals import batch_ended


def look_up(batches: Sequence[Batch]) -> Sequence[Batch]:
    """The same with their `counts`; one whose lines have all ended is ended, if nobody has done so."""
    counted = _count_lines(batches)
    for batch in batches:
        batch.counts = counted[batch.id]
        if batch.is_live and batch.counts.ended == batch.total:
            end_batch_if_done(batch.id)
            batch.refresh_from_db(fields=["status", "finished_at"])
    return batches


def end_done_batches() -> int:
    """End those whose last line ended while a process died. To be called now and then; how many it were."""
    ids = Batch.objects.live().values_list("id", flat=True)
    return sum(end_batch_if_done(batch_id) for batch_id in ids)


def end_batch_if_done(batch_id: UUID) -> bool:
    """End it when all its lines have. Any number may ask at the same time; one of them is told True."""
    if Generation.objects.filter(batch_id=batch_id).live().exists():
        return False
    with transaction.atomic():
        batch = Batch.objects.live().select_for_update().filter(id=batch_id).first()
        if batch is None:
            return False
        was_cancelled = batch.status == Batch.Status.CANCELLING
        batch.status = Batch.Status.CANCELLED if was_cancelled else Batch.Status.COMPLETED
        batch.finished_at = timezone.now()
        batch.save(update_fields=["status", "finished_at"])
        batch_ended.send(Batch, batch=batch)
    return True


def _count_lines(batches: Collection[Batch]) -> dict[UUID, LineCounts]:
    by_batch: dict[UUID, dict[str, int]] = {batch.id: {} for batch in batches}
    rows = Generation.objects.filter(batch__in=batches).order_by().values_list("batch_id", "status")
    for batch_id, status, count in rows.annotate(count=Count("pk")):
        if batch_id is not None:
            by_batch[batch_id][status] = count
    return {batch.id: _counts_of(batch, by_batch[batch.id]) for batch in batches}


def _counts_of(batch: Batch, by_status: dict[str, int]) -> LineCounts:
    left = batch.total - batch.refused - sum(by_status.values())
    failed = by_status.pop("failed", 0) + batch.refused
    return LineCounts(total=batch.total, failed=failed, deleted=left, **by_status)
