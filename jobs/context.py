"""What a running task is given."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, TypeVar, cast
from uuid import UUID

from jobs import steps
from jobs.compat import TaskContext, normalize_json
from jobs.lane import keep_trying

A = TypeVar("A")
T = TypeVar("T")


class EventSink(Protocol):
    """Where the events of one claim go, in order."""

    def append(self, event_type: str, data: Mapping[str, Any]) -> None: ...


class Writer(Protocol):
    """Runs operations on the database, in a transaction, off the event loop."""

    def run(self, operation: Callable[[], T]) -> Awaitable[T]: ...

    def run_together(
        self, operation: Callable[[Sequence[A]], Sequence[T | Exception]], argument: A
    ) -> Awaitable[T]: ...


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

    async def step(
        self, name: str, call: Callable[[], Awaitable[T]], *, cost: Callable[[T], int] = lambda output: 0
    ) -> T:
        """The output of `call`, which is JSON: from the journal where an earlier claim has bought it.

        `cost` gives its price in micro-USD. Output and cost are stored in one row before this returns.
        """
        known = await self.start_step(name)
        if known is not None:
            return cast(T, known.output)
        try:
            output = cast(T, normalize_json(await call()))
        except Exception:
            await self.fail_step(name)
            raise
        await self.finish_step(name, output=output, cost_microusd=cost(output))
        return output

    async def start_step(self, name: str) -> "steps.Known | None":
        """What the journal knows of the step; else it is on record from now on that it was started."""
        start = partial(steps.start_step, job_id=self.job_id, name=name, claim_no=self.claim_no)
        return await keep_trying(lambda: self.write(start))

    async def finish_step(self, name: str, *, output: Any, cost_microusd: int) -> None:
        """What was paid for is kept until SQL takes it."""
        finish = partial(
            steps.finish_step, job_id=self.job_id, name=name, output=output, cost_microusd=cost_microusd
        )
        await keep_trying(lambda: self.write(finish))

    async def fail_step(self, name: str) -> None:
        await keep_trying(lambda: self.write(partial(steps.fail_step, job_id=self.job_id, name=name)))
