"""Fairness: of each owner only a window full of jobs is with the broker, the rest is parked in SQL.

The broker hands jobs out first come, first served. With at most a window of each owner in line, a newcomer
waits behind a window and not behind ten thousand. The window is counted, not kept in a row of its own:
a count cannot drift, and no transaction of a producer holds a lock that a worker needs.
"""

import time
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from jobs.announcement import Announcement
from jobs.compat import DEFAULT_TASK_BACKEND_ALIAS, task_backends
from jobs.models import Job, JobQuerySet, LiveWorker, OwnerWeight

# While no worker is known.
USUAL_WINDOW = 1000
LEAST_WINDOW = 20
WINDOWS_PER_SLOT = 2
REMEMBERED_S = 5.0
UNSEEN_FOR_S = 5.0
MOST_LINES = 10_000


class Line(NamedTuple):
    """The jobs of one owner in one band of a queue: they run in the order in which they came."""

    owner: str
    queue: str
    band: str

    @classmethod
    def of(cls, job: Job) -> "Line":
        return cls(job.owner, job.queue_name, job.band)


class _Sizes:
    """What windows are measured by, read from SQL every few seconds."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self._read_at = float("-inf")

    def window(self, line: Line) -> int:
        if time.monotonic() - self._read_at > REMEMBERED_S:
            self._slots: dict[str, int] = {}
            self._weights = dict(OwnerWeight.objects.values_list("owner", "weight"))
            self._read_at = time.monotonic()
        if line.queue not in self._slots:
            self._slots[line.queue] = LiveWorker.objects.slots(line.queue)
        size = self._slots[line.queue] * WINDOWS_PER_SLOT or USUAL_WINDOW
        return max(1, int(max(LEAST_WINDOW, size) * self._weights.get(line.owner, 1.0)))


sizes = _Sizes()


class _Rooms:
    """Lines that had plenty of room when they were last counted, and how much of it may be used unseen.

    A quarter of it: a few processes that do so at once go beyond the window by no more than itself.
    """

    def __init__(self) -> None:
        self._left: dict[Line, tuple[int, float]] = {}

    def take(self, line: Line) -> bool:
        left, until = self._left.get(line, (0, 0.0))
        if left <= 0 or time.monotonic() > until:
            return False
        self._left[line] = (left - 1, until)
        return True

    def note(self, line: Line, room: int) -> None:
        if len(self._left) >= MOST_LINES:
            self._left.clear()
        self._left[line] = (room // 4, time.monotonic() + UNSEEN_FOR_S)

    def forget(self, line: Line) -> None:
        self._left.pop(line, None)


_rooms = _Rooms()


def park_surplus(jobs: Sequence[Job]) -> None:
    """Mark those of the new jobs that are beyond their owner's window. Jobs without an owner have none."""
    rooms: dict[Line, int] = {}
    for job in jobs:
        if not job.owner or job.run_after:
            continue
        line = Line.of(job)
        if line not in rooms:
            if _rooms.take(line):
                continue
            rooms[line] = _room(line, with_parked=True)
            _rooms.note(line, rooms[line])
        rooms[line] -= 1
        job.is_parked = rooms[line] < 0
        if job.is_parked:
            _rooms.forget(line)  # nobody overtakes it


def admit_parked(owners: Collection[str]) -> None:
    """Let the next parked jobs of these owners in where there is room. Publishes them after the COMMIT."""
    if not owners:
        return
    waiting = _parked().filter(owner__in=owners).order_by()
    for line in sorted(Line(*row) for row in waiting.values_list("owner", "queue_name", "band").distinct()):
        _admit(line)


def admit_all() -> None:
    """Look after every line: windows grow when workers come, and a worker may have died in between."""
    admit_parked(list(_parked().order_by().values_list("owner", flat=True).distinct()))


def _admit(line: Line) -> None:
    room = _room(line, with_parked=False)
    if room <= 0:
        return
    parked = _open_jobs(line).filter(is_parked=True).order_by("id")
    # Two workers that admit at once take different jobs: a window may then be exceeded by a few.
    rows = parked.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)
    jobs = list(rows[:room])
    Job.objects.filter(id__in=[job.id for job in jobs]).update(is_parked=False)
    announcements = list(map(Announcement.of, jobs))
    backend: Any = task_backends[DEFAULT_TASK_BACKEND_ALIAS]
    transaction.on_commit(partial(backend.announce, announcements), robust=True)


def _room(line: Line, *, with_parked: bool) -> int:
    """How many jobs more the window takes; none while others of the line wait before them."""
    window = sizes.window(line)
    jobs = _open_jobs(line)
    counted = jobs if with_parked else jobs.filter(is_parked=False)
    return window - counted.order_by()[:window].count()


def _parked() -> JobQuerySet:
    return Job.objects.filter(status=Job.Status.READY, is_parked=True)


def _open_jobs(line: Line) -> JobQuerySet:
    """Without those whose time has not come: a retry of tomorrow stands in nobody's way."""
    due = Q(run_after__isnull=True) | Q(run_after__lte=timezone.now())
    return Job.objects.unfinished().filter(due, owner=line.owner, queue_name=line.queue, band=line.band)


def tell_alive(worker_id: str, slots: Mapping[str, int]) -> None:
    LiveWorker.objects.update_or_create(
        id=worker_id, defaults={"slots": dict(slots), "seen_at": timezone.now()}
    )


def tell_stopped(worker_id: str) -> None:
    LiveWorker.objects.filter(id=worker_id).delete()
