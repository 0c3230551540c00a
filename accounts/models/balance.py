from django.db import models
from django.db.models import Q

from accounts.models.organization import Organization
from accounts.querysets import OrganizationQuerySet


class BalanceQuerySet(OrganizationQuerySet["Balance"]):
    pass


class Balance(models.Model):
    """What an organization, or one of its keys, has reserved and spent in a month: the sum of its entries.

    Changed by conditional updates alone. The limits are those that the last reservation was held against;
    the days of its requests are counted one after the other.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="balances", db_index=False
    )
    # Null: the organization's own, of all its keys and members together.
    api_key_id = models.UUIDField(null=True, blank=True)
    month = models.DateField()
    reserved_microusd = models.BigIntegerField(default=0)
    spent_microusd = models.BigIntegerField(default=0)
    limit_microusd = models.BigIntegerField(null=True, blank=True)
    reserved_tokens = models.BigIntegerField(default=0)
    spent_tokens = models.BigIntegerField(default=0)
    limit_tokens = models.BigIntegerField(null=True, blank=True)
    day = models.DateField()
    requests = models.PositiveIntegerField(default=0)
    limit_requests = models.PositiveBigIntegerField(null=True, blank=True)

    objects = BalanceQuerySet.as_manager()

    class Meta:
        ordering = ["-month", "organization", "api_key_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "month"], condition=Q(api_key_id=None), name="balance_of_organization"
            ),
            models.UniqueConstraint(
                fields=["api_key_id", "month"], condition=Q(api_key_id__isnull=False), name="balance_of_key"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} {self.month:%Y-%m}"
