"""Processes that read files for this one: a text that kills its parser costs that text its check, no more.

The grammars are C, and no limit of time or memory holds inside of them: 80 kB of `a<b,` take gigabytes
in one step of the TypeScript grammar. So a reader limits itself from outside, and may be lost.
"""

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from multiprocessing import Pipe

from generation.pipeline.check_quality.findings import Finding, Reading
from generation.pipeline.records import ProjectFile

MAX_READERS = min(4, os.cpu_count() or 1)
# A reader gives up by itself, by its own clock of processor time; this is for one that cannot.
FILE_PATIENCE_S = 20.0
PROJECT_PATIENCE_S = 30.0
MAX_LOST_PER_PROJECT = 3

NOT_CHECKED = Reading(
    findings=(
        Finding(
            tool="files",
            rule="not_checked",
            line=None,
            message="The file could not be checked within the limits of time and memory.",
            severity="info",
        ),
    )
)
_CODE = "import sys; from generation.pipeline.check_quality.reader import serve; serve(int(sys.argv[1]))"


class ReaderLost(Exception):
    """The process ended, or had to be ended, over the file that it was given."""


class Reader:
    """One process, for one caller at a time. It ends when this end of its connection does."""

    def __init__(self) -> None:
        self._connection, theirs = Pipe()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and code
                [sys.executable, "-c", _CODE, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env=_environment(),
            )

    @property
    def process_id(self) -> int:
        return self._process.pid

    def read(self, file: ProjectFile) -> Reading:
        """Raises `ReaderLost`."""
        try:
            self._connection.send(file)
            if self._connection.poll(FILE_PATIENCE_S):
                reading: Reading = self._connection.recv()
                return reading
        except (OSError, EOFError) as error:
            self.end()
            raise ReaderLost from error
        self.end()
        raise ReaderLost

    def end(self) -> None:
        self._connection.close()
        self._process.kill()
        self._process.wait()


def _environment() -> dict[str, str]:
    """Nothing else: whoever gets the better of a parser finds no secret."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
    return {**kept, "PYTHONPATH": os.pathsep.join(sys.path)}


class _Readers:
    """No more than `MAX_READERS`, each started when first needed and kept."""

    def __init__(self) -> None:
        self._places = threading.BoundedSemaphore(MAX_READERS)
        self._idle: list[Reader] = []

    @contextlib.contextmanager
    def place(self) -> Iterator["_Readers"]:
        with self._places:
            yield self

    def read(self, file: ProjectFile) -> Reading:
        """Raises `ReaderLost`, also where no process can be started."""
        reader = self._take()
        reading = reader.read(file)
        self._idle.append(reader)
        return reading

    def _take(self) -> Reader:
        with contextlib.suppress(IndexError):
            return self._idle.pop()
        try:
            return Reader()
        except OSError as error:
            raise ReaderLost from error


_readers = _Readers()


def read_files(files: Sequence[ProjectFile]) -> tuple[Reading, ...]:
    """A reading for each file; those that could not be had say so."""
    with _readers.place() as readers:
        return tuple(_read_in_turn(readers, files))


def _read_in_turn(readers: _Readers, files: Sequence[ProjectFile]) -> Iterator[Reading]:
    end, lost = time.monotonic() + PROJECT_PATIENCE_S, 0
    for file in files:
        if time.monotonic() > end or lost >= MAX_LOST_PER_PROJECT:
            yield NOT_CHECKED
            continue
        try:
            yield readers.read(file)
        except ReaderLost:
            lost += 1
            yield NOT_CHECKED
