"""Who does something, and as what: a member, a key, or those who run the installation."""

from dataclasses import dataclass

from accounts.audit import SYSTEM
from accounts.models import ApiKey, Membership, User
from accounts.organizations.roles import PERMISSIONS, Permission, Role, may_hand_out


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    """`name` is what the audit log shows. `user_id` is a person, `api_key` the key with which it is done."""

    name: str
    role: Role
    user_id: int | None = None
    api_key: ApiKey | None = None

    def has(self, permission: Permission) -> bool:
        """By the role; what a key's scopes allow was checked by the view."""
        return permission in PERMISSIONS[self.role]

    def may_hand_out(self, role: str) -> bool:
        return may_hand_out(self.role, role)


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
