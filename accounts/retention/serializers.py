from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from accounts.models import Organization
from accounts.retention.classes import Kept
from accounts.retention.periods import LONGEST_DAYS, chosen_days, days_in_force
from accounts.strict import StrictIntegerField, StrictSerializer


class KeptDaysSerializer(serializers.Serializer[Any]):
    """Days by class."""

    prompts = serializers.IntegerField(allow_null=True, help_text=Kept.PROMPTS.label)
    files = serializers.IntegerField(allow_null=True, help_text=Kept.FILES.label)
    raw_answers = serializers.IntegerField(allow_null=True, help_text=Kept.RAW_ANSWERS.label)
    events = serializers.IntegerField(allow_null=True, help_text=Kept.EVENTS.label)
    audit = serializers.IntegerField(allow_null=True, help_text=Kept.AUDIT.label)


class RetentionSerializer(serializers.Serializer[Any]):
    object = serializers.CharField()
    chosen = KeptDaysSerializer(help_text="In days; null: as the service does.")
    in_force = KeptDaysSerializer(help_text="In days; null: for ever.")


def _days() -> StrictIntegerField:
    return StrictIntegerField(required=False, allow_null=True, min_value=1, max_value=LONGEST_DAYS)


@extend_schema_serializer(many=False)
class RetentionChangeSerializer(StrictSerializer):
    """What is left out stays; null is what the service does."""

    prompts = _days()
    files = _days()
    raw_answers = _days()
    events = _days()
    audit = _days()


def show_retention(organization: Organization) -> dict[str, Any]:
    return {
        "object": "retention",
        "chosen": {kept.value: days for kept, days in chosen_days(organization).items()},
        "in_force": {kept.value: days or None for kept, days in days_in_force(organization).items()},
    }
