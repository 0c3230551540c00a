"""Jobs in a list, as columns and as JSON: those that were found `with_last_error`."""

from datetime import datetime
from typing import Any

from jobs.console.text import Column
from jobs.durations import format_age
from jobs.models import Job

COLUMNS = [
    Column(heading="ID"),
    Column(heading="STATE"),
    Column(heading="TASK", elastic=True, cut="left"),
    Column(heading="QUEUE", dispensable=True),
    Column(heading="OWNER", elastic=True, dispensable=True),
    Column(heading="AGE"),
    Column(heading="TRIES", dispensable=True),
    Column(heading="ERROR", elastic=True),
]


def cells_of(job: Job, *, now: datetime) -> list[str]:
    return [
        str(job.id),
        job.state,
        job.task_path,
        job.queue_name,
        job.owner or "-",
        format_age(now - job.enqueued_at),
        str(job.failures + job.crashes),
        short_error(job),
    ]


def short_error(job: Job) -> str:
    """`"LLMRateLimited: Slow down."`; empty without one."""
    name: str = (job.error_class or "").rpartition(".")[2]  # type: ignore[attr-defined]  # annotated
    message: str = job.error_message or ""  # type: ignore[attr-defined]
    return f"{name}: {message}" if message else name


def row_as_json(job: Job) -> dict[str, Any]:
    error = {"class": job.error_class, "message": job.error_message}  # type: ignore[attr-defined]  # annotated
    return head_as_json(job) | {"error": error if error["class"] else None}


def head_as_json(job: Job) -> dict[str, Any]:
    return {
        "id": str(job.id),
        "state": job.state,
        "status": job.status,
        "task": job.task_path,
        "queue": job.queue_name,
        "owner": job.owner,
        "failures": job.failures,
        "crashes": job.crashes,
        "claim_no": job.claim_no,
        "enqueued_at": job.enqueued_at.isoformat(),
        "started_at": job.started_at.isoformat() if job.started_at else None,
        "finished_at": job.finished_at.isoformat() if job.finished_at else None,
    }
