from dataclasses import dataclass
from uuid import UUID

from jobs.models import Job


@dataclass(frozen=True, kw_only=True, slots=True)
class Announcement:
    """What a broker needs to know of a job that wants to run."""

    job_id: UUID
    task_path: str
    queue: str
    band: str
    owner: str
    message_id: str

    @classmethod
    def of(cls, job: Job, *, again: str = "") -> "Announcement":
        """`again` tells an intended repetition from an accidental one, which the broker drops."""
        return cls(
            job_id=job.id,
            task_path=job.task_path,
            queue=job.queue_name,
            band=job.band,
            owner=job.owner,
            message_id=f"{job.id}:{job.claim_no}{again}",
        )
