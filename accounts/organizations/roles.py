"""Who may do what: the one table of permissions. The API documentation shows it as it stands here."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.db import models

from accounts.scopes import Scope


class Role(models.TextChoices):
    OWNER = "owner", "Owner"
    ADMIN = "admin", "Admin"
    DEVELOPER = "developer", "Developer"
    VIEWER = "viewer", "Viewer"
    BILLING = "billing", "Billing"


class Permission(StrEnum):
    GENERATION_CREATE = "generation.create"
    GENERATION_READ = "generation.read"
    GENERATION_DELETE = "generation.delete"
    JOB_CANCEL = "job.cancel"
    BATCH_MANAGE = "batch.manage"
    WEBHOOK_MANAGE = "webhook.manage"
    USAGE_READ = "usage.read"
    BILLING_READ = "billing.read"
    BILLING_MANAGE = "billing.manage"
    KEY_MANAGE_OWN = "key.manage_own"
    KEY_MANAGE_ALL = "key.manage_all"
    SERVICE_ACCOUNT_MANAGE = "service_account.manage"
    MEMBER_READ = "member.read"
    MEMBER_INVITE = "member.invite"
    MEMBER_REMOVE = "member.remove"
    MEMBER_CHANGE_ROLE = "member.change_role"
    ORGANIZATION_READ = "organization.read"
    ORGANIZATION_UPDATE = "organization.update"
    ORGANIZATION_LEAVE = "organization.leave"
    ORGANIZATION_TRANSFER = "organization.transfer"
    ORGANIZATION_EXPORT = "organization.export"
    ORGANIZATION_DELETE = "organization.delete"
    AUDIT_READ = "audit.read"


# What is in no scope is never done by a key: it takes a person who is logged in.
_TABLE = """
permission              scope     owner  admin  developer  viewer  billing
generation.create       generate  yes    yes    yes        -       -
generation.read         read      yes    yes    yes        yes     -
generation.delete       generate  yes    yes    yes        -       -
job.cancel              jobs      yes    yes    yes        -       -
batch.manage            batches   yes    yes    yes        -       -
webhook.manage          webhooks  yes    yes    yes        -       -
usage.read              usage     yes    yes    yes        yes     yes
billing.read            usage     yes    yes    -          -       yes
billing.manage          -         yes    -      -          -       yes
key.manage_own          admin     yes    yes    yes        -       -
key.manage_all          admin     yes    yes    -          -       -
service_account.manage  admin     yes    yes    -          -       -
member.read             admin     yes    yes    yes        yes     yes
member.invite           admin     yes    yes    -          -       -
member.remove           admin     yes    yes    -          -       -
member.change_role      admin     yes    yes    -          -       -
organization.read       read      yes    yes    yes        yes     yes
organization.update     admin     yes    yes    -          -       -
organization.leave      -         yes    yes    yes        yes     yes
organization.transfer   -         yes    -      -          -       -
organization.export     -         yes    -      -          -       -
organization.delete     -         yes    -      -          -       -
audit.read              admin     yes    yes    -          -       -
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """Who has a permission: members by their role, and keys that have the scope, up to their owner's role."""

    permission: Permission
    scope: Scope | None
    roles: frozenset[Role]


def _read_table() -> Iterator[Rule]:
    header, *lines = _TABLE.strip().splitlines()
    roles = [Role(name) for name in header.split()[2:]]
    for line in lines:
        permission, scope, *answers = line.split()
        yield Rule(
            permission=Permission(permission),
            scope=None if scope == "-" else Scope(scope),
            roles=frozenset(role for role, answer in zip(roles, answers, strict=True) if answer == "yes"),
        )


RULES: Mapping[Permission, Rule] = {rule.permission: rule for rule in _read_table()}
PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    role: frozenset(rule.permission for rule in RULES.values() if role in rule.roles) for role in Role
}
# What a view that names a scope alone asks of a member who is logged in.
OF_SCOPE: Mapping[Scope, Permission] = {
    Scope.GENERATE: Permission.GENERATION_CREATE,
    Scope.READ: Permission.GENERATION_READ,
    Scope.JOBS: Permission.JOB_CANCEL,
    Scope.BATCHES: Permission.BATCH_MANAGE,
    Scope.WEBHOOKS: Permission.WEBHOOK_MANAGE,
    Scope.USAGE: Permission.USAGE_READ,
    Scope.ADMIN: Permission.ORGANIZATION_UPDATE,
}


def has_permission(role: str, permission: Permission) -> bool:
    return Role(role) in RULES[permission].roles


def may_hand_out(own: str, role: str) -> bool:
    """Whether somebody with the role `own` may give, change or take away `role`: nothing beyond his own."""
    return PERMISSIONS[Role(role)] <= PERMISSIONS[Role(own)]


def scopes_within(role: str) -> tuple[Scope, ...]:
    """The scopes of which a key of this role's could use anything."""
    within = {rule.scope for rule in RULES.values() if Role(role) in rule.roles}
    return tuple(scope for scope in Scope if scope in within)


def describe_roles() -> Iterable[str]:
    """The table in Markdown."""
    yield f"| permission | scope of a key | {' | '.join(Role.values)} |"
    yield "| --- | --- |" + " --- |" * len(Role)
    for rule in RULES.values():
        answers = ("yes" if role in rule.roles else "" for role in Role)
        yield f"| `{rule.permission}` | {rule.scope or '(no key)'} | {' | '.join(answers)} |"
