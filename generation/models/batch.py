"""Many requests handed in at once, and what became of each line."""

from dataclasses import dataclass
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from uuid_utils.compat import uuid7

from accounts.models import Organization
from accounts.querysets import OrganizationQuerySet
from generation.models.generation import Generation
from jobs.models.fields import WordField


@dataclass(frozen=True, kw_only=True, slots=True)
class LineCounts:
    """How many lines there are of each kind; `total` is the sum of the others."""

    total: int
    queued: int = 0
    running: int = 0
    completed: int = 0
    incomplete: int = 0
    failed: int = 0
    cancelled: int = 0
    deleted: int = 0

    @property
    def ended(self) -> int:
        return self.total - self.queued - self.running


class BatchQuerySet(OrganizationQuerySet["Batch"]):
    def live(self) -> "BatchQuerySet":
        return self.filter(status__in=Batch.LIVE)


class Batch(models.Model):
    """Requests that run when there is nothing more urgent. It has ended when all its lines have."""

    class Status(models.TextChoices):
        RUNNING = "running"
        COMPLETED = "completed"
        # No line begins any more; those at which a worker is are being stopped.
        CANCELLING = "cancelling"
        CANCELLED = "cancelled"

    LIVE: ClassVar = (Status.RUNNING, Status.CANCELLING)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="batches")
    status = WordField(max_length=10, choices=Status.choices, default=Status.RUNNING)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    request_id = models.CharField(max_length=128, blank=True)
    total = models.PositiveIntegerField()
    # Lines with an error of their own: they have no generation.
    refused = models.PositiveIntegerField(default=0)

    # Not stored: set by `generation.batch_ends.look_up`.
    counts: LineCounts

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "batches"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["organization", "-id"], name="batch_history"),
            models.Index(fields=["id"], name="batch_live", condition=Q(status__in=("running", "cancelling"))),
            models.Index(
                fields=["organization", "status"],
                name="batch_in_flight",
                condition=Q(status__in=("running", "cancelling")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def is_live(self) -> bool:
        return self.status in self.LIVE


class BatchItem(models.Model):
    """A line: either `error`, or a generation; neither when the generation was deleted."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="items", db_index=False)
    number = models.PositiveIntegerField()
    custom_id = models.CharField(max_length=64, blank=True)
    error = models.JSONField(null=True, blank=True)
    generation = models.OneToOneField(
        Generation, null=True, blank=True, on_delete=models.SET_NULL, related_name="batch_item"
    )

    class Meta:
        ordering = ["batch", "number"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="batch_line_once"),
        ]

    def __str__(self) -> str:
        return f"line {self.number}"
