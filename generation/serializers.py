"""The shapes that the API gives out."""

from decimal import Decimal
from typing import Any, get_args

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from generation.frameworks import Kind
from generation.links import links_of
from generation.models import File, Generation
from generation.pipeline.file_tree import draw_tree
from jobs.models import Job
from jobs.waiting import Waiting, waiting_of


class FileSerializer(serializers.ModelSerializer[File]):
    class Meta:
        model = File
        fields = ["path", "language", "size", "sha256", "content"]


class FileHeadSerializer(serializers.ModelSerializer[File]):
    class Meta:
        model = File
        fields = ["path", "language", "size", "sha256"]


class FrameworkChoiceSerializer(serializers.Serializer[Any]):
    slug = serializers.CharField()
    source = serializers.ChoiceField(choices=Generation.FrameworkSource.choices)  # type: ignore[assignment]
    confidence = serializers.FloatField()


class UsageSerializer(serializers.Serializer[Any]):
    input_tokens = serializers.IntegerField()
    output_tokens = serializers.IntegerField(help_text="Including reasoning_tokens.")
    reasoning_tokens = serializers.IntegerField()
    cached_tokens = serializers.IntegerField()
    cost_usd = serializers.FloatField()


class CheckSerializer(serializers.Serializer[Any]):
    tool = serializers.CharField()
    rule = serializers.CharField()
    severity = serializers.ChoiceField(choices=["error", "warning", "info"])
    path = serializers.CharField()
    line = serializers.IntegerField(allow_null=True)
    message = serializers.CharField()


class GenerationErrorSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    message = serializers.CharField()
    retryable = serializers.BooleanField()


class LinksSerializer(serializers.Serializer[Any]):
    self = serializers.CharField()
    job = serializers.CharField()
    events = serializers.CharField()
    cancel = serializers.CharField()
    files = serializers.CharField()
    download = serializers.CharField()
    refine = serializers.CharField()
    history = serializers.CharField()
    diff = serializers.CharField()


class ChangeSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=["added", "modified", "deleted", "renamed"])
    path = serializers.CharField()
    old_path = serializers.CharField(allow_null=True, help_text="Where it was before.")
    lines_added = serializers.IntegerField()
    lines_removed = serializers.IntegerField()


class ComparisonSerializer(serializers.Serializer[Any]):
    generation = serializers.UUIDField()
    against = serializers.UUIDField(allow_null=True)
    changes = ChangeSerializer(many=True)
    diff = serializers.CharField(help_text="Unified, as `git apply` takes it.")


class GenerationHeadSerializer(serializers.ModelSerializer[Generation]):
    """A generation without the content of its files, as lists show it."""

    object = serializers.SerializerMethodField()
    framework = serializers.SerializerMethodField()
    model = serializers.SerializerMethodField()
    files = FileHeadSerializer(many=True, read_only=True)
    usage = serializers.SerializerMethodField()
    entry_points = serializers.ListField(
        child=serializers.CharField(), help_text="Where one starts, the most important first."
    )
    tree = serializers.SerializerMethodField(help_text="The files as a drawing, for people.")
    checks = CheckSerializer(many=True, read_only=True)
    parent = serializers.UUIDField(  # type: ignore[assignment]
        source="parent_id", allow_null=True, help_text="What it refines."
    )
    restored_from = serializers.UUIDField(source="restored_from_id", allow_null=True)
    history = serializers.UUIDField(source="history_id", help_text="The same for all of one tree.")
    changes = ChangeSerializer(many=True, read_only=True, help_text="Against its parent.")
    joined = serializers.BooleanField(
        source="is_joined", help_text="It waited for an identical request that was running; not billed."
    )
    test = serializers.BooleanField(source="is_test", help_text="Made with a test key.")
    attempts = serializers.SerializerMethodField(help_text="How many calls of a model it took.")
    erased_at = serializers.DateTimeField(
        allow_null=True,
        help_text="When its prompt was erased: by retention, or since it was not to be stored.",
    )
    hashes = serializers.DictField(
        help_text='Of texts that were erased, SHA-256: {"prompt", "files": [{"size", "sha256"}], "answers"}.'
    )
    error = serializers.SerializerMethodField()
    links = serializers.SerializerMethodField()

    class Meta:
        model = Generation
        fields = [
            "id",
            "object",
            "status",
            "created_at",
            "started_at",
            "finished_at",
            "prompt",
            "framework",
            "model",
            "files",
            "open_files",
            "entry_points",
            "tree",
            "message",
            "checks",
            "parent",
            "restored_from",
            "history",
            "changes",
            "usage",
            "cached",
            "joined",
            "test",
            "attempts",
            "error",
            "metadata",
            "store",
            "erased_at",
            "hashes",
            "links",
        ]

    def get_object(self, generation: Generation) -> str:
        return "generation"

    @extend_schema_field(FrameworkChoiceSerializer(allow_null=True))
    def get_framework(self, generation: Generation) -> dict[str, Any] | None:
        if not generation.framework:
            return None
        return {
            "slug": generation.framework,
            "source": generation.framework_source,
            "confidence": generation.framework_confidence,
        }

    def get_model(self, generation: Generation) -> str:
        return generation.model

    @extend_schema_field(UsageSerializer)
    def get_usage(self, generation: Generation) -> dict[str, Any]:
        return {
            "input_tokens": generation.input_tokens,
            "output_tokens": generation.output_tokens,
            "reasoning_tokens": generation.reasoning_tokens,
            "cached_tokens": generation.cached_tokens,
            "cost_usd": float(Decimal(generation.cost_microusd) / 1_000_000),
        }

    def get_tree(self, generation: Generation) -> str:
        return draw_tree(file.path for file in generation.files.all())

    def get_attempts(self, generation: Generation) -> int:
        counted: int | None = getattr(generation, "attempt_count", None)
        return generation.attempts.count() if counted is None else counted

    @extend_schema_field(GenerationErrorSerializer(allow_null=True))
    def get_error(self, generation: Generation) -> dict[str, Any] | None:
        if not generation.error_code:
            return None
        return {
            "code": generation.error_code,
            "message": generation.error_message,
            "retryable": generation.error_retryable,
        }

    @extend_schema_field(LinksSerializer)
    def get_links(self, generation: Generation) -> dict[str, str]:
        return links_of(generation.id)


