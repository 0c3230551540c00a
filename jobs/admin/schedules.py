from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery, UUIDField
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from jobs.models import ScheduleState, ScheduleTick
from jobs.schedules import Schedule, declared_schedules


class ReadOnly:
    """To look at."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(ScheduleState)
class ScheduleAdmin(ReadOnly, admin.ModelAdmin[ScheduleState]):
    """A schedule is declared beside its task; a worker that starts makes it known here."""

    list_display = ["name", "runs", "last_due", "last_job", "last_job_status", "next_due"]
    search_fields = ["name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ScheduleState]:
        newest = ScheduleTick.objects.filter(name=OuterRef("name")).order_by("-due_at")
        return (
            super()
            .get_queryset(request)
            .annotate(
                last_due_at=Subquery(newest.values("due_at")[:1]),
                last_job_id=Subquery(newest.values("job_id")[:1], output_field=UUIDField()),
                last_status=Subquery(newest.values("job__status")[:1]),
            )
        )

    @admin.display(empty_value="no longer declared")
    def runs(self, state: ScheduleState) -> str | None:
        schedule = _declared(state)
        if schedule is None:
            return None
        return f"every {schedule.every}" if schedule.every else f"{schedule.cron} {schedule.time_zone}"

    @admin.display(ordering="last_due_at")
    def last_due(self, state: Any) -> datetime | None:
        return state.last_due_at  # type: ignore[no-any-return]  # annotated

    @admin.display()
    def last_job(self, state: Any) -> str | None:
        return _link_to_job(state.last_job_id)

    @admin.display(ordering="last_status")
    def last_job_status(self, state: Any) -> str | None:
        return state.last_status  # type: ignore[no-any-return]  # annotated

    @admin.display()
    def next_due(self, state: ScheduleState) -> datetime | None:
        schedule = _declared(state)
        return schedule.timetable.next_after(max(state.done_until, timezone.now())) if schedule else None


@admin.register(ScheduleTick)
class ScheduleTickAdmin(ReadOnly, admin.ModelAdmin[ScheduleTick]):
    list_display = ["name", "due_at", "enqueued_at", "job_link", "job_status"]
    list_filter = ["name"]
    list_select_related = ["job"]
    date_hierarchy = "due_at"

    @admin.display(description="job")
    def job_link(self, tick: ScheduleTick) -> str | None:
        return _link_to_job(tick.job_id)

    @admin.display()
    def job_status(self, tick: ScheduleTick) -> str | None:
        return tick.job.status if tick.job else None


def _declared(state: ScheduleState) -> Schedule | None:
    return next((schedule for schedule in declared_schedules() if schedule.name == state.name), None)


def _link_to_job(job_id: object) -> str | None:
    """`None` when there is none any more."""
    if job_id is None:
        return None
    return format_html('<a href="{}">{}</a>', reverse("admin:jobs_job_change", args=[job_id]), job_id)
