"""The transitions of a job, each a conditional update: who finds the row as expected wins.

Run by a worker's write lane; nothing here waits for anything but SQL.
"""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from traceback import format_exception
from typing import Any, Literal
from uuid import UUID

from django.utils import timezone

from codegen_site.errors import AppException
from jobs.backend import JetStreamBackend, load_task, to_result
from jobs.compat import task_finished
from jobs.config import Timing
from jobs.errors import ClaimLost, JobCancelled, JobCrashed
from jobs.models import Job

logger = logging.getLogger("jobs")

MAX_CRASHES = 3
MAX_ERRORS = 5
MAX_TRACEBACK_CHARS = 8_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """What came of asking for a job: `mine` to run, `over` to forget, `later` to ask again after `delay`."""

    outcome: Literal["mine", "over", "later"]
    job: Job | None = None
    delay: float = 0.0


def claim_job(job_id: UUID, *, worker_id: str, timing: Timing) -> Claim:
    """Take the job, if it is free and due. A lapsed lease counts as a crash of its worker."""
    now = timezone.now()
    job = Job.objects.select_for_update().filter(id=job_id).first()
    if job is None or job.is_finished:
        return Claim(outcome="over")
    if job.status == Job.Status.RUNNING and job.lease_until and job.lease_until > now:
        return Claim(outcome="later", delay=min(5.0, timing.lease))
    if job.run_after and job.run_after > now:
        return Claim(outcome="later", delay=(job.run_after - now).total_seconds())
    if job.status == Job.Status.RUNNING:
        job.crashes += 1
    if job.cancel_requested_at:
        return _end_unclaimed(job, JobCancelled("Cancelled before it ran."))
    if job.crashes >= MAX_CRASHES:
        return _end_unclaimed(job, JobCrashed())
    job.status = Job.Status.RUNNING
    job.claim_no += 1
    job.run_after = None
    job.published_at = job.published_at or now
    job.started_at = job.started_at or now
    job.last_attempted_at = now
    job.lease_until = now + timedelta(seconds=timing.lease)
    job.worker_ids = [*job.worker_ids, worker_id]
    job.save()
    return Claim(outcome="mine", job=job)


def _end_unclaimed(job: Job, error: Exception) -> Claim:
    job.claim_no += 1
    job.save(update_fields=["claim_no", "crashes"])
    _end(job, status=Job.Status.FAILED, error=error)
    return Claim(outcome="over", job=job)


def hold_claim(job_id: UUID, claim_no: int, *, timing: Timing) -> None:
    """Renew the lease, or raise `ClaimLost`. As the first write of a transaction it fences the others."""
    until = timezone.now() + timedelta(seconds=timing.lease)
    if not Job.objects.held_by(job_id=job_id, claim_no=claim_no).update(lease_until=until):
        raise ClaimLost


@dataclass(frozen=True, kw_only=True, slots=True)
class Beat:
    """A sign of life; `progress` is stored when there is news."""

    job_id: UUID
    claim_no: int
    progress: dict[str, Any] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class BeatResult:
    lost: frozenset[UUID]
    cancelled: frozenset[UUID]


def renew_leases(beats: Collection[Beat], *, timing: Timing) -> BeatResult:
    """Renew the leases and store what is new; say which claims are lost or to be cancelled."""
    until = timezone.now() + timedelta(seconds=timing.lease)
    lost = set()
    for beat in beats:
        news = {} if beat.progress is None else {"progress": beat.progress}
        held = Job.objects.held_by(job_id=beat.job_id, claim_no=beat.claim_no)
        if not held.update(lease_until=until, **news):
            lost.add(beat.job_id)
    cancelled = Job.objects.filter(
        id__in=[beat.job_id for beat in beats], cancel_requested_at__isnull=False
    ).values_list("id", flat=True)
    return BeatResult(lost=frozenset(lost), cancelled=frozenset(cancelled) - lost)


def finish_job(job_id: UUID, claim_no: int, *, value: Any) -> None:
    """Raises `ClaimLost`."""
    _end(_locked(job_id, claim_no), status=Job.Status.SUCCESSFUL, value=value)


def fail_job(job_id: UUID, claim_no: int, *, error: BaseException) -> None:
    """The last failure: the job ends. Raises `ClaimLost`."""
    job = _locked(job_id, claim_no)
    job.failures += 1
    job.save(update_fields=["failures"])
    _end(job, status=Job.Status.FAILED, error=error)


def retry_job(job_id: UUID, claim_no: int, *, error: BaseException, delay: float) -> None:
    """A failure that time may heal: ready again after `delay` seconds. Raises `ClaimLost`."""
    job = _locked(job_id, claim_no)
    job.status = Job.Status.READY
    job.failures += 1
    job.run_after = timezone.now() + timedelta(seconds=delay)
    job.lease_until = None
    job.errors = [*job.errors, describe_error(error)][-MAX_ERRORS:]
    job.save()


def release_job(job_id: UUID, claim_no: int) -> None:
    """Give the job back unharmed, as a worker does that stops. Raises `ClaimLost`."""
    job = _locked(job_id, claim_no)
    job.status = Job.Status.READY
    job.lease_until = None
    job.worker_ids = job.worker_ids[:-1]
    job.save()


def cancel_ready_job(job_id: UUID) -> bool:
    """End a job that no worker has. False when one has it, or it is over."""
    job = Job.objects.select_for_update().filter(id=job_id, status=Job.Status.READY).first()
    if job is None:
        return False
    _end(job, status=Job.Status.FAILED, error=JobCancelled("Cancelled before it ran."))
    return True


def _locked(job_id: UUID, claim_no: int) -> Job:
    job = Job.objects.held_by(job_id=job_id, claim_no=claim_no).select_for_update().first()
    if job is None:
        raise ClaimLost
    return job


def _end(job: Job, *, status: Job.Status, value: Any = None, error: BaseException | None = None) -> None:
    """Receivers of `task_finished` write in the same transaction: both ends are true, or neither."""
    job.status = status
    job.return_value = value
    job.finished_at = timezone.now()
    job.lease_until = None
    if error is not None:
        job.errors = [*job.errors, describe_error(error)][-MAX_ERRORS:]
    job.save()
    try:
        task = load_task(job)
    except ImportError:
        logger.exception("job %s ended, but nobody was told: there is no task %s", job.id, job.task_path)
    else:
        task_finished.send_robust(JetStreamBackend, task_result=to_result(job, task=task))


def describe_error(error: BaseException) -> dict[str, Any]:
    """`{"class", "code", "message", "retryable", "traceback"}`; only our own errors have a message."""
    known = error if isinstance(error, AppException) else None
    return {
        "class": f"{type(error).__module__}.{type(error).__qualname__}",
        "code": known.code if known else None,
        "message": known.message if known else None,
        "retryable": known.retryable if known else False,
        "traceback": "".join(format_exception(error))[-MAX_TRACEBACK_CHARS:],
    }
