from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from jobs.admin import display
from jobs.admin.filters import ErrorFilter, OutcomeFilter, OwnerFilter
from jobs.admin.operations import action_for
from jobs.console.listing import short_error
from jobs.models import Job
from jobs.operations import OPERATIONS, offered_for


@admin.register(Job)
class JobAdmin(admin.ModelAdmin[Job]):
    """To look at, and to retry, discard or cancel by those who may change jobs; nobody edits one."""

    list_display = ["short_id", "state", "task", "error", "tries", "enqueued", "whose"]
    list_filter = [
        OutcomeFilter,
        "status",
        "queue_name",
        ErrorFilter,
        "task_path",
        OwnerFilter,
        ("finished_at", admin.DateFieldListFilter),
    ]
    search_fields = ["id", "owner"]
    search_help_text = "A part of an id or of an owner"
    date_hierarchy = "enqueued_at"
    ordering = ["-id"]
    list_per_page = 50
    show_full_result_count = False
    actions = [action_for(operation) for operation in OPERATIONS.values()]
    fieldsets = [
        (None, {"fields": [("state", "queue_name"), "task_path", "owner"]}),
        ("Errors, the newest first", {"fields": ["last_errors"]}),
        ("Attempts", {"fields": [("failures", "crashes", "claim_no"), "workers"]}),
        ("Arguments", {"fields": ["arguments"]}),
        ("Timeline", {"fields": ["times"]}),
        ("Result", {"fields": ["result", "last_progress"], "classes": ["collapse"]}),
    ]

    class Media:
        css = {"all": ["jobs/admin.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        return Job.objects.with_last_error()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Job | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Job | None = None) -> bool:
        return False

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("jobs.change_job")

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        job: Job | None = context.get("original")
        if job and self.has_operate_permission(request):
            context["operations"] = offered_for(job.state)
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description="id", ordering="id")
    def short_id(self, job: Job) -> SafeString:
        return display.cut_text(str(job.id), keep="end")

    @admin.display(description="state", ordering="status")
    def state(self, job: Job) -> SafeString:
        return display.badge(job)

    @admin.display(description="task", ordering="task_path")
    def task(self, job: Job) -> str:
        return job.task_path.rpartition(".")[2]

    @admin.display(description="owner", ordering="owner")
    def whose(self, job: Job) -> SafeString:
        return display.cut_text(job.owner or "-")

    @admin.display(description="tries", ordering="failures")
    def tries(self, job: Job) -> int:
        return job.failures + job.crashes

    @admin.display(description="newest error", ordering="error_class")
    def error(self, job: Job) -> SafeString:
        return format_html('<div class="job-brief">{}</div>', short_error(job))

    @admin.display(description="enqueued", ordering="enqueued_at")
    def enqueued(self, job: Job) -> SafeString:
        at = timezone.localtime(job.enqueued_at)
        day, time = f"{at:%Y-%m-%d}", f"{at:%H:%M:%S}"
        return format_html('<span class="job-cut">{}</span> <span class="job-cut">{}</span>', day, time)

    @admin.display(description="errors")
    def last_errors(self, job: Job) -> SafeString | str:
        return display.as_errors(job) if job.errors else "None."

    @admin.display(description="workers, one for each attempt")
    def workers(self, job: Job) -> str:
        return ", ".join(job.worker_ids) or "None."

    @admin.display(description="arguments")
    def arguments(self, job: Job) -> SafeString:
        return display.as_json({"args": job.args, "kwargs": job.kwargs})

    @admin.display(description="timeline")
    def times(self, job: Job) -> SafeString:
        return display.as_timeline(job)

    @admin.display(description="returned")
    def result(self, job: Job) -> SafeString:
        return display.as_json(job.return_value)

    @admin.display(description="last progress")
    def last_progress(self, job: Job) -> SafeString:
        return display.as_json(job.progress)
