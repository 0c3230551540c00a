"""How usage and quotas are asked for and shown."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.ledger.periods import day_of
from accounts.ledger.quota import UNITS, Quota, QuotaState
from accounts.ledger.reporting import MOST_DAYS, Dimension


class DimensionsField(serializers.Field[Any, Any, Any, Any]):
    """Several, separated by commas or given several times."""

    def get_value(self, dictionary: Any) -> Any:
        given = dictionary.getlist(self.field_name)
        return [part.strip() for text in given for part in text.split(",")] if given else serializers.empty

    def to_internal_value(self, data: list[str]) -> tuple[Dimension, ...]:
        unknown = [name for name in data if name not in Dimension.values]
        if unknown:
            raise serializers.ValidationError(
                f"{unknown[0][:40]!r} is not one of {', '.join(Dimension.values)}."
            )
        return tuple(dict.fromkeys(map(Dimension, data)))

    def to_representation(self, value: Any) -> Any:
        return value


class UsageQuerySerializer(serializers.Serializer[Any]):
    """`from` and `to` are days of UTC, and both belong to what is asked for. Default: this month, by day."""

    to = serializers.DateField(required=False)
    group_by = DimensionsField(required=False)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """`from` is a word of Python's own."""
        return {"from": serializers.DateField(required=False), **super().get_fields()}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        until = attrs.get("to") or day_of(timezone.now())
        since = attrs.get("from") or until.replace(day=1)
        if since > until:
            raise serializers.ValidationError({"from": ["This must not be later than `to`."]})
        if (until - since).days >= MOST_DAYS:
            raise serializers.ValidationError({"from": [f"At most {MOST_DAYS} days can be asked for."]})
        return {"since": since, "until": until, "group_by": attrs.get("group_by") or (Dimension.DAY,)}


class FiguresSerializer(serializers.Serializer[Any]):
    generations = serializers.IntegerField()
    calls = serializers.IntegerField(help_text="Of a model.")
    input_tokens = serializers.IntegerField(help_text="Including cached_tokens.")
    output_tokens = serializers.IntegerField(help_text="Including reasoning_tokens.")
    reasoning_tokens = serializers.IntegerField()
    cached_tokens = serializers.IntegerField()
    cost_microusd = serializers.IntegerField(help_text="Millionths of a US dollar.")


class UsageRowSerializer(FiguresSerializer):
    """With the columns of what it was grouped by."""

    day = serializers.DateField(required=False)
    model = serializers.CharField(required=False)
    api_key_id = serializers.UUIDField(required=False, allow_null=True)
    api_key_name = serializers.CharField(
        required=False, allow_null=True, help_text="Null for a key that is gone, and for members."
    )
    member_id = serializers.IntegerField(required=False, allow_null=True)
    member_email = serializers.CharField(
        required=False, allow_null=True, help_text="Null for a member who has left, and for keys."
    )
    framework = serializers.CharField(required=False)
    purpose = serializers.CharField(
        required=False, help_text="answer, or what it took beyond the first: retry, continuation, repair, …"
    )


class PurposeRowSerializer(FiguresSerializer):
    purpose = serializers.CharField()


class UsageReportSerializer(serializers.Serializer[Any]):
    object = serializers.CharField()
    since = serializers.DateField()
    until = serializers.DateField()
    group_by = serializers.ListField(child=serializers.ChoiceField(choices=Dimension.choices))
    columns = serializers.ListField(child=serializers.CharField())
    data = UsageRowSerializer(many=True)  # type: ignore[assignment]
    by_purpose = PurposeRowSerializer(many=True, help_text="What continuations and repairs took, apart.")
    total = FiguresSerializer()


class QuotaStateSerializer(serializers.Serializer[QuotaState]):
    quota = serializers.ChoiceField(choices=Quota.choices)
    unit = serializers.SerializerMethodField()
    limit = serializers.IntegerField(allow_null=True, help_text="Null: none.")
    used = serializers.IntegerField()
    reserved = serializers.IntegerField(help_text="Held for generations that have not ended.")
    left = serializers.IntegerField(allow_null=True)
    resets_at = serializers.DateTimeField(allow_null=True, help_text="Null: time alone frees nothing.")

    @extend_schema_field(serializers.ChoiceField(choices=sorted(set(UNITS.values()))))
    def get_unit(self, state: QuotaState) -> str:
        return UNITS[state.quota]


class PlanSerializer(serializers.Serializer[Any]):
    slug = serializers.CharField()
    name = serializers.CharField()


class QuotasSerializer(serializers.Serializer[Any]):
    object = serializers.CharField()
    plan = PlanSerializer()
    quotas = QuotaStateSerializer(many=True)
