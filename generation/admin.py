from dataclasses import asdict
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from codegen_site.errors import Conflict
from generation.batch_ends import look_up
from generation.models import (
    Attempt,
    Batch,
    DeliveryAttempt,
    DisabledReason,
    File,
    Generation,
    WebhookDelivery,
    WebhookEndpoint,
)
from generation.webhooks.services import resend_delivery
from generation.webhooks.switch import disable_endpoint, enable_endpoint


class ReadOnly:
    """History is looked at, not written."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


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
class GenerationAdmin(ReadOnly, admin.ModelAdmin[Generation]):
    """Every prompt, answer and failure, with each call of a model: the exact messages and the raw answer."""

    list_display = ["id", "organization", "status", "framework", "model", "cost_microusd", "created_at"]
    list_filter = ["status", "framework", "model", "cached", "organization"]
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
class AttemptAdmin(ReadOnly, admin.ModelAdmin[Attempt]):
    list_display = ["id", "generation", "status", "model", "input_tokens", "output_tokens", "latency_ms"]
    list_filter = ["status", "model", "prompt_version"]
    search_fields = ["id", "generation__id"]


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(ReadOnly, admin.ModelAdmin[WebhookEndpoint]):
    """Where organizations are told of their generations. Their secrets are shown nowhere."""

    list_display = ["url", "organization", "event_types", "failing_since", "disabled_at", "disabled_reason"]
    list_filter = ["disabled_reason", "organization"]
    search_fields = ["id", "url"]
    actions = ["enable", "disable"]

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("generation.change_webhookendpoint")

    @admin.action(description="Enable the selected webhooks", permissions=["operate"])
    def enable(self, request: HttpRequest, queryset: QuerySet[WebhookEndpoint]) -> None:
        changed = sum(enable_endpoint(endpoint.id) for endpoint in queryset)
        self.message_user(request, f"{changed} webhooks enabled.", messages.SUCCESS)

    @admin.action(description="Disable the selected webhooks", permissions=["operate"])
    def disable(self, request: HttpRequest, queryset: QuerySet[WebhookEndpoint]) -> None:
        changed = sum(disable_endpoint(row.id, reason=DisabledReason.OPERATOR) for row in queryset)
        self.message_user(request, f"{changed} webhooks disabled.", messages.SUCCESS)


class DeliveryAttemptInline(ReadOnly, admin.TabularInline[DeliveryAttempt, WebhookDelivery]):
    model = DeliveryAttempt
    extra = 0
    can_delete = False


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnly, admin.ModelAdmin[WebhookDelivery]):
    list_display = ["id", "organization", "event", "endpoint", "status", "attempt_count", "last_status_code"]
    list_filter = ["status", "event__type", "organization"]
    list_select_related = ["organization", "event", "endpoint"]
    search_fields = ["id", "event__id", "endpoint__url"]
    date_hierarchy = "created_at"
    inlines = [DeliveryAttemptInline]
    actions = ["resend"]

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("generation.change_webhookdelivery")

    @admin.action(description="Send the selected deliveries again", permissions=["operate"])
    def resend(self, request: HttpRequest, queryset: QuerySet[WebhookDelivery]) -> None:
        for delivery in queryset:
            try:
                resend_delivery(delivery=delivery)
            except Conflict as error:
                self.message_user(request, f"{delivery.id}: {error.message}", messages.ERROR)
            else:
                self.message_user(request, f"{delivery.id} is sent again.", messages.SUCCESS)


@admin.register(Batch)
class BatchAdmin(ReadOnly, admin.ModelAdmin[Batch]):
    """How far each batch is; its generations are a click away."""

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
