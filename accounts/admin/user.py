from django.contrib import admin

from accounts.admin.membership import MembershipInline, TellsMemberships
from accounts.audit.admin_trail import AuditedAdmin
from accounts.login.admin import LoginAdmin
from accounts.models import User


@admin.register(User)
class UserAdmin(TellsMemberships, AuditedAdmin[User], LoginAdmin):
    """Django's own, with the e-mail address as the login."""

    audit_kind = "user"
    told_elsewhere = frozenset({"created"})  # by a receiver, of every new account
    ordering = ["email"]
    list_display = ["email", "is_active", "is_staff", "created_at"]
    list_filter = ["is_active", "is_staff", "is_superuser"]
    search_fields = ["email"]
    fieldsets = [
        (None, {"fields": ["email", "password"]}),
        ("Login", {"fields": LoginAdmin.login_fields}),
        ("Permissions", {"fields": ["is_active", "is_staff", "is_superuser", "groups", "user_permissions"]}),
        ("Dates", {"fields": ["last_login", "created_at"]}),
    ]
    inlines = [MembershipInline]
