from django.db import models
from django.db.models import Q
from django.utils import timezone
from uuid_utils.compat import uuid7

from accounts.append_only import AppendOnlyModel, AppendOnlyQuerySet
from accounts.models.organization import Organization


class LedgerEntryQuerySet(AppendOnlyQuerySet["LedgerEntry"]):
    pass


class LedgerEntry(AppendOnlyModel):
    """One thing that happened to the money of an organization, and what it did to the balance of its month.

    The books outlive what they tell of: organizations, keys and generations are named by their ids.
    Money is in micro-USD; tokens are those of input and output together.
    """

    class Kind(models.TextChoices):
        RESERVE = "reserve", "A generation was accepted"
        SETTLE = "settle", "It ended with what it cost"
        RELEASE = "release", "It ended and cost nothing"
        ADJUST = "adjust", "An operator corrected what was spent"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey(
        Organization,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="ledger_entries",
    )
    api_key_id = models.UUIDField(null=True, blank=True)
    generation_id = models.UUIDField(null=True, blank=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    # The first day of the month to whose balance it belongs.
    month = models.DateField()
    at = models.DateTimeField(default=timezone.now)
    # What was reserved, billed, released or corrected.
    amount_microusd = models.BigIntegerField()
    # What was added to the balance; below zero, what was taken off it.
    reserved_microusd = models.BigIntegerField(default=0)
    spent_microusd = models.BigIntegerField(default=0)
    reserved_tokens = models.BigIntegerField(default=0)
    spent_tokens = models.BigIntegerField(default=0)
    note = models.CharField(max_length=200, blank=True)

    objects = LedgerEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "ledger entries"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["organization", "month"], name="ledger_of_month"),
            models.Index(fields=["generation_id"], name="ledger_of_generation"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["generation_id"], condition=Q(kind="settle"), name="generation_settled_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_microusd}"
