"""Parked jobs come into their owner's window: one for each that leaves it, more where it has grown."""

import time
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from itertools import product
from typing import Any

from django.db import connection, transaction

from jobs.announcement import Announcement
from jobs.bands import Band
from jobs.compat import DEFAULT_TASK_BACKEND_ALIAS, task_backends
from jobs.models import Job
from jobs.window import Line, parked_in, room_in, with_parked

# The sweeper counts anew every few seconds; this is for a worker whose sweeper is put off.
COUNTED_FOR_S = 15.0
LOOKED_UP_AT_ONCE = 1_000


class _Rooms:
    """The room of lines with parked jobs: counted now and then, and kept up with every end in between.

    A worker adds what it ends and takes off what it admits, so that two of them agree without a word.
    """

    def __init__(self) -> None:
        self._rooms: dict[Line, tuple[int, float]] = {}

    def freed(self, line: Line, count: int) -> int:
        """How many may come in, now that `count` have left."""
        room, until = self._rooms.get(line, (0, 0.0))
        if time.monotonic() > until:
            return self.count(line)
        self._rooms[line] = (room + count, until)
        return room + count

    def count(self, line: Line) -> int:
        room = room_in(line)
        self._rooms[line] = (room, time.monotonic() + COUNTED_FOR_S)
        return room

    def take(self, line: Line, count: int) -> None:
        room, until = self._rooms[line]
        self._rooms[line] = (room - count, until)

    def forget(self, lines: Iterable[Line]) -> None:
        """Nobody is parked there any more: from now on those who enqueue take the room unseen."""
        for line in lines:
            self._rooms.pop(line, None)

    def forget_all(self) -> None:
        self._rooms.clear()


rooms = _Rooms()


def admit_next(left: Mapping[Line, int]) -> None:
    """So many jobs have `left` their windows: the next ones come in. Publishes them after the COMMIT."""
    lines = with_parked(left)
    rooms.forget(left.keys() - set(lines))
    for line in lines:
        _admit(line, rooms.freed(line, left[line]))


def admit_all() -> None:
    """Look after every line: windows grow when workers come, and a worker may have died in between."""
    rooms.forget_all()
    for line in list(_all_with_parked()):
        _admit(line, rooms.count(line))


def _admit(line: Line, room: int) -> None:
    if room <= 0:
        return
    # Two workers that admit at once take different jobs: a window may then be exceeded by a few.
    skips = connection.features.has_select_for_update_skip_locked
    jobs = list(parked_in(line).select_for_update(skip_locked=skips)[:room])
    Job.objects.filter(id__in=[job.id for job in jobs]).update(is_parked=False)
    rooms.take(line, len(jobs))
    if len(jobs) < room:
        rooms.forget([line])
    announcements = list(map(Announcement.of, jobs))
    backend: Any = task_backends[DEFAULT_TASK_BACKEND_ALIAS]
    transaction.on_commit(partial(backend.announce, announcements), robust=True)


def _all_with_parked() -> Iterator[Line]:
    queues = task_backends[DEFAULT_TASK_BACKEND_ALIAS].queues
    lines = [Line(*line) for line in product(_owners_with_parked(), queues, Band)]
    for start in range(0, len(lines), LOOKED_UP_AT_ONCE):
        yield from with_parked(lines[start : start + LOOKED_UP_AT_ONCE])


def _owners_with_parked() -> Iterator[str]:
    """From one to the next in the index, however many jobs each of them has."""
    parked = Job.objects.filter(status=Job.Status.READY, is_parked=True).order_by("owner")
    owner: str | None = ""
    while owner := parked.filter(owner__gt=owner).values_list("owner", flat=True).first():
        yield owner
