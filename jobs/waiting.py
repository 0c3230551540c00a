"""How long a job has to wait, as far as can be told."""

from datetime import timedelta
from typing import NamedTuple

from django.db.models import Avg, F, Q

from jobs.bands import Band
from jobs.models import Job, LiveWorker

# Their average duration is taken for that of the next ones.
RECENT = 50


class Waiting(NamedTuple):
    """`position` jobs run before it; `seconds` until it starts, `None` where nothing is known."""

    position: int
    seconds: float | None


def waiting_of(job: Job) -> Waiting | None:
    """`None` when it no longer waits."""
    if job.status != Job.Status.READY:
        return None
    position = _position(job)
    slots = LiveWorker.objects.slots(job.queue_name)
    duration = _usual_duration(job.queue_name)
    if not slots or duration is None:
        return Waiting(position, None)
    # Those before it are taken by all slots side by side; a free one takes it at once.
    busy = Job.objects.filter(status=Job.Status.RUNNING, queue_name=job.queue_name).count()
    rounds = max(0, position + busy - slots + 1) / slots
    return Waiting(position, round(rounds * duration.total_seconds(), 1))


def position_of(job: Job) -> int | None:
    """`None` when it no longer waits."""
    return _position(job) if job.status == Job.Status.READY else None


def _position(job: Job) -> int:
    """Of its line those that are older; of the others those that are admitted, as far as they go first."""
    ready = Job.objects.filter(status=Job.Status.READY, queue_name=job.queue_name)
    own_line = Q(owner=job.owner, band=job.band, id__lt=job.id)
    bands = list(Band)
    first = Q(band__in=bands[: bands.index(Band(job.band))])
    beside = Q(band=job.band) if job.is_parked else Q(band=job.band, id__lt=job.id)
    others = Q(is_parked=False) & ~Q(owner=job.owner, band=job.band) & (first | beside)
    return ready.filter(own_line | others).count()


def _usual_duration(queue: str) -> timedelta | None:
    recent = Job.objects.filter(queue_name=queue, status=Job.Status.SUCCESSFUL).order_by("-id")[:RECENT]
    durations = Job.objects.filter(id__in=recent.values("id")).annotate(
        duration=F("finished_at") - F("started_at")
    )
    average: timedelta | None = durations.aggregate(average=Avg("duration"))["average"]
    return average
