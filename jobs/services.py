"""What others may ask of a job that is there already."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from jobs.announcement import Announcement
from jobs.backend import JetStreamBackend, load_task
from jobs.bridge import bridge
from jobs.errors import RetryRefused
from jobs.events import publish_end
from jobs.models import Job, JobQuerySet, Step
from jobs.signals import job_retried, jobs_operated
from jobs.task import JobTask
from jobs.verdicts import cancel_ready_job

# Jobs of one transaction: locks are short, and what is committed stays done.
CHUNK = 100
PURGE_CHUNK = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class MassOutcome:
    """The jobs that were changed, and why others were not; those that no longer qualified are in neither."""

    done: list[UUID] = field(default_factory=list)
    refused: dict[UUID, str] = field(default_factory=dict)


@transaction.atomic
def cancel_job(*, job_id: UUID) -> bool:
    """End the job now if it waits, else ask its worker to, which takes some milliseconds.

    A worker that cannot be reached finds the request with its next heartbeat or claim. False when the
    job was over.
    """
    if not Job.objects.unfinished().filter(id=job_id).update(cancel_requested_at=timezone.now()):
        return False
    job = cancel_ready_job(job_id)
    if job is not None:
        transaction.on_commit(
            lambda: publish_end(owner=job.owner, job_id=job.id, claim_no=job.claim_no), robust=True
        )
    else:
        transaction.on_commit(lambda: bridge().publish_cancel(job_id), robust=True)
    return True


def cancel_jobs(job_ids: Iterable[UUID]) -> MassOutcome:
    """Each in a transaction of its own: workers beat their rows in an order that nobody knows."""
    return _change_each(job_ids, lambda job_id: cancel_job(job_id=job_id), operation="cancel", chunk=1)


@transaction.atomic
def cancel_many_jobs(*, job_ids: Collection[UUID]) -> list[UUID]:
    """End those that wait and ask the workers of those that run, in a few statements; the ids of both.

    Leaves alone a job whose row somebody else is writing at the moment: nobody waits for anybody. For those
    that waited, `task_finished` is not sent nor an end written into their logs: the caller ends what they
    stand for.
    """
    skips = connection.features.has_select_for_update_skip_locked
    unfinished = Job.objects.unfinished().filter(id__in=job_ids).select_for_update(skip_locked=skips)
    locked = dict(unfinished.order_by("id").values_list("id", "status"))
    waiting = [job_id for job_id, status in locked.items() if status == Job.Status.READY]
    now = timezone.now()
    Job.objects.filter(id__in=locked).update(cancel_requested_at=now)
    Job.objects.filter(id__in=waiting).update(
        status=Job.Status.FAILED, finished_at=now, run_after=None, is_parked=False
    )
    for job_id in locked.keys() - set(waiting):
        transaction.on_commit(partial(bridge().publish_cancel, job_id), robust=True)
    return list(locked)


@transaction.atomic
def retry_dead_job(job_id: UUID) -> bool:
    """Make a dead job ready, with all its attempts before it. False when it is not dead (any more).

    Raises `RetryRefused`. The claim that nobody had keeps message ids and event numbers rising.
    """
    _refuse_twins(job_id)
    dead = Job.objects.dead().filter(id=job_id)
    if not dead.update(
        status=Job.Status.READY,
        claim_no=F("claim_no") + 1,
        failures=0,
        crashes=0,
        progress={},
        run_after=None,
        published_at=None,
        finished_at=None,
        retried_at=timezone.now(),
    ):
        return False
    job = Job.objects.get(id=job_id)
    # What was bought in the life that failed may be why it failed.
    Step.objects.filter(job=job).delete()
    backend = _backend_of(_task_of(job))
    job_retried.send(Job, job=job)
    transaction.on_commit(partial(backend.announce, [Announcement.of(job)]), robust=True)
    return True


def _refuse_twins(job_id: UUID) -> None:
    key = Job.objects.filter(id=job_id).values_list("unique_key", flat=True).first()
    if key and Job.objects.unfinished().filter(unique_key=key).exists():
        raise RetryRefused("Another job with the same unique key has not finished yet.")


def retry_dead_jobs(job_ids: Iterable[UUID]) -> MassOutcome:
    return _change_each(job_ids, retry_dead_job, operation="retry")


def discard_job(job_id: UUID) -> bool:
    """Let a dead job rest: it is no dead letter any more. False when it was none."""
    return bool(Job.objects.dead().filter(id=job_id).update(discarded_at=timezone.now()))


def discard_jobs(job_ids: Iterable[UUID]) -> MassOutcome:
    return _change_each(job_ids, discard_job, operation="discard")


def purge_jobs(jobs: JobQuerySet) -> int:
    """Delete those that are finished, and say how many they were."""
    finished = jobs.filter(status__in=[Job.Status.SUCCESSFUL, Job.Status.FAILED])
    purged = 0
    while True:
        with transaction.atomic():
            locked = finished.order_by("id").select_for_update(skip_locked=True)
            job_ids = list(locked.values_list("id", flat=True)[:PURGE_CHUNK])
            if not job_ids:
                return purged
            Job.objects.filter(id__in=job_ids).delete()
            jobs_operated.send(Job, operation="purge", job_ids=job_ids)
        purged += len(job_ids)


def _change_each(
    job_ids: Iterable[UUID], change: Callable[[UUID], bool], *, operation: str, chunk: int = CHUNK
) -> MassOutcome:
    outcome = MassOutcome()
    remaining = iter(job_ids)
    while batch := list(islice(remaining, chunk)):
        done, refused = [], {}
        with transaction.atomic():
            for job_id in batch:
                try:
                    if change(job_id):
                        done.append(job_id)
                except RetryRefused as error:
                    refused[job_id] = error.message
            if done:
                jobs_operated.send(Job, operation=operation, job_ids=done)
        outcome.done.extend(done)
        outcome.refused.update(refused)
    return outcome


def _task_of(job: Job) -> JobTask:
    try:
        return load_task(job)
    except ImportError as error:
        raise RetryRefused(f"The code no longer has the task {job.task_path}.") from error


def _backend_of(task: JobTask) -> JetStreamBackend:
    backend = task.get_backend()
    assert isinstance(backend, JetStreamBackend)  # noqa: S101 - `JobTask`s are made for no other
    return backend
