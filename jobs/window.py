"""Fairness: of each owner only a window full of jobs is with the broker, the rest is parked in SQL.

The broker hands jobs out first come, first served. With at most a window of each owner in line, a newcomer
waits behind a window and not behind ten thousand. The window is counted, not kept in a row of its own:
a count cannot drift, and no transaction of a producer holds a lock that a worker needs.
"""

import time
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from jobs.models import Job, JobQuerySet, LiveWorker, OwnerWeight

# While no worker is known.
USUAL_WINDOW = 1000
LEAST_WINDOW = 20
WINDOWS_PER_SLOT = 2
REMEMBERED_S = 5.0


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


def room_in(line: Line) -> int:
    """How many jobs more the window takes. A retry of tomorrow, whose time has not come, does not count."""
    window = sizes.window(line)
    due = Q(run_after__isnull=True) | Q(run_after__lte=timezone.now())
    inside = Job.objects.unfinished().filter(
        due, is_parked=False, owner=line.owner, queue_name=line.queue, band=line.band
    )
    return window - inside.order_by().values("owner")[:window].count()


def parked_in(line: Line) -> JobQuerySet:
    """Those that wait for a place, the next one first."""
    parked = Job.objects.filter(status=Job.Status.READY, is_parked=True)
    return parked.filter(owner=line.owner, queue_name=line.queue, band=line.band).order_by("id")


WITH_PARKED = """
WITH line (owner, queue_name, band) AS (VALUES {lines})
SELECT owner, queue_name, band FROM line WHERE EXISTS (
    SELECT 1 FROM jobs_job AS job
    WHERE job.status = 'READY' AND job.is_parked
        AND job.owner = line.owner AND job.queue_name = line.queue_name AND job.band = line.band
)
"""


def with_parked(lines: Iterable[Line]) -> list[Line]:
    """Those of the lines in which a job is parked, in their order: a step into the index for each of them.

    Not DISTINCT over the parked, which reads all of them: that may be a hundred thousand.
    """
    ordered = sorted(lines)
    if not ordered:
        return []
    statement = WITH_PARKED.format(lines=", ".join(["(%s, %s, %s)"] * len(ordered)))
    with connection.cursor() as cursor:
        cursor.execute(statement, [value for line in ordered for value in line])
        return sorted(Line(*row) for row in cursor.fetchall())


def tell_alive(worker_id: str, slots: Mapping[str, int]) -> None:
    LiveWorker.objects.update_or_create(
        id=worker_id, defaults={"slots": dict(slots), "seen_at": timezone.now()}
    )


def tell_stopped(worker_id: str) -> None:
    LiveWorker.objects.filter(id=worker_id).delete()
