"""What is not as it always was, and what an organization wants to follow from it."""

from django.db import models
from django.utils import timezone
from uuid_utils.compat import uuid7

from accounts.models.api_key import ApiKey
from accounts.models.organization import Organization
from accounts.querysets import OrganizationQuerySet


class AnomalyKind(models.TextChoices):
    SPEND = "spend", "More was spent in an hour than ever"
    ERRORS = "errors", "More failed in an hour than usual"
    NETWORK = "network", "A key was used from a network that it was never used from"


class AnomalyQuerySet(OrganizationQuerySet["Anomaly"]):
    pass


class Anomaly(models.Model):
    """A finding, once for each hour (or network) and key; without a key it is the whole organization's."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="anomalies", db_index=False
    )
    kind = models.CharField(max_length=10, choices=AnomalyKind.choices)
    # The id of the key, or nothing; and the hour or the network.
    subject = models.CharField(max_length=36, blank=True)
    where = models.CharField(max_length=50)
    observed = models.CharField(max_length=50)
    expected = models.CharField(max_length=50, blank=True)
    key_suspended = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    objects = AnomalyQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "anomalies"
        constraints = [
            models.UniqueConstraint(fields=["organization", "kind", "subject", "where"], name="anomaly_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.where}"


class KnownNetwork(models.Model):
    """From where a key was used, and since when: networks of customers, not single addresses."""

    api_key = models.ForeignKey(
        ApiKey, on_delete=models.CASCADE, related_name="known_networks", db_index=False
    )
    network = models.CharField(max_length=50)
    first_seen_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        ordering = ["-first_seen_at"]
        constraints = [models.UniqueConstraint(fields=["api_key", "network"], name="network_once_of_key")]

    def __str__(self) -> str:
        return self.network


class AnomalyPolicy(models.Model):
    """For which findings the key that they are about is suspended."""

    organization = models.OneToOneField(
        Organization, primary_key=True, on_delete=models.CASCADE, related_name="anomaly_policy"
    )
    suspend_key_on = models.JSONField(default=list)

    class Meta:
        verbose_name_plural = "anomaly policies"

    def __str__(self) -> str:
        return f"What follows from anomalies of {self.organization_id}"
