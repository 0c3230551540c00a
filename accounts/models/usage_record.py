from django.db import models
from django.utils import timezone
from uuid_utils.compat import uuid7

from accounts.models.api_key import ApiKey
from accounts.models.organization import Membership, Organization
from accounts.querysets import OrganizationQuerySet


class UsageRecordQuerySet(OrganizationQuerySet["UsageRecord"]):
    pass


class UsageRecord(models.Model):
    """The calls of one model that one generation made for one purpose. It outlives that generation.

    A call that was not `billed` has cost the installation, and not the organization. Keys and members are
    kept by their ids when they are gone.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="usage_records", db_index=False
    )
    generation_id = models.UUIDField()
    api_key = models.ForeignKey(
        ApiKey,
        null=True,
        blank=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    member = models.ForeignKey(
        Membership,
        null=True,
        blank=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    model = models.CharField(max_length=100)
    framework = models.CharField(max_length=40, blank=True)
    # Why the model was called, as the pipeline names it.
    purpose = models.CharField(max_length=20)
    calls = models.PositiveIntegerField()
    input_tokens = models.PositiveBigIntegerField()
    output_tokens = models.PositiveBigIntegerField()
    reasoning_tokens = models.PositiveBigIntegerField()
    cached_tokens = models.PositiveBigIntegerField()
    cost_microusd = models.PositiveBigIntegerField()
    billed = models.BooleanField()
    # Of its end, in UTC.
    day = models.DateField()
    created_at = models.DateTimeField(default=timezone.now)

    objects = UsageRecordQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["organization", "day"], name="usage_by_day")]

    def __str__(self) -> str:
        return f"{self.calls} × {self.model} for {self.purpose}"
