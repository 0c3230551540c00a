"""The folder of the embedded stack: one stack at a time uses it."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from codegen_site.up.errors import CannotRun


class AlreadyRunning(CannotRun):
    """Another stack uses the folder; says where it answers."""


@contextmanager
def only_stack_of(directory: Path, *, address: str) -> Iterator[None]:
    """Raises `AlreadyRunning`. The kernel frees the lock however the process ends: it is never stale."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise AlreadyRunning(f"A stack runs in {directory} already, at {lock.read()}.") from None
        lock.truncate(0)
        lock.write(address)
        lock.flush()
        yield
