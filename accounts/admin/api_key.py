from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.forms import CheckboxSelectMultiple, ModelForm, MultipleChoiceField, ValidationError
from django.http import HttpRequest

from accounts.actor import operator
from accounts.api_keys.services import create_api_key, revoke_api_key
from accounts.models import ApiKey
from accounts.scopes import DEFAULT_SCOPES, Scope
from codegen_site.errors import AppException

OPTIONS = [
    "mode",
    "description",
    "expires_at",
    "allowed_networks",
    "allowed_models",
    "requests_per_minute",
    "monthly_budget_microusd",
]


class ApiKeyForm(ModelForm[ApiKey]):
    scopes = MultipleChoiceField(
        choices=Scope.choices, initial=list(DEFAULT_SCOPES), widget=CheckboxSelectMultiple
    )

    def clean(self) -> dict[str, Any]:
        """Whatever refuses the key says so here: it is made, and undone."""
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        try:
            with transaction.atomic():
                create_api_key(**wanted_by(cleaned))
                transaction.set_rollback(True)
        except AppException as error:
            raise ValidationError(error.message) from error
        return cleaned

    def clean_scopes(self) -> str:
        """As they are stored."""
        return " ".join(self.cleaned_data["scopes"])


def wanted_by(cleaned: dict[str, Any]) -> dict[str, Any]:
    return {
        "organization": cleaned["organization"],
        "name": cleaned["name"],
        "scopes": cleaned["scopes"].split(),
        "owner": cleaned["owner"] or cleaned["service_account"],
        **{name: cleaned[name] for name in OPTIONS},
    }


@admin.register(ApiKey)
class ApiKeyAdmin(admin.ModelAdmin[ApiKey]):
    """A key is made here, shown once, and revoked; its secret is kept nowhere."""

    list_display = [
        "prefix",
        "mode",
        "name",
        "organization",
        "owner",
        "service_account",
        "scopes",
        "expires_at",
        "suspended_at",
        "revoked_at",
        "last_used_at",
        "last_used_address",
    ]
    list_filter = ["mode", "organization"]
    list_select_related = ["organization", "owner", "service_account"]
    search_fields = ["prefix", "name"]
    form = ApiKeyForm
    fields = ["organization", "name", "scopes", "owner", "service_account", *OPTIONS]
    autocomplete_fields = ["organization", "owner", "service_account"]
    actions = ["revoke"]

    def has_change_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        return False

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> Any:
        return ["prefix"]

    def save_model(self, request: HttpRequest, obj: ApiKey, form: ModelForm[ApiKey], change: bool) -> None:
        made, text = create_api_key(**wanted_by(form.cleaned_data), by=operator(request.user))
        obj.pk, obj.prefix = made.pk, made.prefix
        self.message_user(request, f"The key, shown this once: {text}", messages.WARNING)

    @admin.action(description="Revoke the selected keys", permissions=["delete_any"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        for api_key in queryset:
            revoke_api_key(api_key=api_key, by=operator(request.user))
        self.message_user(request, f"{len(queryset)} keys revoked.", messages.SUCCESS)

    def has_delete_any_permission(self, request: HttpRequest) -> bool:
        """To revoke is to delete, as far as permissions go."""
        return request.user.has_perm("accounts.delete_apikey")
