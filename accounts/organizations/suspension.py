"""Operators stop all that is done for an organization, and let it go on."""

from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.audit.actions import Action
from accounts.audit.record import record_deed
from accounts.models import Organization
from accounts.organizations.services import lock_organization
from accounts.organizations.signals import organization_resumed, organization_stopped


@transaction.atomic
def suspend_organization(*, organization: Organization, reason: str, by: Actor) -> Organization:
    """Once more does nothing."""
    locked = lock_organization(organization)
    if locked.suspended_at is None:
        was_stopped = locked.is_suspended
        locked.suspended_at, locked.suspended_reason = timezone.now(), reason
        locked.save(update_fields=["suspended_at", "suspended_reason"])
        record_deed(Action.ORGANIZATION_SUSPENDED, locked, by=by, reason=reason)
        if not was_stopped:
            organization_stopped.send(Organization, organization=locked)
    return locked


@transaction.atomic
def unsuspend_organization(*, organization: Organization, by: Actor) -> Organization:
    """Once more does nothing."""
    locked = lock_organization(organization)
    if locked.suspended_at is not None:
        locked.suspended_at, locked.suspended_reason = None, ""
        locked.save(update_fields=["suspended_at", "suspended_reason"])
        record_deed(Action.ORGANIZATION_UNSUSPENDED, locked, by=by)
        if not locked.is_suspended:
            organization_resumed.send(Organization, organization=locked)
    return locked
