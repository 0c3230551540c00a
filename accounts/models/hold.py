from datetime import datetime

from django.db import models
from django.db.models import Q

from accounts.models.organization import Organization
from accounts.querysets import OrganizationQuerySet


class HoldQuerySet(OrganizationQuerySet["Hold"]):
    def open(self) -> "HoldQuerySet":
        return self.filter(state=Hold.State.OPEN)

    def stale(self, now: datetime) -> "HoldQuerySet":
        return self.open().filter(expires_at__lte=now)


class Hold(models.Model):
    """What is set aside for a generation until it ends. It belongs to the month in which it was made."""

    class State(models.TextChoices):
        OPEN = "open"
        SETTLED = "settled"
        RELEASED = "released"

    generation_id = models.UUIDField(primary_key=True)
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="holds", db_index=False
    )
    api_key_id = models.UUIDField(null=True, blank=True)
    month = models.DateField()
    amount_microusd = models.PositiveBigIntegerField()
    tokens = models.PositiveBigIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    created_at = models.DateTimeField()
    # While it is open, the sweeper asks from then on what became of its generation.
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        ordering = ["-generation_id"]
        indexes = [
            models.Index(fields=["expires_at"], name="hold_expiry", condition=Q(state="open")),
            models.Index(fields=["organization", "month"], name="hold_open", condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return f"{self.amount_microusd} for {self.generation_id}"
