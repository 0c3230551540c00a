"""Django's tasks contract on SQL and JetStream: the row is the task, the message only rings."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any
from uuid import UUID

from django.core import checks
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.module_loading import import_string

from jobs.announcement import Announcement
from jobs.bands import band_of
from jobs.bridge import bridge
from jobs.compat import (
    BaseTaskBackend,
    InvalidTaskError,
    Task,
    TaskError,
    TaskResult,
    TaskResultDoesNotExist,
    TaskResultStatus,
    normalize_json,
    task_enqueued,
)
from jobs.config import OPTIONS
from jobs.models import Job
from jobs.parking import park_surplus
from jobs.task import JobTask


class JetStreamBackend(BaseTaskBackend):
    """Jobs are rows of the caller's transaction; after its commit the id goes to the broker."""

    task_class = JobTask  # type: ignore[assignment]  # of the class, not of an instance
    supports_defer = True
    supports_async_task = True
    supports_get_result = True
    supports_priority = True

    def validate_task(self, task: Task[..., Any]) -> None:
        super().validate_task(task)
        if not isinstance(task, JobTask):
            raise InvalidTaskError(f"{task.module_path} was not made for this backend.")

    def enqueue(self, task: Task[..., Any], args: Iterable[Any], kwargs: dict[str, Any]) -> TaskResult[Any]:
        """Raises `IntegrityError` when a job with the id that the task names is there already."""
        self.validate_task(task)
        assert isinstance(task, JobTask)  # noqa: S101 - validated in the line above
        job = make_job(task, args, kwargs)
        if job.unique_key:
            return self._enqueue_unless_there(task, job)
        return self._store(task, [job])[0]

    def enqueue_many(self, task: JobTask, calls: Iterable[Mapping[str, Any]]) -> list[TaskResult[Any]]:
        """Raises `IntegrityError` when the id or the unique key of one of them is there already."""
        self.validate_task(task)
        return self._store(task, [make_job(task, [], kwargs) for kwargs in calls])

    def _enqueue_unless_there(self, task: JobTask, job: Job) -> TaskResult[Any]:
        """Of two that come at once, the database lets one in; the other finds it on its second look."""
        same = Job.objects.unfinished().filter(unique_key=job.unique_key)
        for is_last in (False, False, True):
            there = same.first()
            if there is not None:
                return to_result(there, backend=self.alias)
            try:
                with transaction.atomic():
                    return self._store(task, [job])[0]
            except IntegrityError:
                if is_last or Job.objects.filter(id=job.id).exists():
                    raise  # it is not for the unique key
        raise AssertionError("unreachable")

    def _store(self, task: JobTask, jobs: Sequence[Job]) -> list[TaskResult[Any]]:
        park_surplus(jobs)
        if len(jobs) == 1:
            jobs[0].save(force_insert=True)  # a bulk of one has a transaction to open and to close
        else:
            Job.objects.bulk_create(jobs)
        if task.run_after is None:
            announcements = [Announcement.of(job) for job in jobs if not job.is_parked]
            transaction.on_commit(partial(self.announce, announcements), robust=True)
        results = [to_result(job, task=task, backend=self.alias) for job in jobs]
        for result in results:
            task_enqueued.send(type(self), task_result=result)
        return results

    def announce(self, announcements: Sequence[Announcement]) -> None:
        bridge().announce(announcements)

    def get_result(self, result_id: str) -> TaskResult[Any]:
        try:
            job = Job.objects.get(id=UUID(str(result_id)))
        except (Job.DoesNotExist, ValueError, ValidationError) as error:
            raise TaskResultDoesNotExist(result_id) from error
        return to_result(job, backend=self.alias)

    def check(self, **kwargs: Any) -> Iterable[checks.CheckMessage]:
        unknown = sorted(set(self.options) - OPTIONS)
        if unknown:
            yield checks.Error(
                f"TASKS[{self.alias!r}]['OPTIONS'] has unknown keys: {', '.join(unknown)}.",
                hint=f"Known are: {', '.join(sorted(OPTIONS))}.",
                id="jobs.E001",
            )


def make_job(task: JobTask, args: Iterable[Any], kwargs: Mapping[str, Any]) -> Job:
    job = Job(
        task_path=task.module_path,
        queue_name=task.queue_name,
        owner=task.owner_of(kwargs),
        priority=task.priority,
        band=band_of(task.priority),
        unique_key=task.unique_key_of(kwargs),
        args=normalize_json(list(args)),
        kwargs=normalize_json(dict(kwargs)),
        run_after=task.run_after,
    )
    job.id = task.id_of(kwargs) or job.id
    return job


def load_task(job: Job) -> JobTask:
    """The task of a row. Raises `ImportError` when the code no longer has it."""
    return _load_task(job.task_path, job.queue_name, job.priority)


@lru_cache(maxsize=1000)
def _load_task(path: str, queue_name: str, priority: int) -> JobTask:
    task = import_string(path)
    if not isinstance(task, JobTask):
        raise ImportError(f"{path} is not a task.")  # noqa: TRY004 - as if it were not there
    return task.using(queue_name=queue_name, priority=priority)


def to_result(job: Job, *, backend: str = "default", task: JobTask | None = None) -> TaskResult[Any]:
    result: TaskResult[Any] = TaskResult(
        task=task or load_task(job),
        id=str(job.id),
        status=TaskResultStatus(job.status),
        enqueued_at=job.enqueued_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        last_attempted_at=job.last_attempted_at,
        args=job.args,
        kwargs=job.kwargs,
        backend=backend,
        errors=[
            TaskError(exception_class_path=error["class"], traceback=error["traceback"])
            for error in job.errors
        ],
        worker_ids=list(job.worker_ids),
    )
    object.__setattr__(result, "_return_value", job.return_value)
    return result
