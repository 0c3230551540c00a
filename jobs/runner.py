"""One job from its claim to its verdict."""

import asyncio
import contextvars
import logging
import random
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from inspect import iscoroutinefunction
from typing import Any, Literal, Protocol, cast
from uuid import UUID

import structlog
from asgiref.sync import sync_to_async
from django.db import Error as DatabaseError
from django.db import close_old_connections
from django.utils import timezone

from jobs.backend import JetStreamBackend, load_task, to_result
from jobs.claims import Claim, ClaimRequest, claim_jobs, hold_claim
from jobs.compat import normalize_json, task_started
from jobs.config import Timing
from jobs.context import JobContext, Writer
from jobs.errors import ClaimLost, JobCancelled
from jobs.events import EventWriter
from jobs.lane import keep_trying
from jobs.metrics import CLAIMS_LOST
from jobs.models import Job
from jobs.retry import LONGEST_NAK_S, Backoff, History, Retry, decide_retry
from jobs.task import JobTask
from jobs.verdicts import Ending, end_jobs, keep_traceback, release_job, retry_job, untold

logger = logging.getLogger("jobs")

StopReason = Literal["cancelled", "lost", "shutdown"]


class Handle(Protocol):
    """What the broker wants to hear about the job it handed over."""

    async def ack(self) -> None: ...

    async def nak(self, delay: float = 0) -> None: ...

    async def keep(self) -> None: ...


@dataclass(kw_only=True)
class Running:
    """A job that this worker has claimed."""

    job: Job
    handle: Handle
    events: EventWriter
    task: "asyncio.Task[Any]"
    is_in_body: bool = True
    stop_reason: StopReason | None = None
    progress: dict[str, Any] = field(default_factory=dict)
    saved_progress: dict[str, Any] = field(default_factory=dict)

    def stop(self, reason: StopReason) -> None:
        """Interrupt the task's code; what was decided after its end is not interrupted."""
        if self.stop_reason is None and self.is_in_body:
            self.stop_reason = reason
            self.task.cancel()


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """How a task's code came to its end."""

    value: Any = None
    error: BaseException | None = None
    was_cancelled: bool = False


