"""The row of a job is the truth about it; NATS only says that there is something to do."""

from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils import timezone
from uuid_utils.compat import uuid7

from jobs.bands import Band
from jobs.models.fields import JSONField, WordField
from jobs.models.last_error import LastError

DEAD = Q(status="FAILED", cancel_requested_at__isnull=True, discarded_at__isnull=True)


class JobQuerySet(models.QuerySet["Job"]):
    def unfinished(self) -> "JobQuerySet":
        return self.filter(status__in=Job.UNFINISHED)

    def due(self) -> "JobQuerySet":
        """Ready, admitted, and its time has come."""
        return self.filter(
            Q(run_after__isnull=True) | Q(run_after__lte=timezone.now()),
            status=Job.Status.READY,
            is_parked=False,
        )

    def held_by(self, *, job_id: UUID, claim_no: int) -> "JobQuerySet":
        """The row, if the claim is still the one in force: the fence of every write of a worker."""
        return self.filter(id=job_id, claim_no=claim_no, status=Job.Status.RUNNING)

    def dead(self) -> "JobQuerySet":
        """Failed for good, neither cancelled nor discarded: somebody has to look at them."""
        return self.filter(DEAD)

    def not_dead(self) -> "JobQuerySet":
        return self.exclude(DEAD)

    def with_last_error(self) -> "JobQuerySet":
        """What a list shows: the newest error's class and message, and nothing long."""
        heads = self.annotate(
            error_class=LastError("errors", key="class"), error_message=LastError("errors", key="message")
        )
        return heads.defer("args", "kwargs", "errors", "return_value", "progress", "worker_ids")


class Job(models.Model):
    """A task that runs later. `owner` is opaque: whoever enqueues knows what it stands for."""

    class Status(models.TextChoices):
        READY = "READY"
        RUNNING = "RUNNING"
        SUCCESSFUL = "SUCCESSFUL"
        FAILED = "FAILED"

    UNFINISHED: ClassVar = (Status.READY, Status.RUNNING)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    task_path = models.CharField(max_length=200)
    queue_name = models.CharField(max_length=50, default="default")
    owner = models.CharField(max_length=64, blank=True)
    priority = models.SmallIntegerField(default=0)
    band = WordField(max_length=3, choices=Band.choices, default=Band.MIDDLE)
    # At most one unfinished job has a given key; empty for a job that may have likes.
    unique_key = models.CharField(max_length=200, blank=True)
    args = JSONField(default=list)
    kwargs = JSONField(default=dict)

    status = WordField(max_length=10, choices=Status.choices, default=Status.READY)
    # Its owner has a window full of jobs already: it is not published before one of them has ended.
    is_parked = models.BooleanField(default=False)
    # Rises by one with every claim: a worker that lost its claim can no longer write.
    claim_no = models.PositiveIntegerField(default=0)
    # A failure is a verdict of the task; a crash is a claim that ended without one.
    failures = models.PositiveSmallIntegerField(default=0)
    crashes = models.PositiveSmallIntegerField(default=0)
    worker_ids = JSONField(default=list)
    errors = JSONField(default=list)
    return_value = JSONField(null=True)
    progress = JSONField(default=dict)

    enqueued_at = models.DateTimeField(default=timezone.now)
    run_after = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    last_attempted_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    # A dead job waits for somebody to do one of the two.
    retried_at = models.DateTimeField(null=True, blank=True)
    discarded_at = models.DateTimeField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-enqueued_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["unique_key"],
                condition=Q(status__in=("READY", "RUNNING")) & ~Q(unique_key=""),
                name="job_unique_while_unfinished",
            ),
        ]
        indexes = [
            models.Index(
                fields=["enqueued_at"],
                name="job_unpublished",
                condition=Q(status="READY", published_at__isnull=True, is_parked=False),
            ),
            models.Index(fields=["queue_name", "id"], name="job_ready", condition=Q(status="READY")),
            models.Index(fields=["lease_until"], name="job_leases", condition=Q(status="RUNNING")),
            # The window of an owner is counted in it, without a look at a row.
            models.Index(
                fields=["owner", "queue_name", "band", "status", "is_parked", "run_after"],
                name="job_window",
                condition=Q(status__in=("READY", "RUNNING"), is_parked=False),
            ),
            models.Index(
                fields=["owner", "queue_name", "band", "id"],
                name="job_parked",
                condition=Q(status="READY", is_parked=True),
            ),
            models.Index(fields=["finished_at"], name="job_dead", condition=DEAD),
        ]

    def __str__(self) -> str:
        return f"{self.task_path} {self.id}"

    @property
    def is_finished(self) -> bool:
        return self.status in (self.Status.SUCCESSFUL, self.Status.FAILED)

    @property
    def state(self) -> str:
        """One word for people: what `status` says, and what became of a job that failed or has to wait."""
        if self.status == self.Status.FAILED:
            if self.discarded_at:
                return "discarded"
            return "cancelled" if self.cancel_requested_at else "dead"
        if self.status == self.Status.READY and self.is_parked:
            return "parked"
        if self.status == self.Status.READY and self.run_after and self.run_after > timezone.now():
            return "scheduled"
        return self.status.lower()

    @property
    def last_error(self) -> dict[str, Any] | None:
        """`{"class", "code", "message", "retryable", "traceback"}` of the newest error."""
        return self.errors[-1] if self.errors else None
