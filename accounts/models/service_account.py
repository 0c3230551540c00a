from django.conf import settings
from django.db import models
from uuid_utils.compat import uuid7

from accounts.models.organization import Organization
from accounts.organizations.roles import Role
from accounts.querysets import OrganizationQuerySet


class ServiceAccountQuerySet(OrganizationQuerySet["ServiceAccount"]):
    def present(self) -> "ServiceAccountQuerySet":
        return self.filter(removed_at=None)


class ServiceAccount(models.Model):
    """A member that is no person. Its keys outlive whoever made it."""

    # An owner is a person.
    ROLES = tuple(choice for choice in Role.choices if choice[0] != Role.OWNER)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="service_accounts")
    name = models.CharField(max_length=100)
    role = models.CharField(max_length=10, choices=ROLES, default=Role.DEVELOPER)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    # It stays for the history of its keys.
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ServiceAccountQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("organization", "name"),
                condition=models.Q(removed_at=None),
                name="service_account_name_once",
            ),
        )

    def __str__(self) -> str:
        return self.name
