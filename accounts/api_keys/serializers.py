"""The shapes of API keys. Their text is in none but one."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api_keys.services import DEFAULT_OVERLAP, MAX_OVERLAP
from accounts.models import ApiKey
from accounts.organizations.serializers import NamesField, address_of
from accounts.scopes import DEFAULT_SCOPES, Scope
from accounts.strict import StrictBooleanField, StrictCharField, StrictIntegerField, StrictSerializer

MAX_NETWORKS = 50
MAX_BUDGET = 10**15


class FutureField(serializers.DateTimeField):
    def to_internal_value(self, value: Any) -> Any:
        moment = super().to_internal_value(value)
        if moment <= timezone.now():
            raise serializers.ValidationError("This must be in the future.")
        return moment


class ScopesField(serializers.ListField):
    def __init__(self, **options: Any) -> None:
        child = serializers.ChoiceField(choices=Scope.choices)
        super().__init__(child=child, allow_empty=False, max_length=len(Scope), **options)

    def to_representation(self, value: Any) -> list[str]:
        """As the row has them, for the form of the browsable API."""
        return value.split() if isinstance(value, str) else list(value)


class KeyOptionsSerializer(StrictSerializer):
    name = StrictCharField(max_length=100)
    description = StrictCharField(max_length=500, allow_blank=True, default="")
    scopes = ScopesField(default=lambda: [str(scope) for scope in DEFAULT_SCOPES])
    expires_at = FutureField(allow_null=True, default=None)
    allowed_networks = serializers.ListField(
        child=StrictCharField(max_length=50),
        max_length=MAX_NETWORKS,
        default=list,
        help_text="From where it may be used: 203.0.113.0/24, 2001:db8::/32. Empty: from everywhere.",
    )
    allowed_models = NamesField(default=list, help_text="Empty: all that the organization may use.")
    requests_per_minute = StrictIntegerField(min_value=1, max_value=1_000_000, allow_null=True, default=None)
    monthly_budget_microusd = StrictIntegerField(
        min_value=0, max_value=MAX_BUDGET, allow_null=True, default=None, help_text="In millionths of a USD."
    )


class ApiKeyChangeSerializer(KeyOptionsSerializer):
    """Used with `partial=True`: what is left out stays."""

    suspended = StrictBooleanField(
        default=False, help_text="true: it opens nothing until it is taken up again, with false."
    )


class ApiKeyRequestSerializer(KeyOptionsSerializer):
    mode = serializers.ChoiceField(
        choices=ApiKey.Mode.choices,
        default=ApiKey.Mode.LIVE,
        help_text="What a test key makes is marked, and made with the installation's model for tests.",
    )
    service_account = serializers.UUIDField(
        allow_null=True,
        default=None,
        help_text="To whom it belongs, in place of the caller: it outlives the caller's membership then.",
    )


class RotateSerializer(StrictSerializer):
    overlap_s = StrictIntegerField(
        min_value=0,
        max_value=int(MAX_OVERLAP.total_seconds()),
        default=int(DEFAULT_OVERLAP.total_seconds()),
        help_text="For how many seconds the old key works beside the new one. 0 after a leak.",
    )
    expires_at = FutureField(
        required=False, allow_null=True, help_text="Of the new key; when left out, that of the old one."
    )


class ApiKeySerializer(serializers.ModelSerializer[ApiKey]):
    object = serializers.SerializerMethodField()
    scopes = serializers.SerializerMethodField()
    owner = serializers.SerializerMethodField(help_text="The member to whom it belongs.")
    service_account = serializers.UUIDField(source="service_account_id", allow_null=True)
    allowed_networks = serializers.ListField(child=serializers.CharField())
    allowed_models = serializers.ListField(child=serializers.CharField())
    status = serializers.ChoiceField(choices=ApiKey.Status.choices)
    replaced_by = serializers.UUIDField(source="replaced_by_id", allow_null=True)
    created_by = serializers.SerializerMethodField()

    class Meta:
        model = ApiKey
        fields = [
            "id",
            "object",
            "name",
            "description",
            "mode",
            "prefix",
            "scopes",
            "owner",
            "service_account",
            "status",
            "allowed_networks",
            "allowed_models",
            "requests_per_minute",
            "monthly_budget_microusd",
            "created_by",
            "created_at",
            "expires_at",
            "suspended_at",
            "revoked_at",
            "replaced_by",
            "last_used_at",
            "last_used_address",
        ]

    def get_object(self, api_key: ApiKey) -> str:
        return "api_key"

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(choices=Scope.choices)))
    def get_scopes(self, api_key: ApiKey) -> list[str]:
        return api_key.scopes.split()

    @extend_schema_field(serializers.EmailField(allow_null=True))
    def get_owner(self, api_key: ApiKey) -> str | None:
        return address_of(api_key.owner)

    @extend_schema_field(serializers.EmailField(allow_null=True))
    def get_created_by(self, api_key: ApiKey) -> str | None:
        return address_of(api_key.created_by)


class ApiKeyWithTextSerializer(ApiKeySerializer):
    """After it was made, and never again. Needs `text` in its context."""

    key = serializers.SerializerMethodField(help_text="Keep it: it is shown this once.")

    class Meta(ApiKeySerializer.Meta):
        fields = [*ApiKeySerializer.Meta.fields, "key"]

    def get_key(self, api_key: ApiKey) -> str:
        return str(self.context["text"])


class RotatedSerializer(serializers.Serializer[Any]):
    new = ApiKeyWithTextSerializer()
    old = ApiKeySerializer(help_text="It works until its `expires_at`.")
