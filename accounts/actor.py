"""Who does something, and as what: a member, a key, or those who run the installation."""

from dataclasses import dataclass

from django.db import models

from accounts.models import ApiKey, Membership, User
from accounts.organizations.roles import Role, may_hand_out
from codegen_site.errors import PermissionDenied

SYSTEM = "system"


class ActorKind(models.TextChoices):
    PERSON = "person"
    KEY = "key"
    SERVICE_ACCOUNT = "service_account"
    # Somebody of those who run the installation, in the admin.
    OPERATOR = "operator"
    # A command, or the service by itself.
    SYSTEM = "system"
    # Nobody who is known: who failed to log in.
    ANONYMOUS = "anonymous"


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    """`name` is what the audit log shows. `user_id` is a person, `api_key` the key with which it is done."""

    name: str
    role: Role
    user_id: int | None = None
    api_key: ApiKey | None = None
    # Of an operator: what his account is.
    rank: str = ""
    is_known: bool = True
    in_organization: bool = True

    def check_reach(self, *roles: str) -> None:
        """Who gives, changes or takes away a role has all that it may. Raises `PermissionDenied`."""
        for role in roles:
            if not may_hand_out(self.role, role):
                raise PermissionDenied(f"The role {self.role} has no say over the role {role}.")

    @property
    def kind(self) -> ActorKind:
        if not self.is_known:
            return ActorKind.ANONYMOUS
        if self.api_key is not None:
            has_account = self.api_key.service_account_id is not None
            return ActorKind.SERVICE_ACCOUNT if has_account else ActorKind.KEY
        if self.rank:
            return ActorKind.OPERATOR
        return ActorKind.SYSTEM if self.user_id is None else ActorKind.PERSON

    @property
    def id(self) -> str:
        """Of the person, the key or the service account."""
        if self.api_key is not None:
            return str(self.api_key.service_account_id or self.api_key.pk)
        return "" if self.user_id is None else str(self.user_id)

    @property
    def shown_role(self) -> str:
        """In the organization, or in the admin."""
        is_member = self.kind in (ActorKind.PERSON, ActorKind.KEY, ActorKind.SERVICE_ACCOUNT)
        return str(self.role) if is_member and self.in_organization else self.rank


# Commands, the admin, and what the service does by itself: nothing is beyond it.
OPERATOR = Actor(name=SYSTEM, role=Role.OWNER)


def actor_for(caller: ApiKey | Membership) -> Actor:
    if isinstance(caller, Membership):
        return Actor(name=str(caller.user), role=Role(caller.role), user_id=caller.user_id)
    role = Role(caller.role or Role.VIEWER)
    return Actor(name=f"key {caller.prefix}", role=role, user_id=caller.owner_id, api_key=caller)


def operator(user: object) -> Actor:
    """Somebody of those who run the installation, logged in to the admin."""
    rank = "superuser" if getattr(user, "is_superuser", False) else "staff"
    user_id = user.pk if isinstance(user, User) else None
    return Actor(name=str(user), role=Role.OWNER, user_id=user_id, rank=rank)


def person(user: User) -> Actor:
    """Somebody who acts for himself, in no organization."""
    return Actor(name=str(user), role=Role.VIEWER, user_id=user.pk, in_organization=False)


def nobody(name: str) -> Actor:
    """Who says that he is `name`, and is not known to be."""
    return Actor(name=name, role=Role.VIEWER, is_known=False)
