"""All that is known of one job, as text and as JSON."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jobs.console.listing import head_as_json
from jobs.console.text import plain, pretty_json, shorten
from jobs.durations import format_duration
from jobs.models import Job
from jobs.timeline import last_ran_for, sentence_of, timeline_of, waited_for
from jobs.waiting import position_of

LONGEST_VALUE = 300
TRACEBACK_LINES = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    title: str
    lines: list[str]


def describe_job(job: Job, *, full: bool, now: datetime) -> list[Section]:
    """Long values and tracebacks are cut, unless `full`."""
    sections = [
        Section(title=f"Job {job.id}", lines=_pairs(_facts(job, now))),
        Section(title="Timeline", lines=_pairs(_moments(job))),
        Section(title="Arguments", lines=_json({"args": job.args, "kwargs": job.kwargs}, full=full)),
    ]
    if job.progress:
        sections.append(Section(title="Progress", lines=_json(job.progress, full=full)))
    if job.return_value is not None:
        sections.append(Section(title="Result", lines=_json(job.return_value, full=full)))
    if job.errors:
        sections.append(Section(title="Errors, the newest last", lines=list(_errors(job, full=full))))
    return sections


def _facts(job: Job, now: datetime) -> Iterator[tuple[str, str]]:
    yield "task", job.task_path
    yield "queue", job.queue_name
    yield "owner", job.owner or "-"
    yield "state", f"{job.state} ({job.status})"
    yield "attempts", f"{job.failures} failures, {job.crashes} crashes, claim {job.claim_no}"
    yield "workers", ", ".join(job.worker_ids) or "-"
    position = position_of(job)
    if position is not None:
        yield "in the queue", f"{position} before it"
    yield "waited", format_duration(waited_for(job, now=now))
    ran = last_ran_for(job, now=now)
    if ran is not None:
        yield "last ran for", format_duration(ran)


def _moments(job: Job) -> Iterator[tuple[str, str]]:
    for moment in timeline_of(job):
        offset = f"  +{format_duration(moment.after)}" if moment.after else ""
        yield moment.name, f"{moment.at:%Y-%m-%d %H:%M:%S.%f}"[:-3] + f" UTC{offset}"


def _errors(job: Job, *, full: bool) -> Iterator[str]:
    for number, error in enumerate(job.errors, start=1):
        code = f" [{error['code']}]" if error.get("code") else ""
        yield plain(f"{number}. {error['class']}{code}")
        yield plain(f"   {sentence_of(error)}")
        lines = (error.get("traceback") or "").rstrip().splitlines()
        if not full and len(lines) > TRACEBACK_LINES:
            yield f"     … {len(lines) - TRACEBACK_LINES} lines left out"
            lines = lines[-TRACEBACK_LINES:]
        yield from (plain(f"     {line}") for line in lines)


def _pairs(pairs: Iterator[tuple[str, str]]) -> list[str]:
    return [f"{name:<17}{plain(value)}" for name, value in pairs]


def _json(value: Any, *, full: bool) -> list[str]:
    return plain(pretty_json(value if full else shorten(value, longest=LONGEST_VALUE))).splitlines()


def job_as_json(job: Job) -> dict[str, Any]:
    fields = ("worker_ids", "args", "kwargs", "progress", "return_value", "errors")
    moments = {moment.name.replace(" ", "_"): moment.at.isoformat() for moment in timeline_of(job)}
    return (
        head_as_json(job)
        | {name: getattr(job, name) for name in fields}
        | {"timeline": moments, "queue_position": position_of(job)}
    )
