"""What happened to a job and when, for people who look at it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from jobs.models import Job


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    name: str
    at: datetime
    # Since the job was enqueued.
    after: timedelta


def timeline_of(job: Job) -> list[Moment]:
    """In the order in which it happened, or will."""
    moments = {
        "enqueued": job.enqueued_at,
        "published": job.published_at,
        "first started": job.started_at,
        "last attempt": job.last_attempted_at,
        "retried": job.retried_at,
        "due": job.run_after,
        "lease ends": job.lease_until,
        "cancel requested": job.cancel_requested_at,
        "finished": job.finished_at,
        "discarded": job.discarded_at,
    }
    known = [
        Moment(name=name, at=at, after=at - job.enqueued_at) for name, at in moments.items() if at is not None
    ]
    return sorted(known, key=lambda moment: moment.at)


def waited_for(job: Job, *, now: datetime) -> timedelta:
    """From its enqueueing to its first start, or until now."""
    return (job.started_at or job.finished_at or now) - job.enqueued_at


def last_ran_for(job: Job, *, now: datetime) -> timedelta | None:
    """The last attempt of a job that runs or is over; `None` for one that waits, or was never run."""
    if job.last_attempted_at is None or job.status == Job.Status.READY:
        return None
    return (job.finished_at or now) - job.last_attempted_at


def sentence_of(error: dict[str, str | None]) -> str:
    """What an error says: its message, or the last line of its traceback."""
    lines = (error.get("traceback") or "").strip().splitlines()
    return error.get("message") or (lines[-1] if lines else error.get("class") or "")
