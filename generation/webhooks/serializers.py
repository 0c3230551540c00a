"""The shapes of webhooks: what a request may say, and what is given out. A secret is in none but one."""

import json
from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.strict import StrictBooleanField, StrictCharField, StrictIntegerField, StrictSerializer
from generation.models import DeliveryAttempt, WebhookDelivery, WebhookEndpoint, WebhookSecret
from generation.models.webhook import SUBSCRIBABLE, all_events
from generation.webhooks.services import DEFAULT_OVERLAP

MAX_OVERLAP_S = 7 * 86_400


class EventTypesField(serializers.ListField):
    """Without doubles, in the order of their names."""

    def __init__(self, **options: Any) -> None:
        child = serializers.ChoiceField(choices=SUBSCRIBABLE)
        help_text = "Which events are sent; * is all of them, those to come included."
        super().__init__(child=child, allow_empty=False, help_text=help_text, **options)

    def to_internal_value(self, data: Any) -> list[str]:
        return sorted(set(super().to_internal_value(data)))


class WebhookRequestSerializer(StrictSerializer):
    url = StrictCharField(
        max_length=2000,
        help_text=f"{'http or https' if settings.WEBHOOKS_ALLOW_HTTP else 'https'}, on a public host.",
    )
    description = StrictCharField(max_length=200, allow_blank=True, default="")
    event_types = EventTypesField(default=all_events)


class WebhookChangeSerializer(WebhookRequestSerializer):
    """Used with `partial=True`: what is left out stays."""

    enabled = StrictBooleanField(required=False, help_text="Enabling it again forgets its failures.")


class RotateSecretSerializer(StrictSerializer):
    overlap_s = StrictIntegerField(
        min_value=0,
        max_value=MAX_OVERLAP_S,
        default=int(DEFAULT_OVERLAP.total_seconds()),
        help_text="For how many seconds the secrets before it sign too. 0 after a leak.",
    )


class WebhookSecretSerializer(serializers.ModelSerializer[WebhookSecret]):
    """That there is one, not what it is."""

    class Meta:
        model = WebhookSecret
        fields = ["created_at", "expires_at"]


class WebhookSerializer(serializers.ModelSerializer[WebhookEndpoint]):
    object = serializers.SerializerMethodField()
    event_types = serializers.ListField(child=serializers.CharField())
    enabled = serializers.BooleanField(source="is_enabled")
    failing_since = serializers.DateTimeField(
        help_text="The first failed attempt after the last success.", allow_null=True
    )
    signing_secrets = serializers.SerializerMethodField(help_text="Those that sign now, the newest first.")

    class Meta:
        model = WebhookEndpoint
        fields = [
            "id",
            "object",
            "url",
            "description",
            "event_types",
            "enabled",
            "disabled_at",
            "disabled_reason",
            "failing_since",
            "signing_secrets",
            "created_at",
        ]

    def get_object(self, endpoint: WebhookEndpoint) -> str:
        return "webhook"

    @extend_schema_field(WebhookSecretSerializer(many=True))
    def get_signing_secrets(self, endpoint: WebhookEndpoint) -> Any:
        return WebhookSecretSerializer(endpoint.secrets.signing(), many=True).data


class WebhookWithSecretSerializer(WebhookSerializer):
    """After its creation and after a rotation, and never again. Needs `secret` in its context."""

    secret = serializers.SerializerMethodField(help_text="Keep it: it is shown this once.")

    class Meta(WebhookSerializer.Meta):
        fields = [*WebhookSerializer.Meta.fields, "secret"]

    def get_secret(self, endpoint: WebhookEndpoint) -> str:
        return str(self.context["secret"])


class DeliveryAttemptSerializer(serializers.ModelSerializer[DeliveryAttempt]):
    class Meta:
        model = DeliveryAttempt
        fields = ["number", "started_at", "latency_ms", "status_code", "response_body", "error"]


class DeliveryHeadSerializer(serializers.ModelSerializer[WebhookDelivery]):
    """A delivery without its attempts, as lists show it."""

    object = serializers.SerializerMethodField()
    event_id = serializers.UUIDField(help_text="The webhook-id of every attempt.")
    event_type = serializers.CharField(source="event.type")

    class Meta:
        model = WebhookDelivery
        fields = [
            "id",
            "object",
            "event_id",
            "event_type",
            "status",
            "attempt_count",
            "last_status_code",
            "last_error",
            "created_at",
            "next_attempt_at",
            "finished_at",
        ]

    def get_object(self, delivery: WebhookDelivery) -> str:
        return "webhook_delivery"


class DeliverySerializer(DeliveryHeadSerializer):
    payload = serializers.SerializerMethodField(help_text="What is sent.")
    attempts = DeliveryAttemptSerializer(many=True, read_only=True)

    class Meta(DeliveryHeadSerializer.Meta):
        fields = [*DeliveryHeadSerializer.Meta.fields, "payload", "attempts"]

    def get_payload(self, delivery: WebhookDelivery) -> dict[str, Any]:
        return dict(json.loads(delivery.event.body))
