"""An organization goes in two steps: asked for by an owner, it stops at once; after a delay it is erased.

Until then it can be undone. What was revoked with it stays revoked.
"""

import logging
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.api_keys.services import revoke_api_keys
from accounts.audit.actions import Action
from accounts.audit.pruning import erase_chain
from accounts.audit.record import record_act, record_deed
from accounts.mail import write_mail
from accounts.models import ApiKey, IdempotencyKey, Invitation, Membership, Organization
from accounts.organizations.services import lock_organization
from accounts.organizations.signals import organization_erased, organization_resumed, organization_stopped
from codegen_site.errors import Conflict, ValidationException

DELETED_AT_ONCE = 1_000

logger = logging.getLogger("accounts")


@transaction.atomic
def request_deletion(*, organization: Organization, confirmation: str, by: Actor) -> Organization:
    """`confirmation` is its slug, typed. Keys and invitations end now. Once more does nothing."""
    if confirmation != organization.slug:
        message = f"Type the slug of the organization: {organization.slug}."
        raise ValidationException(message, details=[{"field": "confirm", "message": message}])
    locked = lock_organization(organization)
    if locked.is_being_deleted:
        return locked
    was_stopped, now = locked.is_suspended, timezone.now()
    locked.deletion_requested_at = now
    locked.deletion_due_at = now + timedelta(days=settings.ORGANIZATION_DELETION_DELAY_DAYS)
    locked.save(update_fields=["deletion_requested_at", "deletion_due_at"])
    revoke_api_keys(ApiKey.objects.for_organization(locked), by=by)
    Invitation.objects.for_organization(locked).open().update(revoked_at=now)
    record_deed(
        Action.ORGANIZATION_DELETION_REQUESTED, locked, by=by, due_at=locked.deletion_due_at.isoformat()
    )
    _tell_owners(locked, by=by)
    if not was_stopped:
        organization_stopped.send(Organization, organization=locked)
    return locked


@transaction.atomic
def undo_deletion(*, organization: Organization, by: Actor) -> Organization:
    """Raises `Conflict` when nothing is to be undone, or it is too late."""
    locked = lock_organization(organization)
    if locked.deletion_due_at is None:
        raise Conflict("The organization is not about to be deleted.")
    if locked.deletion_due_at <= timezone.now():
        raise Conflict("It is too late: the organization is being deleted.")
    locked.deletion_requested_at = locked.deletion_due_at = None
    locked.save(update_fields=["deletion_requested_at", "deletion_due_at"])
    record_deed(Action.ORGANIZATION_DELETION_UNDONE, locked, by=by)
    if not locked.is_suspended:
        organization_resumed.send(Organization, organization=locked)
    return locked


def due_organizations() -> list[UUID]:
    """Those that are to be erased now."""
    due = Organization.objects.filter(deletion_due_at__lte=timezone.now()).order_by("deletion_due_at")
    return list(due.values_list("pk", flat=True))


def erase_organization(organization_id: UUID) -> bool:
    """All that it owns, for good, then itself. May be interrupted and called again. False when not due."""
    with transaction.atomic():
        organization = Organization.objects.select_for_update().filter(pk=organization_id).first()
        if organization is None or organization.deletion_due_at is None:
            return False
        if organization.deletion_due_at > timezone.now():
            return False
    organization_erased.send(Organization, organization=organization)
    delete_in_chunks(IdempotencyKey.objects.for_organization(organization))
    erased = erase_chain(organization.pk)
    with transaction.atomic():
        organization.delete()
        record_act(Action.ORGANIZATION_ERASED, object_id=organization_id, audit_entries=erased)
    logger.info("organization.erased", extra={"organization_id": str(organization_id)})
    return True


def delete_in_chunks(rows: models.QuerySet[Any], *, at_once: int = DELETED_AT_ONCE) -> int:
    """Some at a time, each in a transaction of its own: on SQLite everybody else who writes waits."""
    deleted = 0
    while True:
        ids = list(rows.order_by("pk").values_list("pk", flat=True)[:at_once])
        if not ids:
            return deleted
        rows.model._default_manager.filter(pk__in=ids).delete()
        deleted += len(ids)


def _tell_owners(organization: Organization, *, by: Actor) -> None:
    owners = Membership.objects.for_organization(organization).owners().select_related("user")
    for owner in owners:
        write_mail(
            to=owner.user.email,
            template="organization_deletion",
            context={"organization": organization, "by": by.name},
        )
