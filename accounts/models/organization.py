from django.conf import settings
from django.db import models
from uuid_utils.compat import uuid7

from accounts.organizations.roles import Permission, Role, has_permission
from accounts.plans.reading import validate_overrides, validate_plan
from accounts.querysets import OrganizationQuerySet


class Feature(models.TextChoices):
    """What an organization can do without."""

    BATCHES = "batches", "Batches"
    WEBHOOKS = "webhooks", "Webhooks"
    REFINE = "refine", "Refining what was generated"
    IMAGES = "images", "Images in prompts"


class Organization(models.Model):
    """The tenant: keys, generations and costs belong to one."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=100)
    slug = models.SlugField(max_length=60, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    suspended_at = models.DateTimeField(null=True, blank=True)
    suspended_reason = models.CharField(max_length=200, blank=True)
    deletion_requested_at = models.DateTimeField(null=True, blank=True, editable=False)
    deletion_due_at = models.DateTimeField(null=True, blank=True, editable=False, db_index=True)
    # Empty: all of them.
    allowed_models = models.JSONField(default=list, blank=True)
    allowed_frameworks = models.JSONField(default=list, blank=True)
    allowed_features = models.JSONField(default=list, blank=True)
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
        """Nothing is done for it: operators suspended it, or it waits for its deletion."""
        return self.suspended_at is not None or self.is_being_deleted

    @property
    def is_being_deleted(self) -> bool:
        return self.deletion_due_at is not None

    def allows_feature(self, feature: Feature) -> bool:
        return not self.allowed_features or feature in self.allowed_features


class MembershipQuerySet(OrganizationQuerySet["Membership"]):
    def owners(self) -> "MembershipQuerySet":
        """Those who can act: a person who may not log in owns nothing in practice."""
        return self.filter(role=Role.OWNER, user__is_active=True)


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

    def may(self, permission: Permission) -> bool:
        return has_permission(self.role, permission)
