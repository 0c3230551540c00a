"""What a key may put into another."""

from datetime import UTC, datetime
from typing import Any

import pytest

from accounts.api_keys.grant import check_scopes_of_role, check_within_key
from accounts.models import ApiKey
from codegen_site.errors import PermissionDenied

SOON, LATER = datetime(2030, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)


def key(**fields: Any) -> ApiKey:
    return ApiKey(**{"scopes": "read admin", **fields})


@pytest.mark.parametrize(
    ("maker", "wanted"),
    [
        ({}, {}),
        ({}, {"scopes": "read", "mode": "test", "expires_at": SOON}),
        ({"mode": "test"}, {"mode": "test"}),
        ({"expires_at": LATER}, {"expires_at": SOON}),
        ({"expires_at": SOON}, {"expires_at": SOON}),
        ({"allowed_networks": ["10.0.0.0/8"]}, {"allowed_networks": ["10.1.0.0/16", "10.2.3.4/32"]}),
        ({"allowed_networks": ["10.0.0.0/8", "2001:db8::/32"]}, {"allowed_networks": ["2001:db8:1::/48"]}),
        ({"allowed_models": ["a", "b"]}, {"allowed_models": ["b"]}),
        ({}, {"allowed_models": ["b"], "allowed_networks": ["0.0.0.0/0"], "requests_per_minute": 1}),
    ],
)
def test_as_much_as_itself_or_less(maker: dict[str, Any], wanted: dict[str, Any]) -> None:
    check_within_key(key(**wanted), maker=key(**maker))


@pytest.mark.parametrize(
    ("maker", "wanted", "field"),
    [
        ({}, {"scopes": "read jobs"}, "scopes"),
        ({"mode": "test"}, {"mode": "live"}, "mode"),
        ({"expires_at": SOON}, {"expires_at": LATER}, "expires_at"),
        ({"expires_at": SOON}, {}, "expires_at"),
        ({"allowed_networks": ["10.0.0.0/8"]}, {}, "allowed_networks"),
        ({"allowed_networks": ["10.0.0.0/8"]}, {"allowed_networks": ["10.0.0.0/7"]}, "allowed_networks"),
        ({"allowed_networks": ["0.0.0.0/0"]}, {"allowed_networks": ["::/0"]}, "allowed_networks"),
        ({"allowed_models": ["a"]}, {}, "allowed_models"),
        ({"allowed_models": ["a"]}, {"allowed_models": ["a", "b"]}, "allowed_models"),
        ({"requests_per_minute": 5}, {"requests_per_minute": 1}, None),
        ({"monthly_budget_microusd": 5}, {"monthly_budget_microusd": 5}, None),
    ],
)
def test_never_more(maker: dict[str, Any], wanted: dict[str, Any], field: str | None) -> None:
    with pytest.raises(PermissionDenied) as refused:
        check_within_key(key(**wanted), maker=key(**maker))
    assert (refused.value.details[0]["field"] if refused.value.details else None) == field


@pytest.mark.parametrize(
    ("role", "scopes", "is_right"),
    [
        ("owner", "generate read jobs batches webhooks usage admin", True),
        ("admin", "generate read jobs batches webhooks usage admin", True),
        ("developer", "generate read jobs batches webhooks usage admin", True),
        ("viewer", "read usage admin", True),
        ("viewer", "generate", False),
        ("viewer", "webhooks", False),
        ("billing", "read usage", True),
        ("billing", "jobs", False),
    ],
)
def test_a_scope_that_a_role_has_no_use_of(role: str, scopes: str, is_right: bool) -> None:
    if is_right:
        check_scopes_of_role(scopes.split(), role=role)
        return
    with pytest.raises(PermissionDenied):
        check_scopes_of_role(scopes.split(), role=role)
