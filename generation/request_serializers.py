"""What a request may say: the types, before the pipeline looks at what the values mean."""

from math import isfinite
from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.strict import (
    StrictBooleanField,
    StrictCharField,
    StrictFloatField,
    StrictIntegerField,
    StrictSerializer,
    check_type,
)

MAX_METADATA_PAIRS = 16
MAX_METADATA_KEY = 64
MAX_METADATA_VALUE = 512


@extend_schema_field(
    {
        "type": "object",
        "maxProperties": MAX_METADATA_PAIRS,
        "additionalProperties": {
            "oneOf": [
                {"type": "string", "maxLength": MAX_METADATA_VALUE},
                {"type": "number"},
                {"type": "boolean"},
            ]
        },
    }
)
class MetadataField(serializers.DictField):
    """Up to 16 pairs of the caller's own, given back with the generation."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        check_type(data, dict)
        if len(data) > MAX_METADATA_PAIRS:
            raise serializers.ValidationError(f"At most {MAX_METADATA_PAIRS} pairs.")
        for key, value in data.items():
            if len(key) > MAX_METADATA_KEY:
                raise serializers.ValidationError(f"A key has at most {MAX_METADATA_KEY} characters.")
            if not isinstance(value, str | int | float | bool):
                raise serializers.ValidationError({key: "A value is a string, a number or a boolean."})
            if len(str(value)) > MAX_METADATA_VALUE:
                raise serializers.ValidationError(
                    {key: f"A value has at most {MAX_METADATA_VALUE} characters."}
                )
            if not _is_storable(key) or not _is_storable(value):
                raise serializers.ValidationError(
                    {key: "Neither NUL nor half of a surrogate pair nor an infinite number can be kept."}
                )
        return dict(data)


def _is_storable(value: str | float) -> bool:
    """PostgreSQL's JSON takes no NUL, no half of a surrogate pair, and no number without an end."""
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= char <= "\udfff" for char in value)
    return isinstance(value, int) or isfinite(value)


class CallOptionsSerializer(StrictSerializer):
    """Which model is called and how."""

    model = StrictCharField(
        required=False, allow_null=True, allow_blank=True, help_text="An id of GET /api/v1/models."
    )
    max_output_tokens = StrictIntegerField(
        required=False, allow_null=True, min_value=1, max_value=settings.MAX_OUTPUT_TOKENS
    )
    temperature = StrictFloatField(required=False, allow_null=True, min_value=0, max_value=2)
    metadata = MetadataField(required=False)
    cache = serializers.ChoiceField(
        choices=["use", "refresh", "off"],
        default="use",
        initial="use",
        help_text="use: an answer already known is given at once. refresh: it is made anew. off: neither.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        # The form of the browsable API sends "" for what was left out.
        texts = [name for name, field in self.fields.items() if getattr(field, "allow_blank", False)]
        return {**attrs, **{name: attrs.get(name) or None for name in texts}}


class RequestFieldsSerializer(CallOptionsSerializer):
    """The types; what the values mean is checked by the pipeline's `validate_request`."""

    prompt = StrictCharField(
        trim_whitespace=False, style={"base_template": "textarea.html"}, help_text="What to build."
    )
    framework = StrictCharField(
        required=False,
        allow_null=True,
        allow_blank=True,
        help_text="A slug of GET /api/v1/frameworks. Default: detected.",
    )
    language = StrictCharField(required=False, allow_null=True, allow_blank=True)


class AnsweredSerializer(CallOptionsSerializer):
    """How the caller wants to be answered."""

    stream = StrictBooleanField(
        default=False, help_text="Answer with server-sent events while the model writes."
    )
    store = StrictBooleanField(
        default=True,
        initial=True,
        help_text="false: its answer is given once, to who waits for it or follows it, or who polls within a "
        "minute after its end; then prompt, files and answers are erased, and usage and hashes remain. It is "
        "neither taken from known answers nor added to them.",
    )

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """`async` is a word of Python's own."""
        is_async = StrictBooleanField(default=False, help_text="Answer at once with a job to poll.")
        return {**super().get_fields(), "async": is_async}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["async"] and attrs["stream"]:
            raise serializers.ValidationError({"stream": ["Choose one of async and stream."]})
        return super().validate(attrs)


class GenerateRequestSerializer(AnsweredSerializer, RequestFieldsSerializer):
    """A request, and how its caller wants to be answered."""


class RefineRequestSerializer(AnsweredSerializer):
    """What is to become of an earlier result. Model and framework are those of it, if no other is named."""

    instructions = StrictCharField(
        trim_whitespace=False, style={"base_template": "textarea.html"}, help_text="What to change."
    )


class RestoreRequestSerializer(StrictSerializer):
    onto = serializers.UUIDField(
        required=False,
        allow_null=True,
        help_text="The node whose child it becomes. Default: the newest of the history.",
    )
    metadata = MetadataField(required=False)
