"""What a task of this backend knows beyond Django's contract, and what it is given while it runs."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast
from uuid import UUID

from jobs import compat
from jobs.compat import DEFAULT_TASK_QUEUE_NAME, InvalidTaskError, Task, TaskContext, TaskResult

if TYPE_CHECKING:
    from jobs.backend import JetStreamBackend

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class JobTask(Task[..., Any]):
    """A task with limits. Passed as keywords of `@task`.

    `timeout` is in seconds for one attempt. `owner_arg` and `id_arg` name the keyword arguments that
    hold the owner of the job and its id; without `id_arg` the job gets an id of its own.
    """

    max_attempts: int = 3
    timeout: float | None = None
    owner_arg: str | None = None
    id_arg: str | None = None

    def enqueue_many(self, calls: Iterable[Mapping[str, Any]]) -> list[TaskResult[Any]]:
        """Enqueue one job for each dict of keyword arguments, in one statement. All or none."""
        return cast("JetStreamBackend", self.get_backend()).enqueue_many(self, calls)

    def owner_of(self, kwargs: Mapping[str, Any]) -> str:
        return str(self._keyword(self.owner_arg, kwargs)) if self.owner_arg else ""

    def id_of(self, kwargs: Mapping[str, Any]) -> UUID | None:
        return UUID(str(self._keyword(self.id_arg, kwargs))) if self.id_arg else None

    def _keyword(self, name: str, kwargs: Mapping[str, Any]) -> Any:
        if name not in kwargs:
            raise InvalidTaskError(f"{self.module_path} needs {name} as a keyword argument.")
        return kwargs[name]


class EventSink(Protocol):
    """Where the events of one claim go, in order."""

    def append(self, event_type: str, data: Mapping[str, Any]) -> None: ...


class Writer(Protocol):
    """Runs one operation on the database, in a transaction, off the event loop."""

    def run(self, operation: Callable[[], T]) -> Awaitable[T]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class JobContext(TaskContext):
    """What a running task may do besides its work."""

    job_id: UUID
    claim_no: int
    events: EventSink
    writer: Writer
    hold: Callable[[], None]
    report: Callable[[dict[str, Any]], None]

    async def write(self, operation: Callable[[], T]) -> T:
        """Run `operation` in a transaction, only while this claim is in force.

        Raises `ClaimLost` when another worker has taken the job over: nothing is written then.
        """

        def fenced() -> T:
            self.hold()
            return operation()

        return await self.writer.run(fenced)


def task(
    *,
    queue_name: str = DEFAULT_TASK_QUEUE_NAME,
    takes_context: bool = False,
    max_attempts: int = 3,
    timeout: float | None = None,
    owner_arg: str | None = None,
    id_arg: str | None = None,
) -> Callable[[Callable[..., Any]], JobTask]:
    """Django's `@task` with the fields of `JobTask`; a task that takes a context gets a `JobContext`."""
    decorate: Any = compat.task
    made: Callable[[Callable[..., Any]], JobTask] = decorate(
        queue_name=queue_name,
        takes_context=takes_context,
        max_attempts=max_attempts,
        timeout=timeout,
        owner_arg=owner_arg,
        id_arg=id_arg,
    )
    return made
