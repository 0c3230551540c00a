"""A job in words and markup: everything that others wrote is escaped."""

from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from jobs.console.text import pretty_json
from jobs.durations import format_duration
from jobs.models import Job
from jobs.timeline import last_ran_for, sentence_of, timeline_of, waited_for
from jobs.waiting import position_of


def badge(job: Job) -> SafeString:
    return format_html('<span class="job-state job-{0}">{0}</span>', job.state)


def cut_text(text: str, *, keep: str = "start") -> SafeString:
    """Thirteen characters of it; all of it under the pointer."""
    shown = text if len(text) <= 13 else "…" + text[-12:] if keep == "end" else text[:12] + "…"
    return format_html('<span class="job-cut" title="{}">{}</span>', text, shown)


def as_json(value: Any) -> SafeString:
    return format_html('<pre class="job-text">{}</pre>', pretty_json(value))


def as_errors(job: Job) -> SafeString:
    """Newest first; the newest is open."""
    errors = [{**error, "sentence": sentence_of(error)} for error in reversed(job.errors)]
    return render_to_string("admin/jobs/job/errors.html", {"errors": errors})


def as_timeline(job: Job) -> SafeString:
    now = timezone.now()
    ran = last_ran_for(job, now=now)
    context = {
        "moments": [(moment.name, moment.at, format_duration(moment.after)) for moment in timeline_of(job)],
        "waited": format_duration(waited_for(job, now=now)),
        "position": position_of(job),
        "ran": format_duration(ran) if ran is not None else None,
    }
    return render_to_string("admin/jobs/job/timeline.html", context)
