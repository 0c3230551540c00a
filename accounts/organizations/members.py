"""Who belongs to an organization, and as what. The last owner stays one, whoever else acts at that moment."""

from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.api_keys.services import revoke_api_keys
from accounts.audit.actions import Action
from accounts.audit.record import record_deed
from accounts.models import ApiKey, Invitation, Membership, Role
from accounts.organizations.roles import may_hand_out
from accounts.organizations.services import lock_organization
from codegen_site.errors import Conflict, LastOwner, NotFound


@transaction.atomic
def change_role(*, membership: Membership, role: Role, by: Actor) -> Membership:
    """Raises `PermissionDenied` for a role beyond that of `by`, and `LastOwner`."""
    locked = _lock(membership)
    by.check_reach(locked.role, role)
    if locked.role == role:
        return locked
    if role != Role.OWNER:
        _refuse_last_owner(locked)
    _set_role(locked, role, by=by)
    return locked


@transaction.atomic
def remove_member(*, membership: Membership, by: Actor) -> None:
    """With the keys that he owns. Raises `PermissionDenied` and `LastOwner`."""
    locked = _lock(membership)
    by.check_reach(locked.role)
    _remove(locked, by=by, action=Action.MEMBER_REMOVED)


@transaction.atomic
def leave_organization(*, membership: Membership, by: Actor) -> None:
    """Raises `LastOwner`."""
    _remove(_lock(membership), by=by, action=Action.MEMBER_LEFT)


@transaction.atomic
def transfer_ownership(*, owner: Membership, to: Membership, by: Actor) -> Membership:
    """`to` owns the organization, and who did is an admin of it. Raises `Conflict`."""
    locked, heir = _lock(owner), _lock(to)
    if locked.role != Role.OWNER:
        raise Conflict("Only an owner can hand the ownership over.")
    is_another = heir.pk != locked.pk and heir.organization_id == locked.organization_id
    if not is_another or not heir.user.is_active:
        raise Conflict("Choose another member, who may log in.")
    _set_role(heir, Role.OWNER, by=by)
    _set_role(locked, Role.ADMIN, by=by)
    return heir


def _lock(membership: Membership) -> Membership:
    """As it is now, for whoever holds the organization. Raises `NotFound` when it has gone meanwhile."""
    lock_organization(membership.organization)
    locked = Membership.objects.select_related("user", "organization").filter(pk=membership.pk).first()
    if locked is None:
        raise NotFound
    return locked


def _refuse_last_owner(membership: Membership) -> None:
    owners = Membership.objects.for_organization(membership.organization).owners()
    if membership.role == Role.OWNER and not owners.exclude(pk=membership.pk).exists():
        raise LastOwner


def _set_role(membership: Membership, role: Role, *, by: Actor) -> None:
    before, membership.role = membership.role, role
    membership.save(update_fields=["role"])
    _revoke_invitations(membership, role=role)
    record_deed(
        Action.MEMBER_ROLE_CHANGED,
        membership,
        by=by,
        member=membership.user.email,
        before={"role": before},
        after={"role": role},
    )


def _remove(membership: Membership, *, by: Actor, action: Action) -> None:
    _refuse_last_owner(membership)
    keys = ApiKey.objects.for_organization(membership.organization).filter(owner=membership.user_id)
    revoke_api_keys(keys, by=by)
    _revoke_invitations(membership, role=None)
    record_deed(action, membership, by=by, member=membership.user.email, role=membership.role)
    membership.delete()


def _revoke_invitations(inviter: Membership, *, role: Role | None) -> None:
    """Those that he could not make any more."""
    beyond = [other for other in Role if role is None or not may_hand_out(role, other)]
    made = Invitation.objects.for_organization(inviter.organization).open()
    made.filter(created_by=inviter.user_id, role__in=beyond).update(revoked_at=timezone.now())
