"""Deletes what nobody asks for any more, in small transactions: no lock is held for long."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from jobs.models import Job, ScheduleTick

MOST_AT_ONCE = 500


def prune_finished_jobs(*, older_than: datetime) -> int:
    """Delete the jobs that ended before then, with what hangs on them. Returns how many."""
    finished = Job.objects.filter(
        status__in=[Job.Status.SUCCESSFUL, Job.Status.FAILED], finished_at__lt=older_than
    )
    return _delete_in_chunks(finished)


def prune_old_ticks(*, older_than: datetime) -> int:
    """Delete the ticks that were due before then; how far each schedule has come stays known."""
    return _delete_in_chunks(ScheduleTick.objects.filter(due_at__lt=older_than))


def _delete_in_chunks(rows: QuerySet[Any]) -> int:
    deleted = 0
    while chunk := _delete_some(rows):
        deleted += chunk
    return deleted


@transaction.atomic
def _delete_some(rows: QuerySet[Any]) -> int:
    # The keys rise with time: in their order the old ones are found first, without an index of their own.
    # Locked, since a finished job may be made ready again.
    some = rows.select_for_update(skip_locked=True).order_by("pk")
    keys = list(some.values_list("pk", flat=True)[:MOST_AT_ONCE])
    rows.model._default_manager.filter(pk__in=keys).delete()
    return len(keys)
