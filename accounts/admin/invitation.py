from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.actor import operator
from accounts.admin.read_only import ReadOnly
from accounts.models import Invitation
from accounts.organizations.invitations import revoke_invitation
from codegen_site.errors import InvitationOver


@admin.register(Invitation)
class InvitationAdmin(ReadOnly, admin.ModelAdmin[Invitation]):
    list_display = ["email", "organization", "role", "status", "created_by", "sent_at", "expires_at"]
    list_filter = ["organization"]
    list_select_related = ["organization", "created_by"]
    search_fields = ["email"]
    exclude = ["token_hash"]
    actions = ["revoke"]

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.change_invitation")

    @admin.action(description="Revoke the selected invitations", permissions=["operate"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> None:
        for invitation in queryset:
            try:
                revoke_invitation(invitation=invitation, by=operator(request.user))
            except InvitationOver as error:
                self.message_user(request, f"{invitation.email}: {error.message}", messages.ERROR)
            else:
                self.message_user(request, f"The invitation of {invitation.email} is revoked.")
