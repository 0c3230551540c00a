from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone
from uuid_utils.compat import uuid7

from accounts.models.organization import Organization
from accounts.querysets import OrganizationQuerySet


class ApiKeyQuerySet(OrganizationQuerySet["ApiKey"]):
    def with_prefix(self, prefix: str) -> "ApiKey | None":
        return self.select_related("organization").filter(prefix=prefix).first()


class ApiKey(models.Model):
    """A secret that speaks for an organization. Only its salted digest is kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=12, unique=True, editable=False)
    salt = models.BinaryField(max_length=16)
    digest = models.BinaryField(max_length=32)
    # Separated by spaces, as in OAuth (RFC 6749, 3.3): `contains` works on every database.
    scopes = models.CharField(max_length=200)
    # What it may spend in a month, in micro-USD; null: no less than its organization.
    budget_microusd = models.PositiveBigIntegerField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = "API key"
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix})"

    def is_expired(self, now: datetime | None = None) -> bool:
        return self.expires_at is not None and self.expires_at <= (now or timezone.now())

    @property
    def is_usable(self) -> bool:
        return self.revoked_at is None and not self.is_expired()

    def has_scope(self, scope: str) -> bool:
        return scope in self.scopes.split()
