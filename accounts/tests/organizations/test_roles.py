"""The table of permissions, read as whoever looks a rule up reads it."""

import pytest

from accounts.organizations.roles import (
    OF_SCOPE,
    PERMISSIONS,
    RULES,
    Permission,
    Role,
    describe_roles,
    has_permission,
    may_hand_out,
    scopes_within,
)
from accounts.scopes import Scope


def test_every_permission_has_one_row() -> None:
    assert set(RULES) == set(Permission)
    assert all(rule.roles for rule in RULES.values())


def test_every_scope_stands_for_a_permission_of_its_own() -> None:
    assert set(OF_SCOPE) == set(Scope)
    for scope, permission in OF_SCOPE.items():
        assert RULES[permission].scope == scope


def test_an_owner_may_everything_and_nobody_else_does() -> None:
    assert PERMISSIONS[Role.OWNER] == set(Permission)
    for role in set(Role) - {Role.OWNER}:
        assert PERMISSIONS[role] < PERMISSIONS[Role.OWNER]


@pytest.mark.parametrize(
    ("role", "permission", "answer"),
    [
        ("developer", Permission.GENERATION_CREATE, True),
        ("viewer", Permission.GENERATION_CREATE, False),
        ("viewer", Permission.GENERATION_READ, True),
        ("billing", Permission.GENERATION_READ, False),
        ("billing", Permission.BILLING_MANAGE, True),
        ("admin", Permission.MEMBER_REMOVE, True),
        ("admin", Permission.ORGANIZATION_DELETE, False),
        ("developer", Permission.KEY_MANAGE_OWN, True),
        ("developer", Permission.KEY_MANAGE_ALL, False),
    ],
)
def test_a_role_may_what_the_table_says(role: str, permission: Permission, answer: bool) -> None:
    assert has_permission(role, permission) is answer


@pytest.mark.parametrize(
    ("own", "handed_out"),
    [
        ("owner", {"owner", "admin", "developer", "viewer", "billing"}),
        ("admin", {"admin", "developer", "viewer"}),
        ("developer", {"developer", "viewer"}),
        ("viewer", {"viewer"}),
        ("billing", {"billing"}),
    ],
)
def test_nobody_hands_out_what_he_does_not_have(own: str, handed_out: set[str]) -> None:
    assert {role for role in Role.values if may_hand_out(own, role)} == handed_out


def test_a_viewer_has_no_use_of_what_makes_something() -> None:
    assert set(scopes_within("viewer")) == {Scope.READ, Scope.USAGE, Scope.ADMIN}
    assert set(scopes_within("owner")) == set(Scope)


def test_the_table_can_be_read_in_the_documentation() -> None:
    rows = list(describe_roles())
    assert len(rows) == len(Permission) + 2
    assert "| `generation.read` | read | yes | yes | yes | yes |  |" in rows
    assert "| `organization.delete` | (no key) | yes |  |  |  |  |" in rows
