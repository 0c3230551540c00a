"""What a task of this backend knows beyond Django's contract."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypedDict, Unpack, cast
from uuid import UUID

from jobs import compat
from jobs.compat import DEFAULT_TASK_QUEUE_NAME, InvalidTaskError, Task, TaskResult
from jobs.context import JobContext
from jobs.retry import Backoff

if TYPE_CHECKING:  # it names this class as the one of its tasks
    from jobs.backend import JetStreamBackend


__all__ = ["JobContext", "JobTask", "task"]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobTask(Task[..., Any]):
    """A task with limits. Passed as keywords of `@task`.

    `timeout` is in seconds for one attempt. `owner_arg` and `id_arg` name the keyword arguments that
    hold the owner of the job and its id; without `id_arg` the job gets an id of its own. `unique_key` is a
    format of keyword arguments, such as `"{repository}:{branch}"`: while a job with the same key of this
    task is unfinished, enqueueing gives that one.
    """

    max_attempts: int = 3
    timeout: float | None = None
    backoff: Backoff = field(default_factory=Backoff)
    owner_arg: str | None = None
    id_arg: str | None = None
    unique_key: str | None = None

    def enqueue_many(self, calls: Iterable[Mapping[str, Any]]) -> list[TaskResult[Any]]:
        """Enqueue one job for each dict of keyword arguments, in one statement. All or none."""
        return cast("JetStreamBackend", self.get_backend()).enqueue_many(self, calls)

    def owner_of(self, kwargs: Mapping[str, Any]) -> str:
        return str(self._keyword(self.owner_arg, kwargs)) if self.owner_arg else ""

    def id_of(self, kwargs: Mapping[str, Any]) -> UUID | None:
        return UUID(str(self._keyword(self.id_arg, kwargs))) if self.id_arg else None

    def unique_key_of(self, kwargs: Mapping[str, Any]) -> str:
        if self.unique_key is None:
            return ""
        try:
            return f"{self.module_path}:{self.unique_key.format_map(kwargs)}"
        except KeyError as error:
            raise InvalidTaskError(f"{self.module_path} needs {error} as a keyword argument.") from error

    def _keyword(self, name: str, kwargs: Mapping[str, Any]) -> Any:
        if name not in kwargs:
            raise InvalidTaskError(f"{self.module_path} needs {name} as a keyword argument.")
        return kwargs[name]


class Limits(TypedDict, total=False):
    """The fields of `JobTask` beyond those of Django's tasks."""

    max_attempts: int
    timeout: float | None
    backoff: Backoff
    owner_arg: str | None
    id_arg: str | None
    unique_key: str | None


def task(
    *,
    queue_name: str = DEFAULT_TASK_QUEUE_NAME,
    priority: int = 0,
    takes_context: bool = False,
    **limits: Unpack[Limits],
) -> Callable[[Callable[..., Any]], JobTask]:
    """Django's `@task` with the fields of `JobTask`; a task that takes a context gets a `JobContext`."""
    decorate: Any = compat.task
    made: Callable[[Callable[..., Any]], JobTask] = decorate(
        queue_name=queue_name, priority=priority, takes_context=takes_context, **limits
    )
    return made
