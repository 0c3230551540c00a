from django.db import models
from django.utils import timezone
from uuid_utils.compat import uuid7

from accounts.models.organization import Organization
from accounts.querysets import OrganizationQuerySet


class QuotaNotice(models.Model):
    """That an organization was told how much of a quota is used: once for each period and threshold.

    `subject` is the id of the key whose budget it is about, or empty.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="quota_notices")
    quota = models.CharField(max_length=30)
    subject = models.CharField(max_length=36, blank=True)
    # "2026-11-25" or "2026-11".
    period = models.CharField(max_length=10)
    percent = models.PositiveSmallIntegerField()
    used = models.BigIntegerField()
    limit = models.BigIntegerField()
    resets_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = OrganizationQuerySet["QuotaNotice"].as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "quota", "subject", "period", "percent"], name="quota_notice_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.percent} % of {self.quota}"
