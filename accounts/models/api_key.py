from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from uuid_utils.compat import uuid7

from accounts.models.organization import Membership, Organization
from accounts.models.service_account import ServiceAccount
from accounts.organizations.roles import RULES, Permission, Role, has_permission
from accounts.querysets import OrganizationQuerySet


class ApiKeyQuerySet(OrganizationQuerySet["ApiKey"]):
    def usable(self, now: datetime) -> "ApiKeyQuerySet":
        """Those that are not over. Of them some may be suspended."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None)

    def find(self, prefix: str) -> "ApiKey | None":
        """With all that decides what it may do, in one query."""
        memberships = Membership.objects.filter(
            user=models.OuterRef("owner"), organization=models.OuterRef("organization"), user__is_active=True
        )
        found = self.select_related("organization", "service_account").filter(prefix=prefix)
        api_key = found.annotate(role_found=models.Subquery(memberships.values("role")[:1])).first()
        if api_key is not None:
            api_key.owner_role = getattr(api_key, "role_found", None)
        return api_key


class ApiKey(models.Model):
    """A secret that speaks for an organization. Only its keyed hash is kept.

    It belongs to a member or to a service account, and may no more than its owner may at that moment. One
    that operators made for the organization belongs to neither, and acts as an admin.
    """

    class Mode(models.TextChoices):
        LIVE = "live", "Live"
        TEST = "test", "Test"

    class Status(models.TextChoices):
        ACTIVE = "active"
        SUSPENDED = "suspended"
        REVOKED = "revoked"
        EXPIRED = "expired"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="api_keys")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="api_keys"
    )
    service_account = models.ForeignKey(
        ServiceAccount, null=True, blank=True, on_delete=models.CASCADE, related_name="api_keys"
    )
    mode = models.CharField(max_length=4, choices=Mode.choices, default=Mode.LIVE)
    name = models.CharField(max_length=100)
    description = models.CharField(max_length=500, blank=True)
    prefix = models.CharField(max_length=12, unique=True, editable=False)
    digest = models.BinaryField(max_length=32)
    # Which of the installation's secrets the hash is keyed with; empty for a key from before there were any.
    pepper_id = models.CharField(max_length=16, blank=True, editable=False)
    # Only of such a key.
    salt = models.BinaryField(max_length=16, default=bytes)
    # Separated by spaces, as in OAuth (RFC 6749, 3.3): `contains` works on every database.
    scopes = models.CharField(max_length=200)
    # Empty: from everywhere, and every model.
    allowed_networks = models.JSONField(default=list, blank=True)
    allowed_models = models.JSONField(default=list, blank=True)
    requests_per_minute = models.PositiveIntegerField(null=True, blank=True)
    monthly_budget_microusd = models.PositiveBigIntegerField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    # For a while: it can be taken up again.
    suspended_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    replaced_by = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="replaces", editable=False
    )
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_used_address = models.GenericIPAddressField(null=True, blank=True, editable=False)

    # Not stored: set by whoever has looked it up, for `role`.
    owner_role: str | None = None

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = "API key"
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(owner=None) | Q(service_account=None), name="api_key_has_one_owner"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix})"

    def is_expired(self, now: datetime | None = None) -> bool:
        return self.expires_at is not None and self.expires_at <= (now or timezone.now())

    @property
    def is_over(self) -> bool:
        return self.revoked_at is not None or self.is_expired()

    @property
    def is_usable(self) -> bool:
        return self.suspended_at is None and not self.is_over

    @property
    def status(self) -> Status:
        if self.revoked_at is not None:
            return self.Status.REVOKED
        if self.is_expired():
            return self.Status.EXPIRED
        return self.Status.ACTIVE if self.suspended_at is None else self.Status.SUSPENDED

    @property
    def is_test(self) -> bool:
        return self.mode == self.Mode.TEST

    @property
    def role(self) -> str | None:
        """As what it acts; None when its owner is no member any more, or `owner_role` was not set."""
        if self.owner_id is not None:
            return self.owner_role
        if self.service_account is not None:
            return self.service_account.role if self.service_account.removed_at is None else None
        return Role.ADMIN

    def has_scope(self, scope: str) -> bool:
        return scope in self.scopes.split()

    def may(self, permission: Permission) -> bool:
        scope = RULES[permission].scope
        if scope is None or self.role is None:
            return False
        return self.has_scope(scope) and has_permission(self.role, permission)
