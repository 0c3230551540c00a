"""Retry, discard and cancel in the admin: asked for, confirmed with their number, carried out, logged."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from jobs.models import Job, JobQuerySet
from jobs.operations import Operation
from jobs.services import MassOutcome

SHOWN = 10

Action = Callable[["admin.ModelAdmin[Job]", HttpRequest, QuerySet[Job]], HttpResponse]


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    operation: Operation
    meant: JobQuerySet
    selected: int
    until: datetime


def action_for(operation: Operation) -> Action:
    """An action of the list of jobs, for those who may change them."""

    @admin.action(description=f"{operation.label} selected jobs", permissions=["operate"])
    def act(
        model_admin: "admin.ModelAdmin[Job]", request: HttpRequest, queryset: QuerySet[Job]
    ) -> HttpResponse:
        confirmed = _confirmed_until(request)
        until = confirmed or timezone.now()
        qualified = operation.qualified(Job.objects.filter(id__in=queryset.order_by().values("id")))
        # As many as were confirmed: those that have come to qualify since are not meant.
        meant = qualified.filter(**{f"{operation.moment}__lte": until})
        if not confirmed:
            return _ask(
                model_admin,
                request,
                Question(operation=operation, meant=meant, selected=queryset.count(), until=until),
            )
        outcome = operation.carry_out(list(meant.order_by("id").values_list("id", flat=True)))
        _tell(model_admin, request, operation, outcome)
        return HttpResponseRedirect(_back_address(request))

    act.__name__ = f"{operation.name}_jobs"
    return act


def _confirmed_until(request: HttpRequest) -> datetime | None:
    try:
        until = parse_datetime(request.POST.get("until", ""))
    except ValueError:
        return None
    return until if until and timezone.is_aware(until) else None


def _ask(model_admin: "admin.ModelAdmin[Job]", request: HttpRequest, question: Question) -> TemplateResponse:
    operation, meant = question.operation, question.meant
    count = meant.count()
    by_task = meant.order_by().values_list("task_path").annotate(count=Count("id"))
    context = {
        **model_admin.admin_site.each_context(request),
        "title": f"{operation.label} {_jobs(count)}?" if count else f"Nothing to {operation.name}",
        "opts": model_admin.opts,
        "media": model_admin.media,
        "operation": operation,
        "count": count,
        "left_out": question.selected - count,
        "by_task": by_task.order_by("-count"),
        "jobs": meant.with_last_error().order_by("-id")[:SHOWN],
        "more": max(count - SHOWN, 0),
        "hidden": _hidden_fields(request, question),
        "back": _back_address(request),
    }
    return TemplateResponse(request, "admin/jobs/job/confirm.html", context)


def _hidden_fields(request: HttpRequest, question: Question) -> list[tuple[str, str]]:
    """What the confirmation sends again: the same action on the same selection."""
    again = [(name, request.POST[name]) for name in ("select_across", "from_job") if name in request.POST]
    return [
        *((ACTION_CHECKBOX_NAME, job_id) for job_id in request.POST.getlist(ACTION_CHECKBOX_NAME)),
        ("action", f"{question.operation.name}_jobs"),
        ("until", question.until.isoformat()),
        *again,
    ]


def _tell(
    model_admin: "admin.ModelAdmin[Job]", request: HttpRequest, operation: Operation, outcome: MassOutcome
) -> None:
    if outcome.done:
        LogEntry.objects.log_actions(
            cast(int, request.user.pk),
            Job.objects.filter(id__in=outcome.done).only("task_path"),
            CHANGE,
            f"{operation.done.capitalize()}.",
        )
    level = messages.SUCCESS if outcome.done else messages.WARNING
    model_admin.message_user(request, f"{_jobs(len(outcome.done))} {operation.done}.", level)
    for reason, refused in Counter(outcome.refused.values()).most_common(5):
        model_admin.message_user(request, f"{refused} refused: {reason}", messages.ERROR)


def _back_address(request: HttpRequest) -> str:
    """The page of the job, when the button was there; else the list with its filters."""
    job_ids = request.POST.getlist(ACTION_CHECKBOX_NAME)
    if request.POST.get("from_job") and job_ids:
        return reverse("admin:jobs_job_change", args=[job_ids[0]])
    return request.get_full_path()


def _jobs(count: int) -> str:
    return "1 job" if count == 1 else f"{count} jobs"
