"""One thread that writes to SQL for a whole worker, many operations in one commit.

A commit costs the same for one operation as for two hundred; QUEUE figures: 11 times the rate on
SQLite, 22 times on PostgreSQL.
"""

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import Error, connection, transaction

T = TypeVar("T")

MOST_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class _Operation:
    run: Callable[[], Any]
    future: "Future[Any]"


class Lane:
    """Operations run in the order in which they were handed in, each in a savepoint of its own."""

    def __init__(self) -> None:
        self._waiting: queue.SimpleQueue[_Operation | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="jobs-lane", daemon=True)
        self._thread.start()

    async def run(self, operation: Callable[[], T]) -> T:
        """Returns after the COMMIT. Raises what the operation raised, or the error of the commit."""
        future: Future[T] = Future()
        self._waiting.put(_Operation(operation, future))
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """Finish what waits, then end the thread."""
        self._waiting.put(None)
        self._thread.join(timeout=10)

    def _work(self) -> None:
        open_ = True
        while open_:
            batch, open_ = self._take()
            if batch:
                self._commit(batch)
        connection.close()

    def _take(self) -> tuple[list[_Operation], bool]:
        """Everything that waits, at least one; and whether more may come."""
        batch: list[_Operation] = []
        item = self._waiting.get()
        while True:
            if item is None:
                return batch, False
            if item.future.set_running_or_notify_cancel():
                batch.append(item)
            if len(batch) >= MOST_AT_ONCE:
                return batch, True
            try:
                item = self._waiting.get_nowait()
            except queue.Empty:
                return batch, True

    def _commit(self, batch: list[_Operation]) -> None:
        outcomes: list[tuple[Any, BaseException | None]] = []
        try:
            with transaction.atomic():
                outcomes.extend(_attempt(operation.run) for operation in batch)
        except Error as error:
            # Nothing of the batch was committed, and the connection may be dead.
            connection.close()
            outcomes = [(None, error)] * len(batch)
        for operation, (value, failure) in zip(batch, outcomes, strict=True):
            if failure is None:
                operation.future.set_result(value)
            else:
                operation.future.set_exception(failure)


def _attempt(operation: Callable[[], Any]) -> tuple[Any, BaseException | None]:
    try:
        with transaction.atomic():
            return operation(), None
    except Exception as error:  # handed to the one who waits; the writes of the others go on
        return None, error
