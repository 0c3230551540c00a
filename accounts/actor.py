"""Who does something, and as what: a member, a key, or those who run the installation."""

from dataclasses import dataclass
from typing import Any

from accounts.audit import SYSTEM, record_audit_entry
from accounts.models import ApiKey, Invitation, Membership, Organization, ServiceAccount, User
from accounts.organizations.roles import Role, may_hand_out
from codegen_site.errors import PermissionDenied

Thing = ApiKey | Invitation | Membership | Organization | ServiceAccount


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    """`name` is what the audit log shows. `user_id` is a person, `api_key` the key with which it is done."""

    name: str
    role: Role
    user_id: int | None = None
    api_key: ApiKey | None = None

    def check_reach(self, *roles: str) -> None:
        """Who gives, changes or takes away a role has all that it may. Raises `PermissionDenied`."""
        for role in roles:
            if not may_hand_out(self.role, role):
                raise PermissionDenied(f"The role {self.role} has no say over the role {role}.")


# Commands, the admin, and what the service does by itself: nothing is beyond it.
OPERATOR = Actor(name=SYSTEM, role=Role.OWNER)


def actor_for(caller: ApiKey | Membership) -> Actor:
    if isinstance(caller, Membership):
        return Actor(name=str(caller.user), role=Role(caller.role), user_id=caller.user_id)
    role = Role(caller.role or Role.VIEWER)
    return Actor(name=f"key {caller.prefix}", role=role, user_id=caller.owner_id, api_key=caller)


def operator(user: object) -> Actor:
    """Somebody of those who run the installation, logged in to the admin."""
    return Actor(name=str(user), role=Role.OWNER, user_id=user.pk if isinstance(user, User) else None)


def record_deed(action: str, thing: Thing, *, by: Actor, **details: Any) -> None:
    """In the audit log, in the transaction of what was done. `details` are JSON, without secrets."""
    record_audit_entry(
        organization_id=thing.pk if isinstance(thing, Organization) else thing.organization_id,
        action=action,
        object_id=thing.pk,
        details=details,
        actor=by.name,
    )
