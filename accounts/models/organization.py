from django.conf import settings
from django.db import models
from uuid_utils.compat import uuid7

from accounts.plans.reading import validate_overrides, validate_plan
from accounts.querysets import OrganizationQuerySet
from accounts.scopes import Scope


class Organization(models.Model):
    """The tenant: keys, generations and costs belong to one."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=100)
    slug = models.SlugField(max_length=60, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    suspended_at = models.DateTimeField(null=True, blank=True)
    # Read by `accounts.plans.reading.limits_of`. Empty: DEFAULT_PLAN.
    plan = models.CharField(max_length=40, blank=True, validators=[validate_plan])
    # What is otherwise than in the plan, by the plan's own names.
    plan_overrides = models.JSONField(default=dict, blank=True, validators=[validate_overrides])
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="Membership", related_name="organizations"
    )

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    @property
    def is_suspended(self) -> bool:
        return self.suspended_at is not None


class Role(models.TextChoices):
    OWNER = "owner", "Owner"
    ADMIN = "admin", "Admin"
    DEVELOPER = "developer", "Developer"
    VIEWER = "viewer", "Viewer"
    BILLING = "billing", "Billing"


ROLE_SCOPES: dict[str, frozenset[str]] = {
    Role.OWNER: frozenset(Scope),
    Role.ADMIN: frozenset(Scope),
    Role.DEVELOPER: frozenset(
        {Scope.GENERATE, Scope.READ, Scope.JOBS, Scope.BATCHES, Scope.WEBHOOKS, Scope.USAGE}
    ),
    Role.VIEWER: frozenset({Scope.READ}),
    Role.BILLING: frozenset({Scope.USAGE}),
}


class MembershipQuerySet(OrganizationQuerySet["Membership"]):
    pass


class Membership(models.Model):
    """A user's place in an organization."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.DEVELOPER)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ("created_at", "pk")
        constraints = (
            models.UniqueConstraint(fields=("user", "organization"), name="membership_once_per_organization"),
        )

    def __str__(self) -> str:
        return f"{self.user} in {self.organization}"

    def has_scope(self, scope: str) -> bool:
        return scope in ROLE_SCOPES[self.role]
