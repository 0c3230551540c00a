"""What others may ask of a job that is there already."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from jobs.bridge import bridge
from jobs.events import publish_end
from jobs.models import Job
from jobs.verdicts import cancel_ready_job


@transaction.atomic
def cancel_job(*, job_id: UUID) -> None:
    """End the job now if it waits, else ask its worker to, which takes some milliseconds.

    A worker that cannot be reached finds the request with its next heartbeat or claim.
    """
    unfinished = Job.objects.filter(id=job_id, status__in=[Job.Status.READY, Job.Status.RUNNING])
    if not unfinished.update(cancel_requested_at=timezone.now()):
        return
    job = cancel_ready_job(job_id)
    if job is not None:
        transaction.on_commit(
            lambda: publish_end(owner=job.owner, job_id=job.id, claim_no=job.claim_no), robust=True
        )
    else:
        transaction.on_commit(lambda: bridge().publish_cancel(job_id), robust=True)
