"""How a claim ends: done, failed, to be tried again, or given back. Each only while the claim is in force."""

import json
import logging
from collections import Counter
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from codegen_site.errors import AppException
from jobs.admission import admit_next
from jobs.backend import JetStreamBackend, load_task, to_result
from jobs.compat import task_finished
from jobs.config import format_error
from jobs.errors import ClaimLost, JobCancelled
from jobs.metrics import RETRIED, UNTOLD, finished
from jobs.models import Job
from jobs.retry import LONGEST_NAK_S
from jobs.window import Line

logger = logging.getLogger("jobs")

MAX_ERRORS = 5
MAX_TRACEBACK_CHARS = 8_000
TRACEBACK = "_traceback_of_job"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ending:
    """The verdict over a claimed job: `value` of one that succeeded, `error` of one that did not.

    With `is_told` the receivers of `task_finished` hear of it.
    """

    job: Job
    status: Job.Status
    value: Any = None
    error: BaseException | None = None
    counts: bool = False
    is_told: bool = True


def end_jobs(endings: Sequence[Ending]) -> list[ClaimLost | None]:
    """End them all in a few statements, or raise `ClaimLost` when one of them has lost its claim.

    Receivers of `task_finished` write in the same transaction: both ends are true, or neither. What one
    of them raises is raised.
    """
    now = timezone.now()
    alike: dict[tuple[int, str], list[Ending]] = {}
    for ending in endings:
        alike.setdefault((ending.job.claim_no, _history(ending)), []).append(ending)
    ended: list[tuple[Job, Ending]] = []
    for (claim_no, _), group in alike.items():
        first = group[0]
        fields: dict[str, Any] = {"status": first.status, "return_value": first.value}
        if first.error is not None:
            fields |= {"errors": _errors(first), "failures": first.job.failures + first.counts}
        held = Job.objects.filter(
            id__in=[ending.job.id for ending in group], claim_no=claim_no, status=Job.Status.RUNNING
        )
        fields |= {"finished_at": now, "lease_until": None}
        if held.update(**fields) < len(group):
            raise ClaimLost
        ended += [(_changed(ending.job, **fields), ending) for ending in group]
    for job, ending in ended:
        finished(job.task_path, job.status).inc()
        if ending.is_told:
            _tell(job)
    admit_next(Counter(Line.of(job) for job, _ in ended if job.owner and not job.is_parked))
    return [None] * len(endings)


def end_without_worker(ending: Ending) -> None:
    """Of a job that nobody runs: no receiver can keep it from its end."""
    try:
        with transaction.atomic():
            end_jobs([ending])
    except (ClaimLost, OperationalError, InterfaceError):
        raise
    except Exception as error:  # a receiver may raise anything
        end_jobs([untold(ending, error)])


def untold(ending: Ending, error: Exception) -> Ending:
    """The same, of which the receivers hear nothing: one of them has failed with `error`."""
    UNTOLD.inc()
    logger.error("job %s ended, but a receiver of its end failed", ending.job.id, exc_info=error)
    return replace(ending, is_told=False)


def _history(ending: Ending) -> str:
    """Endings with the same history are written by one statement; a failure is written alone."""
    if ending.error is not None:
        return str(ending.job.id)
    return "" if ending.value is None else json.dumps(ending.value)


def _errors(ending: Ending) -> list[dict[str, Any]]:
    assert ending.error is not None  # noqa: S101 - asked for by the only caller
    return [*ending.job.errors, describe_error(ending.error)][-MAX_ERRORS:]


def _changed(job: Job, **fields: Any) -> Job:
    """Of a failure a copy: it is written once more when this transaction comes to nothing."""
    job = copy(job) if "errors" in fields else job
    for name, value in fields.items():
        setattr(job, name, value)
    return job


def _tell(job: Job) -> None:
    try:
        task = load_task(job)
    except ImportError:
        logger.exception("job %s ended, but nobody was told: there is no task %s", job.id, job.task_path)
    else:
        task_finished.send(JetStreamBackend, task_result=to_result(job, task=task))


def retry_job(job: Job, *, error: BaseException, delay: float, counts: bool) -> None:
    """Ready again after `delay` seconds. Raises `ClaimLost`."""
    held = Job.objects.held_by(job_id=job.id, claim_no=job.claim_no)
    # What does not count leaves no trace: it may happen a thousand times.
    errors = [*job.errors, describe_error(error)][-MAX_ERRORS:] if counts else job.errors
    # What the broker is to forget must be found by the sweeper.
    fields: dict[str, Any] = {"published_at": None} if delay > LONGEST_NAK_S else {}
    if not held.update(
        status=Job.Status.READY,
        worker_ids=job.worker_ids if counts else job.worker_ids[:-1],
        failures=job.failures + counts,
        run_after=timezone.now() + timedelta(seconds=delay),
        lease_until=None,
        errors=errors,
        **fields,
    ):
        raise ClaimLost
    RETRIED.labels(job.task_path).inc()


def release_job(job: Job) -> None:
    """Give the job back unharmed, as a worker does that stops. Raises `ClaimLost`."""
    held = Job.objects.held_by(job_id=job.id, claim_no=job.claim_no)
    if not held.update(status=Job.Status.READY, lease_until=None, worker_ids=job.worker_ids[:-1]):
        raise ClaimLost


def cancel_ready_job(job_id: UUID) -> Job | None:
    """End a job that no worker has, and return it. `None` when one has it, or it is over."""
    job = Job.objects.select_for_update().filter(id=job_id, status=Job.Status.READY).first()
    if job is None:
        return None
    Job.objects.filter(id=job_id).update(status=Job.Status.RUNNING, is_parked=False)
    end_without_worker(
        Ending(job=job, status=Job.Status.FAILED, error=JobCancelled("Cancelled before it ran."))
    )
    return job


def keep_traceback(error: BaseException) -> None:
    """As text, where it happened: only there is known what of it is private."""
    vars(error)[TRACEBACK] = format_error(error)


def describe_error(error: BaseException) -> dict[str, Any]:
    """`{"class", "code", "message", "retryable", "traceback"}`; only our own errors have a message."""
    known = error if isinstance(error, AppException) else None
    return {
        "class": f"{type(error).__module__}.{type(error).__qualname__}",
        "code": known.code if known else None,
        "message": _storable(known.message) if known else None,
        "retryable": known.retryable if known else False,
        "traceback": _storable((vars(error).get(TRACEBACK) or format_error(error))[-MAX_TRACEBACK_CHARS:]),
    }


def _storable(text: str) -> str:
    """PostgreSQL takes neither NUL nor half of a character."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()
