"""One thread that writes to SQL for a whole worker, many operations in one commit.

A commit costs the same for one operation as for two hundred, and so does a statement: operations of one
kind that wait together are handed to their function together.
"""

import asyncio
import logging
import queue
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import InterfaceError, OperationalError, connection, transaction

from jobs.metrics import LANE_BATCH

logger = logging.getLogger("jobs")

A = TypeVar("A")
R = TypeVar("R")

MOST_AT_ONCE = 1024
# After a batch of at least this size more is on its way: it is worth a moment to let it gather.
BUSY = 8
GATHER_S = 0.001
TRY_AGAIN_S = 1.0
# A value, or the exception that its operation ended with.
Outcome = Any
# Entered inside each transaction and left before its COMMIT: what an app has to do last in it.
around_transactions: list[Callable[[], AbstractContextManager[None]]] = []


@dataclass(frozen=True, slots=True)
class _Operation:
    run: Callable[[Sequence[Any]], Sequence[Outcome]]
    argument: Any
    loop: asyncio.AbstractEventLoop
    future: "asyncio.Future[Any]"


async def keep_trying(write: Callable[[], Awaitable[R]]) -> R:
    """While SQL is away; the claim is beaten meanwhile, or lost. Raises what SQL will never take."""
    while True:
        try:
            return await write()
        except (OperationalError, InterfaceError) as error:
            logger.warning("not written yet: %s", error)
            await asyncio.sleep(TRY_AGAIN_S)


class Lane:
    """Operations of one kind run together in a savepoint; when it fails, each in one of its own.

    It belongs to one event loop. What is asked for in one turn of the loop is handed over together: the
    thread is woken once, and the two do not fight for the interpreter.
    """

    def __init__(self) -> None:
        self._gathered: list[_Operation] = []
        self._waiting: queue.SimpleQueue[list[_Operation] | None] = queue.SimpleQueue()
        self._is_busy = False
        self._thread = threading.Thread(target=self._work, name="jobs-lane", daemon=True)
        self._thread.start()

    async def run(self, operation: Callable[[], R]) -> R:
        """Returns after the COMMIT. Raises what the operation raised, or the error of the commit."""
        return await self.run_together(lambda arguments: [operation()], None)

    async def run_together(
        self, operation: Callable[[Sequence[A]], Sequence[R | Exception]], argument: A
    ) -> R:
        """As `run`, with all who wait for the same `operation`: it gives an outcome for each argument."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[R] = loop.create_future()
        self._gathered.append(_Operation(operation, argument, loop, future))
        if len(self._gathered) == 1:
            loop.call_soon(self._hand_over)
        return await future

    def close(self) -> None:
        """Finish what waits, then end the thread."""
        self._hand_over()
        self._waiting.put(None)
        self._thread.join(timeout=10)

    def _hand_over(self) -> None:
        gathered, self._gathered = self._gathered, []
        if gathered:
            self._waiting.put(gathered)

    def _work(self) -> None:
        open_ = True
        while open_:
            waiting, open_ = self._take()
            for start in range(0, len(waiting), MOST_AT_ONCE):
                self._commit(waiting[start : start + MOST_AT_ONCE])
        connection.close()

    def _take(self) -> tuple[list[_Operation], bool]:
        """Everything that waits, at least one; and whether more may come."""
        taken: list[_Operation] = []
        items = self._waiting.get()
        if self._is_busy:
            time.sleep(GATHER_S)
        while True:
            if items is None:
                return taken, False
            taken += [item for item in items if not item.future.cancelled()]
            try:
                items = self._waiting.get_nowait()
            except queue.Empty:
                return taken, True

    def _commit(self, batch: list[_Operation]) -> None:
        LANE_BATCH.observe(len(batch))
        self._is_busy = len(batch) >= BUSY
        batch[0].loop.call_soon_threadsafe(_tell, self._write(batch))

    def _write(self, batch: list[_Operation]) -> list[tuple[_Operation, Outcome]]:
        try:
            return _write_together(batch)
        except Exception as error:  # the thread outlives whatever a batch may do
            # Nothing of the batch was committed, and the connection may be dead.
            connection.close()
            if len(batch) == 1 or isinstance(error, OperationalError | InterfaceError):
                return [(operation, error) for operation in batch]
        # The COMMIT itself was refused, for a foreign key say: only one of them is to blame.
        return [outcome for operation in batch for outcome in self._write([operation])]


def _write_together(batch: list[_Operation]) -> list[tuple[_Operation, Outcome]]:
    kinds: dict[Callable[..., Any], list[_Operation]] = {}
    for operation in batch:
        kinds.setdefault(operation.run, []).append(operation)
    outcomes: list[tuple[_Operation, Outcome]] = []
    with transaction.atomic(), ExitStack() as stack:
        for surround in around_transactions:
            stack.enter_context(surround())
        for run, operations in kinds.items():
            results = _attempt(run, [operation.argument for operation in operations])
            outcomes.extend(zip(operations, results, strict=True))
        _check_transaction()
    return outcomes


def _check_transaction() -> None:
    """When it was lost, with its connection say, Django would roll back without a word."""
    if connection.needs_rollback:
        raise OperationalError("The transaction was lost before its commit.")


def _attempt(run: Callable[[Sequence[Any]], Sequence[Outcome]], arguments: Sequence[Any]) -> list[Outcome]:
    try:
        with transaction.atomic():
            return list(run(arguments))
    except Exception as error:  # handed to the one who waits; the writes of the others go on
        if len(arguments) == 1:
            return [error]
    return [outcome for argument in arguments for outcome in _attempt(run, [argument])]


def _tell(outcomes: Sequence[tuple[_Operation, Outcome]]) -> None:
    for operation, outcome in outcomes:
        if operation.future.done():
            continue
        if isinstance(outcome, BaseException):
            operation.future.set_exception(outcome)
        else:
            operation.future.set_result(outcome)
