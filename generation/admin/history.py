"""What was asked, what came of it, and every call of a model on the way."""

from dataclasses import asdict
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.audit.actions import Action
from accounts.audit.admin_trail import AuditedAdmin, PrivatePage
from generation.admin.read_only import ReadOnly
from generation.batch_ends import look_up
from generation.models import Attempt, Batch, File, Generation


class FileInline(ReadOnly, admin.TabularInline[File, Generation]):
    model = File
    extra = 0
    can_delete = False
    fields = ["path", "language", "size", "content"]


class AttemptInline(ReadOnly, admin.StackedInline[Attempt, Generation]):
    model = Attempt
    extra = 0
    can_delete = False


@admin.register(Generation)
class GenerationAdmin(ReadOnly, PrivatePage[Generation], AuditedAdmin[Generation]):
    """Every prompt, answer and failure, with each call of a model: the exact messages and the raw answer."""

    audit_kind = "generation"
    audit_fields = ("status", "model", "framework", "created_at")
    read_action = Action.GENERATION_READ
    list_display = ["id", "organization", "status", "framework", "model", "cost_microusd", "created_at"]
    list_filter = ["status", "framework", "model", "prompt_version", "cached", "organization"]
    search_fields = ["id", "prompt"]
    date_hierarchy = "created_at"
    readonly_fields = ["job"]
    inlines = [FileInline, AttemptInline]

    def get_fields(self, request: HttpRequest, obj: Generation | None = None) -> Any:
        return ["job", *(name for name in super().get_fields(request, obj) if name != "job")]

    @admin.display(description="job")
    def job(self, generation: Generation) -> SafeString | str:
        """Where it is retried, or cancelled."""
        if generation.cached:
            return "None: the answer was known."
        job_id = generation.leader_id or generation.id
        return format_html('<a href="{}">{}</a>', reverse("admin:jobs_job_change", args=[job_id]), job_id)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Generation]:
        return super().get_queryset(request).select_related("organization")


@admin.register(Attempt)
class AttemptAdmin(ReadOnly, PrivatePage[Attempt], AuditedAdmin[Attempt]):
    audit_kind = "attempt"
    audit_fields = ("generation_id", "number", "status", "model")
    read_action = Action.GENERATION_READ
    list_display = ["id", "generation", "status", "model", "input_tokens", "output_tokens", "latency_ms"]
    list_filter = ["status", "model", "prompt_version"]
    search_fields = ["id", "generation__id"]

    def what_is_read(self, obj: Attempt) -> list[Generation]:
        return [obj.generation]


@admin.register(Batch)
class BatchAdmin(ReadOnly, AuditedAdmin[Batch]):
    """How far each batch is; its generations are a click away."""

    audit_kind = "batch"
    audit_fields = ("status", "total", "created_at")
    list_display = ["id", "organization", "status", "total", "counts", "created_at", "finished_at"]
    list_filter = ["status", "organization"]
    list_select_related = ["organization"]
    list_per_page = 25
    search_fields = ["id"]
    date_hierarchy = "created_at"
    readonly_fields = ["counts", "lines"]

    @admin.display(description="lines")
    def counts(self, batch: Batch) -> str:
        counted = asdict(look_up([batch])[0].counts)
        return ", ".join(f"{count:,} {name}" for name, count in counted.items() if count and name != "total")

    @admin.display(description="generations")
    def lines(self, batch: Batch) -> str:
        address = reverse("admin:generation_generation_changelist")
        return format_html('<a href="{}?batch={}">Show them</a>', address, batch.id)