@dataclass(kw_only=True)
class Runner:
    """Runs jobs and keeps the book of those that run."""

    worker_id: str
    writer: Writer
    timing: Timing
    threads: ThreadPoolExecutor
    publish_event: Callable[[Job, bytes], None]
    bury: Callable[[UUID], Awaitable[None]]
    running: dict[UUID, Running] = field(default_factory=dict)

    async def run(self, job_id: UUID, handle: Handle) -> None:
        request = ClaimRequest(job_id=job_id, worker_id=self.worker_id, lease=self.timing.lease)
        try:
            claim: Claim = await self.writer.run_together(claim_jobs, request)
        except DatabaseError as error:
            logger.warning("job %s not claimed: %s", job_id, error)
            await handle.nak(2)
            return
        match claim.outcome:
            case "mine" if claim.job:
                await self._run_claimed(claim.job, handle)
            case "later" if claim.delay > LONGEST_NAK_S:
                await handle.ack()
            case "later":
                await handle.nak(claim.delay)
            case _:
                await self._forget(job_id, claim, handle)

    async def _forget(self, job_id: UUID, claim: Claim, handle: Handle) -> None:
        if claim.outcome == "unknown":
            await self.bury(job_id)
        elif claim.job:
            _end_log(claim.job, self._events_of(claim.job))
        await handle.ack()

    async def _run_claimed(self, job: Job, handle: Handle) -> None:
        structlog.contextvars.bind_contextvars(job_id=str(job.id))
        running = Running(
            job=job,
            handle=handle,
            events=self._events_of(job),
            task=cast("asyncio.Task[Any]", asyncio.current_task()),
            progress=job.progress,
            saved_progress=job.progress,
        )
        before = self.running.get(job.id)
        if before is not None:  # frozen longer than its lease, this worker has taken over from itself
            before.stop("lost")
        self.running[job.id] = running
        try:
            await self._conclude(running, await self._outcome(running))
        except ClaimLost:
            CLAIMS_LOST.inc()
            logger.warning("job %s was taken over by another worker", job.id)
        finally:
            if self.running.get(job.id) is running:
                del self.running[job.id]

    def _events_of(self, job: Job) -> EventWriter:
        return EventWriter(partial(self.publish_event, job), claim_no=job.claim_no)

    async def _outcome(self, running: Running) -> Outcome:
        """Not a task of its own, which would cost more than all else of a short job."""
        try:
            return Outcome(value=await self._execute(running.job, running.events))
        except asyncio.CancelledError:
            if running.stop_reason is not None:
                running.task.uncancel()
            elif running.task.cancelling():
                raise  # it is the worker that is cancelled, not the job
            return Outcome(was_cancelled=True)
        except (Exception, SystemExit) as error:  # a verdict: a task that calls exit() has failed
            keep_traceback(error)
            return Outcome(error=error)
        finally:
            running.is_in_body = False

    async def _execute(self, job: Job, events: EventWriter) -> Any:
        task = load_task(job)
        if task_started.has_listeners(JetStreamBackend):
            task_started.send_robust(JetStreamBackend, task_result=to_result(job, task=task))
        call = self._call(task, job, *self._contexts(task, job, events))
        if task.timeout is None:
            return normalize_json(await call)
        async with asyncio.timeout(task.timeout):
            return normalize_json(await call)

    def _contexts(self, task: JobTask, job: Job, events: EventWriter) -> Iterator[JobContext]:
        """What the task gets before its arguments: a context, if it takes one."""
        if task.takes_context:
            yield JobContext(
                task_result=to_result(job, task=task),
                job_id=job.id,
                claim_no=job.claim_no,
                events=events,
                writer=self.writer,
                hold=partial(hold_claim, job.id, job.claim_no, timing=self.timing),
                report=partial(self._report, job.id),
            )

    async def _call(self, task: JobTask, job: Job, *context: JobContext) -> Any:
        if iscoroutinefunction(task.func):
            return await task.func(*context, *job.args, **job.kwargs)
        call = partial(_in_thread, task.func, *context, *job.args, **job.kwargs)
        variables = contextvars.copy_context()
        return await asyncio.get_running_loop().run_in_executor(self.threads, variables.run, call)

    def _report(self, job_id: UUID, progress: dict[str, Any]) -> None:
        if job_id in self.running:
            self.running[job_id].progress = progress

    async def _conclude(self, running: Running, outcome: Outcome) -> None:
        """Write the verdict, then tell the broker: acknowledged before its COMMIT, a job could be lost."""
        job = running.job
        if running.stop_reason == "lost" or isinstance(outcome.error, ClaimLost):
            raise ClaimLost
        if running.stop_reason == "shutdown" and outcome.was_cancelled:
            await keep_trying(lambda: self.writer.run(partial(release_job, job)))
            await running.handle.nak()
        elif outcome.was_cancelled:
            await self._end(running, _failed(job, JobCancelled("Cancelled while it ran.")))
        elif outcome.error is None:
            await self._end(running, Ending(job=job, status=Job.Status.SUCCESSFUL, value=outcome.value))
        else:
            await self._fail(running, outcome.error)

    async def _fail(self, running: Running, error: BaseException) -> None:
        job = running.job
        logger.warning("job %s failed: %s: %s", job.id, type(error).__name__, error)
        if isinstance(error, DatabaseError):
            # The thread in which coroutines read: nobody else would ever notice that its connection is dead.
            await sync_to_async(close_old_connections, thread_sensitive=True)()
        task = _task_of(job)
        verdict = decide_retry(
            error,
            history=_history_of(job),
            max_attempts=task.max_attempts if task else 1,
            backoff=task.backoff if task else Backoff(),
            jitter=random.random(),  # noqa: S311 - spreads load, guards nothing
        )
        if not isinstance(verdict, Retry):
            await self._end(running, _failed(job, error))
            return
        again = partial(retry_job, job, error=error, delay=verdict.delay, counts=verdict.counts)
        await keep_trying(lambda: self.writer.run(again))
        running.events.flush()
        if verdict.delay > LONGEST_NAK_S:
            await running.handle.ack()
        else:
            await running.handle.nak(verdict.delay)

    async def _end(self, running: Running, ending: Ending) -> None:
        await self._write_end(ending)
        _end_log(running.job, running.events)
        await running.handle.ack()

    async def _write_end(self, ending: Ending) -> None:
        """What SQL will never take (PostgreSQL has no NUL, say), or a receiver, makes a failure of it."""
        if (error := await self._refusal(ending)) is None:
            return
        logger.warning("the end of job %s cannot be stored: %s", ending.job.id, error)
        failure = _failed(ending.job, error)
        if error := await self._refusal(failure):
            await self._try_to_end(untold(failure, error))

    async def _refusal(self, ending: Ending) -> Exception | None:
        try:
            await self._try_to_end(ending)
        except ClaimLost:
            raise
        except Exception as error:  # a receiver may raise anything
            return error
        return None

    async def _try_to_end(self, ending: Ending) -> None:
        await keep_trying(lambda: self.writer.run_together(end_jobs, ending))


def _failed(job: Job, error: BaseException) -> Ending:
    return Ending(job=job, status=Job.Status.FAILED, error=error, counts=not isinstance(error, JobCancelled))


def _end_log(job: Job, events: EventWriter) -> None:
    """Only a task with a context has written a log, that somebody may follow."""
    task = _task_of(job)
    if task is None or task.takes_context:
        events.end()


def _history_of(job: Job) -> History:
    began = job.retried_at or job.started_at or job.enqueued_at
    return History(failures=job.failures, age=timezone.now() - began)


def _task_of(job: Job) -> JobTask | None:
    try:
        return load_task(job)
    except ImportError:
        return None


def _in_thread(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    close_old_connections()
    try:
        return function(*args, **kwargs)
    finally:
        close_old_connections()
