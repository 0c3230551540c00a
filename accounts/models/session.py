from datetime import datetime

from django.conf import settings
from django.db import models
from uuid_utils.compat import uuid7


class SessionQuerySet(models.QuerySet["Session"]):
    def alive(self, now: datetime) -> "SessionQuerySet":
        return self.filter(expires_at__gt=now)


class Session(models.Model):
    """A browser that may be logged in. Its key is in the browser alone; here is a hash of it."""

    key_hash = models.CharField(primary_key=True, max_length=64)
    # By which its owner names it.
    id = models.UUIDField(unique=True, default=uuid7, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="sessions"
    )
    data = models.TextField()
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    address = models.GenericIPAddressField(null=True)
    device = models.CharField(max_length=100, blank=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ("-seen_at",)

    def __str__(self) -> str:
        return f"{self.device or 'Unknown device'} at {self.address or 'an unknown address'}"
