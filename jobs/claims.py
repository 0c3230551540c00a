"""Taking jobs and keeping them: conditional updates, many in one statement.

Run by a worker's write lane; nothing here waits for anything but SQL.
"""

import json
import logging
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Literal
from uuid import UUID

from django.db import DataError, IntegrityError, transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from jobs.config import Timing
from jobs.errors import ClaimLost, JobCancelled, JobCrashed
from jobs.metrics import CRASHES
from jobs.models import Job
from jobs.ready import claim_ready
from jobs.verdicts import Ending, end_without_worker

logger = logging.getLogger("jobs")

MAX_CRASHES = 3

Outcome = Literal["mine", "over", "later", "unknown"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimRequest:
    """A worker's wish to run a job for `lease` seconds, to be renewed. A lane has those of one worker."""

    job_id: UUID
    worker_id: str
    lease: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """What came of it: `mine` to run, `over` to forget, `later` to ask again after `delay`, or `unknown`."""

    outcome: Outcome
    job: Job | None = None
    delay: float = 0.0


def claim_jobs(requests: Sequence[ClaimRequest]) -> list[Claim]:
    """Take those that are free and due. A lapsed lease counts as a crash of its worker."""
    now = timezone.now()
    ready = claim_ready(
        [request.job_id for request in requests],
        worker_id=requests[0].worker_id,
        now=now,
        lease_until=now + timedelta(seconds=requests[0].lease),
        most_crashes=MAX_CRASHES,
    )
    # Each at most once: who asks a second time for the same job is told that it runs.
    claims = [_mine(ready.pop(request.job_id, None)) for request in requests]
    rest = [request for request, claim in zip(requests, claims, strict=True) if claim is None]
    others = iter(_claim_others(rest, now) if rest else ())
    return [claim or next(others) for claim in claims]


def _mine(job: Job | None) -> Claim | None:
    return Claim(outcome="mine", job=job) if job else None


def _claim_others(requests: Sequence[ClaimRequest], now: datetime) -> list[Claim]:
    """Those with a history: they run, or ran in a worker that died, are to be cancelled, over, or gone."""
    wanted = [request.job_id for request in requests]
    # In the order of their ids: two workers that lock the same rows must not wait for each other.
    rows = Job.objects.select_for_update().order_by("id").filter(id__in=wanted)
    jobs = {job.id: job for job in rows}
    taken: list[Job] = []
    claims = [_claim(jobs.get(request.job_id), request, now, taken) for request in requests]
    _store(taken, now)
    return claims


def _claim(job: Job | None, request: ClaimRequest, now: datetime, taken: list[Job]) -> Claim:
    if job is None:
        return Claim(outcome="unknown")
    if job.is_finished:
        return Claim(outcome="over")
    if job.status == Job.Status.RUNNING and job.lease_until and job.lease_until > now:
        return Claim(outcome="later", delay=min(5.0, request.lease))
    if job.run_after and job.run_after > now:
        return Claim(outcome="later", delay=(job.run_after - now).total_seconds())
    if job.status == Job.Status.RUNNING:
        job.crashes += 1
        CRASHES.inc()
    if job.cancel_requested_at:
        return _end_unclaimed(job, JobCancelled("Cancelled before it ran."))
    if job.crashes >= MAX_CRASHES:
        return _end_unclaimed(job, JobCrashed())
    job.status = Job.Status.RUNNING
    job.claim_no += 1
    job.run_after = None
    job.started_at = job.started_at or now
    job.last_attempted_at = now
    job.lease_until = now + timedelta(seconds=request.lease)
    job.worker_ids = [*job.worker_ids, request.worker_id]
    taken.append(job)
    return Claim(outcome="mine", job=job)


def _store(taken: Collection[Job], now: datetime) -> None:
    """The rows are locked. Nearly all have the same history, and so go into one statement."""
    for (workers, crashes, lease_until), jobs in _grouped(taken):
        Job.objects.filter(id__in=[job.id for job in jobs]).update(
            status=Job.Status.RUNNING,
            claim_no=F("claim_no") + 1,
            crashes=crashes,
            run_after=None,
            is_parked=False,
            published_at=Coalesce("published_at", Value(now)),
            started_at=Coalesce("started_at", Value(now)),
            last_attempted_at=now,
            lease_until=lease_until,
            worker_ids=json.loads(workers),
        )


def _grouped(jobs: Collection[Job]) -> Iterable[tuple[tuple[str, int, datetime | None], list[Job]]]:
    def history(job: Job) -> tuple[str, int, datetime | None]:
        return json.dumps(job.worker_ids), job.crashes, job.lease_until

    for key, group in groupby(sorted(jobs, key=history), key=history):
        yield key, list(group)


def _end_unclaimed(job: Job, error: Exception) -> Claim:
    """The job of nobody ends under a claim of its own, as a worker's would."""
    claim_no = job.claim_no + 1
    Job.objects.filter(id=job.id).update(claim_no=claim_no, crashes=job.crashes, status=Job.Status.RUNNING)
    job.claim_no, job.status = claim_no, Job.Status.RUNNING
    end_without_worker(Ending(job=job, status=Job.Status.FAILED, error=error))
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
    claim_nos = {beat.job_id: beat.claim_no for beat in beats}
    rows = Job.objects.select_for_update().order_by("id").filter(id__in=claim_nos, status=Job.Status.RUNNING)
    held = {
        job_id: cancel_requested_at
        for job_id, claim_no, cancel_requested_at in rows.values_list("id", "claim_no", "cancel_requested_at")
        if claim_no == claim_nos[job_id]
    }
    Job.objects.filter(id__in=held).update(lease_until=until)
    for beat in beats:
        if beat.progress is not None and beat.job_id in held:
            _store_progress(beat)
    cancelled = frozenset(job_id for job_id, requested_at in held.items() if requested_at)
    return BeatResult(lost=frozenset(claim_nos) - frozenset(held), cancelled=cancelled)


def _store_progress(beat: Beat) -> None:
    try:
        with transaction.atomic():
            Job.objects.filter(id=beat.job_id).update(progress=beat.progress)
    except (DataError, IntegrityError, TypeError, ValueError) as error:
        # No JSON, or a NUL that PostgreSQL does not have: no reason to let go of every lease.
        logger.warning("progress of job %s cannot be stored: %s", beat.job_id, error)
