from datetime import datetime

from django.db import models
from django.db.models import Q
from uuid_utils.compat import uuid7

from accounts.models.organization import Organization
from accounts.querysets import OrganizationQuerySet


class IdempotencyKeyQuerySet(OrganizationQuerySet["IdempotencyKey"]):
    def in_force(self, now: datetime) -> "IdempotencyKeyQuerySet":
        return self.exclude(_is_free(now))

    def free(self, now: datetime) -> "IdempotencyKeyQuerySet":
        """Expired, or held by a process that died: as if it had never been seen."""
        return self.filter(_is_free(now))


def _is_free(now: datetime) -> Q:
    return Q(expires_at__lte=now) | Q(lease_until__lte=now)


class IdempotencyKey(models.Model):
    """A key that a POST came with, and what became of that POST.

    While it runs there is a lease. Afterwards there is `subject`, the id of what was made and tells the
    response, or `response`, encrypted; or neither, where it may run again or was too large to keep.
    """

    # A key that was free and is taken again has another id: who held it before can no longer write.
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey(
        Organization,
        on_delete=models.CASCADE,
        related_name="idempotency_keys",
        db_index=False,  # the constraint's index begins with it
    )
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    subject = models.UUIDField(null=True, blank=True)
    response = models.BinaryField(null=True)

    objects = IdempotencyKeyQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("organization", "key"), name="idempotency_key_once_per_organization"
            ),
        )

    def __str__(self) -> str:
        return self.key

    @property
    def is_running(self) -> bool:
        return self.lease_until is not None
