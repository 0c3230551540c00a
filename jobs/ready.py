"""The common case of a claim, in one statement: the ORM would read the rows, and then write them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from jobs.models import Job

# Its rows are locked in the order of their ids: two workers must not wait for each other.
CLAIM = """
UPDATE jobs_job SET
    status = 'RUNNING',
    claim_no = claim_no + 1,
    run_after = NULL,
    is_parked = FALSE,
    published_at = COALESCE(published_at, %(now)s),
    started_at = COALESCE(started_at, %(now)s),
    last_attempted_at = %(now)s,
    lease_until = %(lease_until)s,
    worker_ids = {appended}
WHERE id IN (
    SELECT id FROM jobs_job
    WHERE id IN ({ids})
        AND status = 'READY'
        AND (run_after IS NULL OR run_after <= %(now)s)
        AND cancel_requested_at IS NULL
        AND crashes < %(most_crashes)s
    ORDER BY id {lock}
)
RETURNING {read}
"""
APPENDED = {
    "postgresql": "worker_ids || to_jsonb(%(worker_id)s::text)",
    "sqlite": "json_insert(worker_ids, '$[#]', %(worker_id)s)",
}


def claim_ready(
    job_ids: Sequence[UUID], *, worker_id: str, now: datetime, lease_until: datetime, most_crashes: int
) -> dict[UUID, Job]:
    """Those of the jobs that were ready, due and untroubled, claimed; the others are as they were."""
    native = connection.features.has_native_uuid_field
    ids: dict[str, Any] = {
        f"id{number}": job_id if native else job_id.hex for number, job_id in enumerate(job_ids)
    }
    known: dict[str, Any] = {
        "run_after": None,
        "is_parked": False,
        "cancel_requested_at": None,
        "finished_at": None,
        "last_attempted_at": now,
        "lease_until": lease_until,
    }
    statement = CLAIM.format(
        appended=APPENDED[connection.vendor],
        ids=", ".join(f"%({name})s" for name in ids),
        read=", ".join(field.attname for field in Job._meta.concrete_fields if field.name not in known),
        lock="FOR UPDATE" if connection.features.has_select_for_update else "",
    )
    moments: dict[str, Any] = {"now": now, "lease_until": lease_until}
    if connection.vendor == "sqlite":
        moments = {name: connection.ops.adapt_datetimefield_value(at) for name, at in moments.items()}
    values = {**ids, **moments, "worker_id": worker_id, "most_crashes": most_crashes}
    claimed = {}
    for job in Job.objects.raw(statement, values):
        # Not read back: what was just written, and what the condition says.
        vars(job).update(known)
        claimed[job.id] = job
    return claimed
