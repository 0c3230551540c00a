"""Claims and verdicts as a worker's lane makes them, one at a time."""

from typing import Any
from uuid import UUID

from django.db import transaction

from jobs import claims, verdicts
from jobs.config import Timing
from jobs.models import Job

TIMING = Timing()


@transaction.atomic
def claim(job_id: UUID) -> claims.Claim:
    (made,) = claims.claim_jobs([claims.ClaimRequest(job_id=job_id, worker_id="w", lease=TIMING.lease)])
    return made


@transaction.atomic
def end(job_id: UUID, claim_no: int, **fields: Any) -> None:
    """As the worker would that has this claim; with an `error` the job fails."""
    status = Job.Status.FAILED if "error" in fields else Job.Status.SUCCESSFUL
    verdicts.end_jobs([verdicts.Ending(job=held(job_id, claim_no), status=status, counts=True, **fields)])


def held(job_id: UUID, claim_no: int) -> Job:
    """The row as the worker remembers it that has this claim."""
    job = Job.objects.get(id=job_id)
    job.claim_no = claim_no
    return job
