from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db.models import QuerySet
from django.forms import CharField
from django.http import HttpRequest

from accounts.actor import operator
from accounts.admin.membership import MembersInline, TellsMemberships
from accounts.audit.admin_trail import AuditedAdmin
from accounts.models import Organization
from accounts.organizations.deletion import request_deletion
from accounts.organizations.suspension import suspend_organization, unsuspend_organization
from accounts.plans.admin import PlanAdmin


class ReasonForm(ActionForm):
    reason = CharField(max_length=200, required=False, label="Reason of a suspension")


@admin.register(Organization)
class OrganizationAdmin(TellsMemberships, PlanAdmin, AuditedAdmin[Organization]):
    """Deleted by an action alone, with the delay that everybody has: what it owns is in more than one app."""

    audit_kind = "organization"
    list_display = [
        "name",
        "slug",
        "plan",
        "created_at",
        "suspended_at",
        "suspended_reason",
        "deletion_due_at",
    ]
    list_filter = [
        "plan",
        *((name, admin.EmptyFieldListFilter) for name in ("suspended_at", "deletion_due_at")),
    ]
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    readonly_fields = [
        "limits",
        "suspended_at",
        "suspended_reason",
        "deletion_requested_at",
        "deletion_due_at",
    ]
    inlines = [MembersInline]
    action_form = ReasonForm
    actions = ["suspend", "unsuspend", "ask_for_deletion"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.change_organization")

    def has_end_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.delete_organization")

    @admin.action(description="Suspend the selected organizations", permissions=["operate"])
    def suspend(self, request: HttpRequest, queryset: QuerySet[Organization]) -> None:
        for organization in queryset:
            suspend_organization(
                organization=organization, reason=request.POST.get("reason", ""), by=operator(request.user)
            )
        self.message_user(request, f"{len(queryset)} organizations are suspended.", messages.SUCCESS)

    @admin.action(description="Let the selected organizations go on", permissions=["operate"])
    def unsuspend(self, request: HttpRequest, queryset: QuerySet[Organization]) -> None:
        for organization in queryset:
            unsuspend_organization(organization=organization, by=operator(request.user))
        self.message_user(request, f"{len(queryset)} organizations go on.", messages.SUCCESS)

    @admin.action(description="Delete the selected organizations after the delay", permissions=["end"])
    def ask_for_deletion(self, request: HttpRequest, queryset: QuerySet[Organization]) -> None:
        for organization in queryset:
            asked = request_deletion(
                organization=organization, confirmation=organization.slug, by=operator(request.user)
            )
            said = f"{asked} is deleted on {asked.deletion_due_at:%Y-%m-%d}; an owner can undo it."
            self.message_user(request, said, messages.WARNING)
