"""The shape of an entry of the audit log."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.actor import ActorKind
from accounts.models import AuditEntry


class ActorSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=ActorKind.choices)
    id = serializers.CharField(help_text="Of the person, the key or the service account.")
    name = serializers.CharField()
    role = serializers.CharField(help_text="At that time.")


class TargetSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField()
    id = serializers.CharField()


class AuditEntrySerializer(serializers.ModelSerializer[AuditEntry]):
    object = serializers.SerializerMethodField()
    actor = serializers.SerializerMethodField()
    target = serializers.SerializerMethodField()
    before = serializers.DictField(allow_null=True, help_text="Of what has changed; a secret is not told.")
    after = serializers.DictField(allow_null=True)
    details = serializers.DictField()
    position = serializers.IntegerField(
        allow_null=True, help_text="In the chain of the organization; null for some seconds."
    )

    class Meta:
        model = AuditEntry
        fields = [
            "id",
            "object",
            "created_at",
            "actor",
            "action",
            "target",
            "before",
            "after",
            "details",
            "address",
            "user_agent",
            "request_id",
            "position",
            "digest",
            "hash",
        ]

    def get_object(self, entry: AuditEntry) -> str:
        return "audit_entry"

    @extend_schema_field(ActorSerializer)
    def get_actor(self, entry: AuditEntry) -> dict[str, str]:
        return {"kind": entry.actor_kind, "id": entry.actor_id, "name": entry.actor, "role": entry.role}

    @extend_schema_field(TargetSerializer)
    def get_target(self, entry: AuditEntry) -> dict[str, str]:
        return {"kind": entry.object_kind, "id": entry.object_id}
