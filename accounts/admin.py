from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import CheckboxSelectMultiple, ModelForm, MultipleChoiceField
from django.http import HttpRequest

from accounts.login.admin import LoginAdmin
from accounts.models import ApiKey, AuditEntry, Membership, Organization, User
from accounts.scopes import DEFAULT_SCOPES, Scope
from accounts.services import create_api_key, revoke_api_key


class ApiKeyForm(ModelForm[ApiKey]):
    scopes = MultipleChoiceField(
        choices=Scope.choices, initial=list(DEFAULT_SCOPES), widget=CheckboxSelectMultiple
    )

    def clean_scopes(self) -> str:
        """As they are stored."""
        return " ".join(self.cleaned_data["scopes"])


class MembershipInline(admin.TabularInline[Membership, Any]):
    model = Membership
    extra = 0
    autocomplete_fields = ["user", "organization"]


@admin.register(User)
class UserAdmin(LoginAdmin):
    """Django's own, with the e-mail address as the login."""

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


@admin.register(Organization)
class OrganizationAdmin(admin.ModelAdmin[Organization]):
    list_display = ["name", "slug", "created_at", "suspended_at"]
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [MembershipInline]


@admin.register(ApiKey)
class ApiKeyAdmin(admin.ModelAdmin[ApiKey]):
    """A key is made here, shown once, and revoked; its secret is kept nowhere."""

    list_display = ["prefix", "name", "organization", "scopes", "expires_at", "revoked_at", "last_used_at"]
    list_filter = ["organization"]
    search_fields = ["prefix", "name"]
    form = ApiKeyForm
    fields = ["organization", "name", "scopes", "expires_at"]
    autocomplete_fields = ["organization"]
    actions = ["revoke"]

    def has_change_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        return False

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> Any:
        return ["prefix"]

    def save_model(self, request: HttpRequest, obj: ApiKey, form: ModelForm[ApiKey], change: bool) -> None:
        made, text = create_api_key(
            organization=obj.organization,
            name=obj.name,
            scopes=obj.scopes.split(),
            created_by=request.user if isinstance(request.user, User) else None,
            expires_at=obj.expires_at,
        )
        obj.pk, obj.prefix = made.pk, made.prefix
        self.message_user(request, f"The key, shown this once: {text}", messages.WARNING)

    @admin.action(description="Revoke the selected keys", permissions=["delete_any"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        for api_key in queryset:
            revoke_api_key(api_key=api_key)
        self.message_user(request, f"{len(queryset)} keys revoked.", messages.SUCCESS)

    def has_delete_any_permission(self, request: HttpRequest) -> bool:
        """To revoke is to delete, as far as permissions go."""
        return request.user.has_perm("accounts.delete_apikey")


@admin.register(AuditEntry)
class AuditEntryAdmin(admin.ModelAdmin[AuditEntry]):
    """To look at: nobody changes what happened."""

    list_display = ["created_at", "organization", "actor", "action", "object_id"]
    list_filter = ["action", "organization"]
    list_select_related = ["organization"]
    search_fields = ["object_id", "actor"]
    date_hierarchy = "created_at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        return False
