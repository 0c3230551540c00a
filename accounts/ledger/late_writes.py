"""What every transaction of an organization writes to, it writes last, and all of them in one order.

A balance is a row that many transactions want. Whoever takes it early holds everybody else up until its
COMMIT; and of two workers that end many generations in one transaction, each in the order in which they
happened to end, one would wait for the other, and the other for it.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol, Self, cast

from django.db import connection, transaction


class Change(Protocol):
    """A sum that is added to one row. `key` says which, and in which order rows are taken."""

    @property
    def key(self) -> tuple[Any, ...]: ...

    def __add__(self, other: Any, /) -> Self: ...

    def write(self) -> None: ...


@dataclass(eq=False, slots=True)
class _Waiting:
    """Kept among what is to run after the COMMIT: so a savepoint that is rolled back takes it along."""

    change: Change
    is_written: bool = False

    def __call__(self) -> None:
        """There is nothing left to do after the COMMIT."""


_is_gathering: ContextVar[bool] = ContextVar("is_gathering", default=False)


@contextmanager
def write_late() -> Iterator[None]:
    """Around what a transaction does: the changes of the block are written at its end, each row once."""
    token = _is_gathering.set(True)
    try:
        yield
    finally:
        _is_gathering.reset(token)
    write_waiting()


def add_late(*changes: Change) -> None:
    """Inside a transaction. Outside of `write_late` at once, since nothing comes after it."""
    if not _is_gathering.get():
        _write(changes)
        return
    for change in changes:
        transaction.on_commit(_Waiting(change))


def write_waiting() -> None:
    """Those of what has not been rolled back."""
    callbacks = cast("list[tuple[Any, ...]]", connection.run_on_commit)
    waiting = [run for _, run, *_ in callbacks if isinstance(run, _Waiting)]
    _write([one.change for one in waiting if not one.is_written])
    for one in waiting:
        one.is_written = True


def _write(changes: Iterable[Change]) -> None:
    sums: dict[tuple[Any, ...], Change] = {}
    for change in changes:
        sums[change.key] = sums[change.key] + change if change.key in sums else change
    for key in sorted(sums):
        sums[key].write()
