"""Where an organization wants to be told, what happened, and every attempt to tell it."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone
from uuid_utils.compat import uuid7

from accounts.models import Organization
from accounts.querysets import OrganizationQuerySet
from accounts.sealed_field import SealedTextField


class EventType(models.TextChoices):
    COMPLETED = "generation.completed"
    INCOMPLETE = "generation.incomplete"
    FAILED = "generation.failed"
    CANCELLED = "generation.cancelled"
    BATCH_COMPLETED = "batch.completed"
    BATCH_CANCELLED = "batch.cancelled"
    QUOTA_THRESHOLD = "quota.threshold"
    ANOMALY_FOUND = "anomaly.found"
    # Sent on request, whatever the endpoint subscribes to; attempted once.
    TEST = "webhook.test"


ALL_EVENTS = "*"
SUBSCRIBABLE = (ALL_EVENTS, *(kind for kind in EventType.values if kind != EventType.TEST))


class DisabledReason(models.TextChoices):
    REQUESTED = "requested", "The organization asked for it"
    OPERATOR = "operator", "An operator did it"
    GONE = "gone", "The receiver answered 410"
    FAILING = "failing", "Nothing was received for days"


class WebhookEndpointQuerySet(OrganizationQuerySet["WebhookEndpoint"]):
    def enabled(self) -> "WebhookEndpointQuerySet":
        return self.filter(disabled_at=None)


def all_events() -> list[str]:
    return [ALL_EVENTS]


class WebhookEndpoint(models.Model):
    """A URL of an organization. `failing_since` is the first failed attempt after the last success."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="webhook_endpoints")
    url = models.CharField(max_length=2000)
    description = models.CharField(max_length=200, blank=True)
    event_types = models.JSONField(default=all_events)
    created_at = models.DateTimeField(default=timezone.now)
    failing_since = models.DateTimeField(null=True, blank=True)
    disabled_at = models.DateTimeField(null=True, blank=True)
    disabled_reason = models.CharField(max_length=10, choices=DisabledReason.choices, blank=True)

    objects = WebhookEndpointQuerySet.as_manager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.url

    @property
    def is_enabled(self) -> bool:
        return self.disabled_at is None

    def wants(self, event_type: str) -> bool:
        return ALL_EVENTS in self.event_types or event_type in self.event_types


class WebhookSecretQuerySet(models.QuerySet["WebhookSecret"]):
    def signing(self) -> "WebhookSecretQuerySet":
        """Those that still sign, the newest first."""
        unexpired = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
        return self.filter(unexpired).order_by("-id")


class WebhookSecret(models.Model):
    """What an endpoint's deliveries are signed with. One that was rotated out has an end."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="secrets")
    encrypted = SealedTextField(purpose="webhooks")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)

    objects = WebhookSecretQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"Secret of {self.created_at:%Y-%m-%d %H:%M}"

    def seal(self, text: str) -> None:
        self.encrypted = SealedTextField.of(WebhookSecret, "encrypted").seal(text)

    def reveal(self) -> str:
        """Raises `Undecipherable` when the installation's key is another one now."""
        return SealedTextField.of(WebhookSecret, "encrypted").reveal(self.encrypted)


class WebhookEvent(models.Model):
    """What happened. Its id is the `webhook-id` of every delivery, `body` the bytes that are sent."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="webhook_events")
    type = models.CharField(max_length=40, choices=EventType.choices)
    body = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["created_at"], name="webhook_event_age")]

    def __str__(self) -> str:
        return f"{self.type} {self.id}"


class WebhookDeliveryQuerySet(OrganizationQuerySet["WebhookDelivery"]):
    def awaiting(self, *, number: int) -> "WebhookDeliveryQuerySet":
        """Pending, with this attempt as its next: the fence against attempting, or recording, twice."""
        return self.filter(status=WebhookDelivery.Status.PENDING, attempt_count=number - 1)


class WebhookDelivery(models.Model):
    """An event on its way to one endpoint."""

    class Status(models.TextChoices):
        PENDING = "pending"
        SUCCEEDED = "succeeded"
        FAILED = "failed"
        # The endpoint was disabled when the attempt was due.
        DISCARDED = "discarded"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries")
    event = models.ForeignKey(WebhookEvent, on_delete=models.CASCADE, related_name="deliveries")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    attempt_count = models.PositiveIntegerField(default=0)
    # How many attempts there were when the schedule began: a resend begins it anew.
    attempts_before = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    last_status_code = models.PositiveSmallIntegerField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)

    objects = WebhookDeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "webhook deliveries"
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["event", "endpoint"], name="event_once_per_endpoint")]
        indexes = [models.Index(fields=["endpoint", "-id"], name="webhook_delivery_log")]

    def __str__(self) -> str:
        return str(self.id)

    def end(self, status: Status, *, at: datetime) -> None:
        """Without saving."""
        self.status = status
        self.finished_at = at
        self.next_attempt_at = None


class DeliveryAttempt(models.Model):
    """One request: when, how long, and what came back. `error` says why there is no status code."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    delivery = models.ForeignKey(WebhookDelivery, on_delete=models.CASCADE, related_name="attempts")
    number = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    latency_ms = models.PositiveIntegerField()
    status_code = models.PositiveSmallIntegerField(null=True, blank=True)
    response_body = models.TextField(blank=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["delivery", "number"], name="delivery_attempt_once"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.status_code or self.error}"
