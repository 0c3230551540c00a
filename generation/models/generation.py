"""What was asked, what came of it, and every call of a model on the way."""

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.utils import timezone
from uuid_utils.compat import uuid7

from accounts.models import ApiKey, Membership, Organization
from accounts.querysets import OrganizationQuerySet
from jobs.models.fields import WordField


class GenerationQuerySet(OrganizationQuerySet["Generation"]):
    def live(self) -> "GenerationQuerySet":
        return self.filter(status__in=Generation.LIVE)

    def with_result(self) -> "GenerationQuerySet":
        return self.filter(status__in=(Generation.Status.COMPLETED, Generation.Status.INCOMPLETE))

    def in_flight(self) -> "GenerationQuerySet":
        """Those that somebody waits for: not the lines of batches."""
        return self.live().filter(batch=None)

    def with_heads(self) -> "GenerationQuerySet":
        """All that a list shows, in two queries: without the content of the files."""
        heads = models.Prefetch("files", queryset=File.objects.defer("content"))
        return self.prefetch_related(heads).annotate(attempt_count=models.Count("attempts"))

    def with_files(self) -> "GenerationQuerySet":
        """All that there is to show, in two queries."""
        return self.prefetch_related("files").annotate(attempt_count=models.Count("attempts"))


class Generation(models.Model):
    """A prompt and the project that was made of it. Its id is the id of its job."""

    class Status(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        COMPLETED = "completed"
        INCOMPLETE = "incomplete"
        FAILED = "failed"
        CANCELLED = "cancelled"

    class FrameworkSource(models.TextChoices):
        REQUESTED = "requested"
        DETECTED = "detected"
        DEFAULT = "default"

    LIVE: ClassVar = (Status.QUEUED, Status.RUNNING)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="generations")
    # Who asked for it: a key, or a member who was logged in.
    api_key = models.ForeignKey(
        ApiKey, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    member = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    status = WordField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    prompt = models.TextField()
    model = models.CharField(max_length=100)
    requested_framework = models.CharField(max_length=40, blank=True)
    requested_language = models.CharField(max_length=40, blank=True)
    max_output_tokens = models.PositiveIntegerField(null=True, blank=True)
    temperature = models.FloatField(null=True, blank=True)
    # How a refinement is to be answered: chosen once, so that a run that takes over asks the same.
    edit_format = models.CharField(max_length=20, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    request_id = models.CharField(max_length=128, blank=True)
    # A hash over everything that decides the answer; empty for a request that is not to be shared.
    answer_key = models.CharField(max_length=64, blank=True)
    # An identical request that was already running: this one waits for its result and is not billed.
    leader = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="followers"
    )
    cached = models.BooleanField(default=False)
    # Whose texts it is asked with, decided when it is created; without one, those of templates/prompts.
    # No constraint: a version that is deleted this moment must not keep a generation from being stored.
    prompt_texts = models.ForeignKey(
        "generation.PromptVersion",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="generations",
        db_index=False,
        db_constraint=False,
    )
    prompt_version = models.CharField(max_length=60, blank=True)
    # What it refines, or was restored onto; its files are compared with those of its parent.
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="children"
    )
    # The files are those of an earlier node of the history, taken up again.
    restored_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="restorations"
    )
    # All nodes of one tree have the same.
    history_id = models.UUIDField(default=uuid7, editable=False)
    # False: its texts go as soon as they were given to who asked for it.
    store = models.BooleanField(default=True)
    # When its prompt went, and of all texts that did: {"prompt", "files": [{"size", "sha256"}], "answers"}.
    erased_at = models.DateTimeField(null=True, blank=True)
    hashes = models.JSONField(default=dict, blank=True)
    # Asked for with a test key.
    is_test = models.BooleanField(default=False)
    batch = models.ForeignKey(
        "generation.Batch",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="generations",
        db_index=False,
    )

    framework = models.CharField(max_length=40, blank=True)
    framework_source = models.CharField(max_length=10, choices=FrameworkSource.choices, blank=True)
    framework_confidence = models.FloatField(null=True, blank=True)
    answered_by = models.CharField(max_length=100, blank=True)
    message = models.TextField(blank=True)
    checks = models.JSONField(default=list)
    open_files = models.JSONField(default=list)
    # Where one starts to read or run it: paths, the most important first.
    entry_points = models.JSONField(default=list)
    # Against its parent: [{"kind", "path", "old_path", "added", "deleted"}], and the same as a unified diff.
    changes = models.JSONField(default=list)
    diff = models.TextField(blank=True)
    input_tokens = models.PositiveIntegerField(default=0)
    output_tokens = models.PositiveIntegerField(default=0)
    reasoning_tokens = models.PositiveIntegerField(default=0)
    cached_tokens = models.PositiveIntegerField(default=0)
    cost_microusd = models.PositiveBigIntegerField(default=0)
    error_code = models.CharField(max_length=40, blank=True)
    error_message = models.TextField(blank=True)
    error_retryable = models.BooleanField(default=False)

    objects = GenerationQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["organization", "-id"], name="generation_history"),
            models.Index(fields=["organization", "status", "-id"], name="generation_by_status"),
            models.Index(fields=["history_id", "id"], name="generation_tree"),
            models.Index(
                fields=["created_at"],
                name="generation_live",
                condition=models.Q(status__in=("queued", "running")),
            ),
            # How many there are of an organization and of a key, without a look at a row.
            models.Index(
                fields=["organization", "status", "api_key", "batch"],
                name="generation_in_flight",
                condition=models.Q(status__in=("queued", "running"), batch__isnull=True),
            ),
            # What came of the versions of the prompt texts, over some days.
            models.Index(fields=["created_at"], name="generation_by_time"),
            models.Index(
                fields=["prompt_texts"],
                name="generation_by_prompts",
                condition=models.Q(prompt_texts__isnull=False),
            ),
            models.Index(
                fields=["api_key"], name="generation_of_key", condition=models.Q(api_key__isnull=False)
            ),
            models.Index(
                fields=["member"], name="generation_of_member", condition=models.Q(member__isnull=False)
            ),
            models.Index(
                fields=["finished_at"],
                name="generation_to_erase",
                condition=models.Q(store=False, erased_at__isnull=True),
            ),
            # Retention.
            models.Index(fields=["organization", "finished_at"], name="generation_by_end"),
            # Whether a line of a batch still runs, and how many are in which state, without a look at a row.
            models.Index(
                fields=["batch", "status"],
                name="generation_of_batch",
                condition=models.Q(batch__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def is_live(self) -> bool:
        return self.status in self.LIVE

    @property
    def has_result(self) -> bool:
        return self.status in (self.Status.COMPLETED, self.Status.INCOMPLETE)

    @property
    def status_when_accepted(self) -> str:
        """What its request was told: known already, joined to one that ran, or queued."""
        if self.cached:
            return self.status
        return self.Status.RUNNING if self.started_at == self.created_at else self.Status.QUEUED

    @property
    def is_joined(self) -> bool:
        return self.leader_id is not None


class File(models.Model):
    """A file of a generation. `size` is in bytes of UTF-8, `sha256` is over the same."""

    generation = models.ForeignKey(Generation, on_delete=models.CASCADE, related_name="files")
    path = models.CharField(max_length=400)
    language = models.CharField(max_length=40, blank=True)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    content = models.TextField()

    class Meta:
        ordering = ["path"]
        constraints = [
            models.UniqueConstraint(fields=["generation", "path"], name="file_path_once_per_generation"),
        ]

    def __str__(self) -> str:
        return self.path


class Attempt(models.Model):
    """One model call: what was sent, what came back, what it cost."""

    class Status(models.TextChoices):
        # Stays so when the worker dies: the provider may have billed a call that nobody recorded.
        STARTED = "started"
        FINISHED = "finished"
        FAILED = "failed"
        CANCELLED = "cancelled"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    generation = models.ForeignKey(Generation, on_delete=models.CASCADE, related_name="attempts")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.STARTED)
    # The claim of the job under which the call was made, and the number of the call within it.
    claim_no = models.PositiveIntegerField()
    number = models.PositiveSmallIntegerField()
    # As the pipeline names it: all but the first answer repair or continue it.
    purpose = models.CharField(max_length=20, default="answer")
    model = models.CharField(max_length=100)
    prompt_version = models.CharField(max_length=60)
    messages = models.JSONField()
    answer = models.TextField(blank=True)
    answered_by = models.CharField(max_length=100, blank=True)
    finish_reason = models.CharField(max_length=20, blank=True)
    input_tokens = models.PositiveIntegerField(default=0)
    output_tokens = models.PositiveIntegerField(default=0)
    reasoning_tokens = models.PositiveIntegerField(default=0)
    cached_tokens = models.PositiveIntegerField(default=0)
    cost_microusd = models.PositiveBigIntegerField(default=0)
    started_at = models.DateTimeField(default=timezone.now)
    first_token_ms = models.PositiveIntegerField(null=True, blank=True)
    latency_ms = models.PositiveIntegerField(null=True, blank=True)
    error_code = models.CharField(max_length=40, blank=True)
    error_detail = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["generation", "claim_no", "number"], name="attempt_once"),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.started_at:%Y-%m-%d %H:%M:%S}"

    @property
    def organization_id(self) -> UUID:
        return self.generation.organization_id
