"""What a batch may say, and how it is shown."""

from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.strict import StrictCharField, StrictSerializer, check_type
from generation.links import batch_links_of
from generation.models import Batch
from generation.request_serializers import MetadataField, RequestFieldsSerializer
from generation.serializers import GenerationErrorSerializer, GenerationSerializer


class BatchLineSerializer(RequestFieldsSerializer):
    """A request as `POST /api/v1/generate_code` takes it; its answer waits in the results."""

    custom_id = StrictCharField(
        required=False,
        allow_null=True,
        trim_whitespace=False,
        max_length=64,
        help_text="Given back with the result; once in a batch.",
    )


@extend_schema_field(BatchLineSerializer(many=True))
class RequestsField(serializers.Field[Any, Any, Any, Any]):
    """A list. What is in it is looked at line by line: a wrong one is no reason to refuse the others."""

    def to_internal_value(self, data: Any) -> list[Any]:
        check_type(data, list)
        return list(data)

    def to_representation(self, value: Any) -> Any:
        return value


class BatchRequestSerializer(StrictSerializer):
    requests = RequestsField(help_text="Up to 10,000.")
    metadata = MetadataField(required=False)


class RequestCountsSerializer(serializers.Serializer[Any]):
    """`total` is the sum of the others."""

    total = serializers.IntegerField()
    queued = serializers.IntegerField()
    running = serializers.IntegerField()
    completed = serializers.IntegerField()
    incomplete = serializers.IntegerField()
    failed = serializers.IntegerField(help_text="Including lines that were refused.")
    cancelled = serializers.IntegerField()
    deleted = serializers.IntegerField(help_text="Their generations were deleted.")


class BatchLinksSerializer(serializers.Serializer[Any]):
    self = serializers.CharField()
    results = serializers.CharField()
    cancel = serializers.CharField()
    generations = serializers.CharField()


class BatchSerializer(serializers.ModelSerializer[Batch]):
    """Of a batch that `look_up` has counted."""

    object = serializers.SerializerMethodField()
    request_counts = serializers.SerializerMethodField()
    progress = serializers.SerializerMethodField(help_text="The share of lines that have ended, from 0 to 1.")
    links = serializers.SerializerMethodField()

    class Meta:
        model = Batch
        fields = [
            "id",
            "object",
            "status",
            "created_at",
            "finished_at",
            "request_counts",
            "progress",
            "metadata",
            "links",
        ]

    def get_object(self, batch: Batch) -> str:
        return "batch"

    @extend_schema_field(RequestCountsSerializer)
    def get_request_counts(self, batch: Batch) -> dict[str, int]:
        return asdict(batch.counts)

    def get_progress(self, batch: Batch) -> float:
        return batch.counts.ended / batch.total

    @extend_schema_field(BatchLinksSerializer)
    def get_links(self, batch: Batch) -> dict[str, str]:
        return batch_links_of(batch.id)


class LineErrorSerializer(GenerationErrorSerializer):
    details = serializers.ListField(child=serializers.DictField(), allow_null=True)


class BatchResultSerializer(serializers.Serializer[Any]):
    """A line of the results. `error` is null exactly when there are files."""

    custom_id = serializers.CharField(allow_null=True)
    line = serializers.IntegerField(help_text="Its number in what was sent, from 1.")
    generation = GenerationSerializer(allow_null=True)
    error = LineErrorSerializer(allow_null=True)
