"""What others may ask of a job that is there already."""

from collections.abc import Collection
from functools import partial
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
def cancel_many_jobs(*, job_ids: Collection[UUID]) -> list[UUID]:
    """End those that wait and ask the workers of those that run, in a few statements; the ids of both.

    Leaves alone a job whose row somebody else is writing at the moment: nobody waits for anybody. For those
    that waited, `task_finished` is not sent nor an end written into their logs: the caller ends what they
    stand for.
    """
    unfinished = Job.objects.filter(id__in=job_ids, status__in=[Job.Status.READY, Job.Status.RUNNING])
    skips = connection.features.has_select_for_update_skip_locked
    locked = dict(unfinished.select_for_update(skip_locked=skips).order_by("id").values_list("id", "status"))
    waiting = [job_id for job_id, status in locked.items() if status == Job.Status.READY]
    now = timezone.now()
    Job.objects.filter(id__in=locked).update(cancel_requested_at=now)
    Job.objects.filter(id__in=waiting).update(status=Job.Status.FAILED, finished_at=now, run_after=None)
    for job_id in locked.keys() - set(waiting):
        transaction.on_commit(partial(bridge().publish_cancel, job_id), robust=True)
    return list(locked)
