from django.db import models
from django.db.models import Q
from django.utils import timezone
from uuid_utils.compat import uuid7

from accounts.append_only import AppendOnlyModel, AppendOnlyQuerySet
from accounts.models.organization import Organization


class AuditEntryQuerySet(AppendOnlyQuerySet["AuditEntry"]):
    pass


class AuditEntry(AppendOnlyModel):
    """Something that was done by somebody, or by the system itself.

    `before` and `after` have the fields that changed. `digest` is over all of that, and signed; `position`
    and `hash` tie it into its chain, some seconds later.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    chain = models.CharField(max_length=36, editable=False)
    # No constraint: it would lock the row of the organization for every entry.
    organization = models.ForeignKey(
        Organization,
        null=True,
        blank=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="audit_entries",
    )
    created_at = models.DateTimeField(default=timezone.now)
    actor_kind = models.CharField("kind of actor", max_length=16)
    actor_id = models.CharField("id of the actor", max_length=40, blank=True)
    actor = models.CharField(max_length=300)
    role = models.CharField(max_length=10, blank=True)
    # What was done, such as "webhook.disabled", and to which object.
    action = models.CharField(max_length=60)
    object_kind = models.CharField("kind of object", max_length=40)
    object_id = models.CharField("id of the object", max_length=64)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    details = models.JSONField(default=dict)
    address = models.CharField(max_length=45, blank=True)
    user_agent = models.CharField(max_length=200, blank=True)
    request_id = models.CharField(max_length=128, blank=True)
    digest = models.CharField(max_length=64)
    signature = models.CharField(max_length=64)
    # Which of the installation's secrets it is signed with.
    signed_with = models.CharField(max_length=16)
    position = models.PositiveBigIntegerField(null=True, blank=True)
    hash = models.CharField(max_length=64, blank=True)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "audit entries"
        constraints = [models.UniqueConstraint(fields=["chain", "position"], name="audit_position_once")]
        indexes = [
            models.Index(fields=["organization", "-id"], name="audit_of_organization"),
            models.Index(fields=["object_id", "-id"], name="audit_of_object"),
            models.Index(fields=["chain"], name="audit_unsealed", condition=Q(position__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.action} by {self.actor}"
