"""What others may ask of a job that is there already."""

from collections.abc import Collection
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from jobs.bridge import bridge
from jobs.claims import cancel_ready_job
from jobs.events import publish_end
from jobs.models import Job


@transaction.atomic
def cancel_job(*, job_id: UUID) -> None:
    """End the job now if it waits, else ask its worker to, which takes some milliseconds.

    A worker that cannot be reached finds the request with its next heartbeat or claim.
    """
    unfinished = Job.objects.filter(id=job_id, status__in=[Job.Status.READY, Job.Status.RUNNING])
    if not unfinished.update(cancel_requested_at=timezone.now()):
        return
    if cancel_ready_job(job_id):
        job = Job.objects.get(id=job_id)
        transaction.on_commit(
            lambda: publish_end(owner=job.owner, job_id=job.id, claim_no=job.claim_no), robust=True
        )
    else:
        transaction.on_commit(lambda: bridge().publish_cancel(job_id), robust=True)


@transaction.atomic
def cancel_waiting_jobs(*, job_ids: Collection[UUID]) -> list[UUID]:
    """End those that no worker has, and return their ids; one that is being claimed is left alone.

    `task_finished` is not sent for them, nor an end written into their event logs: the caller ends what
    they stand for.
    """
    waiting = Job.objects.filter(id__in=job_ids, status=Job.Status.READY).order_by("id")
    skips = connection.features.has_select_for_update_skip_locked
    ids = list(waiting.select_for_update(skip_locked=skips).values_list("id", flat=True))
    now = timezone.now()
    Job.objects.filter(id__in=ids).update(
        status=Job.Status.FAILED, cancel_requested_at=now, finished_at=now, run_after=None
    )
    return ids
