from django.db import models
from django.utils import timezone
from uuid_utils.compat import uuid7

from accounts.models.organization import Organization
from accounts.querysets import OrganizationQuerySet


class AuditEntryQuerySet(OrganizationQuerySet["AuditEntry"]):
    pass


class AuditEntry(models.Model):
    """Something that was done to what belongs to an organization, by somebody or by the system itself."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="audit_entries")
    created_at = models.DateTimeField(default=timezone.now)
    actor = models.CharField(max_length=100)
    # What was done, such as "webhook.disabled", and to which object.
    action = models.CharField(max_length=60)
    object_id = models.CharField(max_length=64)
    details = models.JSONField(default=dict)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "audit entries"
        indexes = [models.Index(fields=["organization", "-id"], name="audit_of_organization")]

    def __str__(self) -> str:
        return f"{self.action} by {self.actor}"
