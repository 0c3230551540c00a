from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import CheckboxSelectMultiple, ModelForm, MultipleChoiceField
from django.http import HttpRequest

from accounts.actor import operator
from accounts.api_keys.services import create_api_key, revoke_api_key
from accounts.models import ApiKey
from accounts.scopes import DEFAULT_SCOPES, Scope


class ApiKeyForm(ModelForm[ApiKey]):
    scopes = MultipleChoiceField(
        choices=Scope.choices, initial=list(DEFAULT_SCOPES), widget=CheckboxSelectMultiple
    )

    def clean_scopes(self) -> str:
        """As they are stored."""
        return " ".join(self.cleaned_data["scopes"])


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
            by=operator(request.user),
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
