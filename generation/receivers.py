"""A job that ended badly ends its generation, one that is retried begins it anew: in the same transaction.

The last generation of a batch ends the batch.
"""

from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.dispatch import receiver

from accounts.ledger.reserving import reserve_again
from codegen_site.errors import JobLost, QuotaExceeded
from generation import transitions
from generation.batch_ends import end_batch_if_done
from generation.integrations import known_answers
from generation.models import Generation
from generation.queueing import cancel_in_flight, tell_queued
from generation.signals import generation_ended
from generation.tasks import run_generation
from jobs.compat import TaskResult, TaskResultStatus, task_finished
from jobs.errors import JobCancelled, RetryRefused
from jobs.models import Job
from jobs.signals import job_retried


@receiver(task_finished)
def end_generation(task_result: TaskResult[Any], **kwargs: Any) -> None:
    is_ours = task_result.task.module_path == run_generation.module_path
    if not is_ours or task_result.status != TaskResultStatus.FAILED:
        return
    job = Job.objects.get(id=task_result.id)
    error = job.last_error or {}
    with transaction.atomic():
        if error.get("class") == f"{JobCancelled.__module__}.{JobCancelled.__qualname__}":
            cancel_in_flight(job.id)
            return
        transitions.fail(
            job.id,
            code=error.get("code") or JobLost.code,
            message=error.get("message") or _sentence_for(error.get("class", "")),
            retryable=bool(error.get("retryable", JobLost.retryable)),
        )
    transaction.on_commit(lambda: _leave_lead(job.id), robust=True)


@receiver(generation_ended)
def end_batch(generation: Generation, **kwargs: Any) -> None:
    """After the COMMIT: of two lines that end at the same moment, the later one sees both."""
    if generation.batch_id:
        transaction.on_commit(partial(end_batch_if_done, generation.batch_id), robust=True)


@receiver(job_retried)
def begin_generation_anew(job: Job, **kwargs: Any) -> None:
    """Those that had joined it and failed with it stay as they are. Raises `RetryRefused`."""
    if job.task_path != run_generation.module_path:
        return
    if not transitions.requeue(job.id):
        raise RetryRefused(_why_not(job.id))
    generation = Generation.objects.select_related("organization", "api_key").get(id=job.id)
    try:
        reserve_again(
            organization=generation.organization, api_key=generation.api_key, generation_id=generation.id
        )
    except QuotaExceeded as error:
        raise RetryRefused(error.message) from error
    tell_queued(job.id, owner=job.owner, claim_no=job.claim_no)


def _why_not(generation_id: UUID) -> str:
    status = Generation.objects.filter(id=generation_id).values_list("status", flat=True).first()
    if status is None:
        return "Its generation was deleted."
    if Generation.objects.filter(id=generation_id).exclude(erased_at=None).exists():
        return "Its prompt was erased."
    return f"Its generation is {status}: only a failed one can be run again."


def _sentence_for(error_class: str) -> str:
    if error_class == "builtins.TimeoutError":
        return "The generation took longer than it may."
    return JobLost.message


def _leave_lead(generation_id: UUID) -> None:
    key = Generation.objects.filter(id=generation_id).values_list("answer_key", flat=True).first()
    if key:
        known_answers.leave_lead(key)
