from django.db import models

from accounts.models.organization import Organization
from accounts.querysets import OrganizationQuerySet


class StoredBytesQuerySet(OrganizationQuerySet["StoredBytes"]):
    pass


class StoredBytes(models.Model):
    """How much an organization has stored: kept up with every change, and counted anew each night."""

    organization = models.OneToOneField(
        Organization, primary_key=True, on_delete=models.CASCADE, related_name="stored_bytes"
    )
    # Below zero only until the next count.
    bytes = models.BigIntegerField(default=0)
    # Of its plan, as it was last looked up.
    limit_bytes = models.BigIntegerField(null=True, blank=True)
    counted_at = models.DateTimeField(null=True, blank=True)

    objects = StoredBytesQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "stored bytes"
        ordering = ["organization"]

    def __str__(self) -> str:
        return f"{self.bytes} bytes"