class GenerationSerializer(GenerationHeadSerializer):
    files = FileSerializer(many=True, read_only=True)  # type: ignore[assignment]

    class Meta(GenerationHeadSerializer.Meta):
        fields = [*GenerationHeadSerializer.Meta.fields, "diff"]


class HistoryNodeSerializer(serializers.ModelSerializer[Generation]):
    """One node of a tree."""

    parent = serializers.UUIDField(source="parent_id", allow_null=True)  # type: ignore[assignment]
    restored_from = serializers.UUIDField(source="restored_from_id", allow_null=True)
    changes = ChangeSerializer(many=True, read_only=True)
    links = serializers.SerializerMethodField()

    class Meta:
        model = Generation
        fields = [
            "id",
            "parent",
            "restored_from",
            "status",
            "created_at",
            "prompt",
            "model",
            "changes",
            "links",
        ]

    @extend_schema_field(LinksSerializer)
    def get_links(self, generation: Generation) -> dict[str, str]:
        return links_of(generation.id)


class ProgressSerializer(serializers.Serializer[Any]):
    stage = serializers.CharField()
    files = serializers.ListField(child=serializers.CharField())


class JobSerializer(serializers.ModelSerializer[Generation]):
    """The progress of a generation; `result` is there when it has ended with files."""

    job_id = serializers.UUIDField(source="id")
    object = serializers.SerializerMethodField()
    queue_position = serializers.SerializerMethodField(help_text="How many jobs run before it.")
    expected_wait_s = serializers.SerializerMethodField(
        help_text="Seconds until it starts, by what jobs took lately; null where nothing is known."
    )
    progress = serializers.SerializerMethodField()
    result = serializers.SerializerMethodField()
    error = serializers.SerializerMethodField()
    links = serializers.SerializerMethodField()

    class Meta:
        model = Generation
        fields = [
            "job_id",
            "object",
            "status",
            "created_at",
            "started_at",
            "finished_at",
            "queue_position",
            "expected_wait_s",
            "progress",
            "result",
            "error",
            "links",
        ]

    def _job(self, generation: Generation) -> Job | None:
        return Job.objects.filter(id=generation.leader_id or generation.id).first()

    def get_object(self, generation: Generation) -> str:
        return "job"

    def get_queue_position(self, generation: Generation) -> int | None:
        waiting = self._waiting(generation)
        return waiting.position if waiting else None

    def get_expected_wait_s(self, generation: Generation) -> float | None:
        waiting = self._waiting(generation)
        return waiting.seconds if waiting else None

    def _waiting(self, generation: Generation) -> Waiting | None:
        job = self._job(generation) if generation.is_live else None
        return waiting_of(job) if job else None

    @extend_schema_field(ProgressSerializer(allow_null=True))
    def get_progress(self, generation: Generation) -> dict[str, Any] | None:
        job = self._job(generation)
        return job.progress or None if job else None

    @extend_schema_field(GenerationSerializer(allow_null=True))
    def get_result(self, generation: Generation) -> dict[str, Any] | None:
        if generation.status not in (Generation.Status.COMPLETED, Generation.Status.INCOMPLETE):
            return None
        return dict(GenerationSerializer(generation, context=self.context).data)

    @extend_schema_field(GenerationErrorSerializer(allow_null=True))
    def get_error(self, generation: Generation) -> dict[str, Any] | None:
        return GenerationHeadSerializer().get_error(generation)

    @extend_schema_field(LinksSerializer)
    def get_links(self, generation: Generation) -> dict[str, str]:
        return links_of(generation.id)


class AcceptedSerializer(serializers.Serializer[Any]):
    job_id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=Generation.Status.choices)
    links = LinksSerializer()


class EventSerializer(serializers.Serializer[Any]):
    """One of the server-sent events of a generation."""

    id = serializers.CharField(help_text="Rises from event to event; `Last-Event-ID` goes on behind it.")
    event = serializers.CharField(help_text="`file.delta`, say. The last is `generation.` and its status.")
    data = serializers.CharField(  # type: ignore[assignment]
        help_text="JSON. That of the last event has the whole `generation`."
    )


class FrameworkSerializer(serializers.Serializer[Any]):
    slug = serializers.CharField(help_text="What `framework` of a request takes.")
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=get_args(Kind))
    language = serializers.CharField(help_text="What it is written in unless a request says otherwise.")
    starter = serializers.ListField(
        child=serializers.CharField(), help_text="The files of a small project of this kind."
    )
    conventions = serializers.DictField(
        child=serializers.CharField(), help_text="Where the parts of a project live."
    )
    run = serializers.ListField(
        child=serializers.CharField(), help_text="Commands that start it, in the folder of the project."
    )
    test = serializers.ListField(child=serializers.CharField(), help_text="Commands that test it.")


class ModelSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    is_default = serializers.BooleanField()
    max_input_tokens = serializers.IntegerField(allow_null=True)
    max_output_tokens = serializers.IntegerField(allow_null=True)
    input_usd_per_million = serializers.FloatField(allow_null=True)
    output_usd_per_million = serializers.FloatField(allow_null=True)
