from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.audit.admin_trail import AuditedAdmin
from accounts.models import ServiceAccount


@admin.register(ServiceAccount)
class ServiceAccountAdmin(AuditedAdmin[ServiceAccount]):
    """It is removed by its organization, and stays for the history of its keys."""

    audit_kind = "service_account"
    list_display = ["name", "organization", "role", "created_by", "created_at", "removed_at"]
    list_filter = ["role", "organization"]
    list_select_related = ["organization", "created_by"]
    search_fields = ["name"]
    fields = ["organization", "name", "role"]
    autocomplete_fields = ["organization"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
