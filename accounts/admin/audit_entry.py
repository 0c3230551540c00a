import json
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.actor import operator
from accounts.admin.read_only import ReadOnly
from accounts.audit.actions import Action
from accounts.audit.canonical import INSTALLATION
from accounts.audit.formats import stream_json_lines
from accounts.audit.record import record_act
from accounts.models import AuditChain, AuditEntry
from accounts.models.audit_entry import AuditEntryQuerySet
from accounts.streaming import in_turn

# Where the page of an object is that an entry tells of.
PAGES = {
    "api_key": "accounts_apikey",
    "batch": "generation_batch",
    "generation": "generation_generation",
    "group": "auth_group",
    "invitation": "accounts_invitation",
    "job": "jobs_job",
    "organization": "accounts_organization",
    "owner_weight": "jobs_ownerweight",
    "prompt_version": "generation_promptversion",
    "service_account": "accounts_serviceaccount",
    "user": "accounts_user",
    "webhook": "generation_webhookendpoint",
    "webhook_delivery": "generation_webhookdelivery",
}


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnly, admin.ModelAdmin[AuditEntry]):
    """To look at: nobody changes what happened."""

    list_display = ["created_at", "action", "target", "who", "role", "organization", "address", "position"]
    list_filter = ["action", "actor_kind", "object_kind", "organization"]
    list_select_related = ["organization"]
    search_fields = ["object_id", "actor", "actor_id", "request_id", "address"]
    date_hierarchy = "created_at"
    show_full_result_count = False
    actions = ["export"]
    fieldsets = [
        (None, {"fields": ["created_at", "organization", "action", "target"]}),
        ("Who", {"fields": ["who", "actor_id", "role", "address", "user_agent", "request_id"]}),
        ("What", {"fields": ["shown_before", "shown_after", "shown_details"]}),
        (
            "Chain",
            {"fields": ["chain", "position", "digest", "hash", "signed_with"], "classes": ["collapse"]},
        ),
    ]

    @admin.display(description="actor", ordering="actor")
    def who(self, entry: AuditEntry) -> str:
        return f"{entry.actor or 'nobody'} ({entry.actor_kind})"

    @admin.display(description="object")
    def target(self, entry: AuditEntry) -> SafeString | str:
        text = f"{entry.object_kind} {entry.object_id}"
        try:
            page = reverse(f"admin:{PAGES.get(entry.object_kind, '')}_change", args=[entry.object_id])
        except NoReverseMatch:
            return text
        return format_html('<a href="{}">{}</a>', page, text)

    @admin.display(description="before")
    def shown_before(self, entry: AuditEntry) -> SafeString:
        return _as_json(entry.before)

    @admin.display(description="after")
    def shown_after(self, entry: AuditEntry) -> SafeString:
        return _as_json(entry.after)

    @admin.display(description="details")
    def shown_details(self, entry: AuditEntry) -> SafeString:
        return _as_json(entry.details)

    @admin.action(description="Export the selected entries as lines of JSON", permissions=["view"])
    def export(self, request: HttpRequest, queryset: QuerySet[AuditEntry]) -> StreamingHttpResponse:
        assert isinstance(queryset, AuditEntryQuerySet)  # noqa: S101 - the admin's own
        record_act(
            Action.AUDIT_EXPORTED, object_id=INSTALLATION, by=operator(request.user), entries=queryset.count()
        )
        lines = in_turn(stream_json_lines(queryset.order_by()))
        response = StreamingHttpResponse(lines, content_type="application/jsonl")
        response["Content-Disposition"] = 'attachment; filename="audit.jsonl"'
        return response


@admin.register(AuditChain)
class AuditChainAdmin(ReadOnly, admin.ModelAdmin[AuditChain]):
    """How far each chain has come; `manage.py audit verify` says whether it holds."""

    list_display = ["name", "position", "pruned_to", "pruned_until", "anchored_at", "signed_with"]
    search_fields = ["name"]


def _as_json(values: Any) -> SafeString:
    if not values:
        return format_html("{}", "-")
    return format_html('<pre class="audit-values">{}</pre>', json.dumps(values, indent=2, ensure_ascii=False))
