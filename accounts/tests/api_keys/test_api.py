"""The calls about keys. Who may make them is the isolation matrix's matter."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from accounts.api_keys.authenticate import authenticate_key
from accounts.models import ApiKey, AuditEntry, Role
from accounts.scopes import Scope
from accounts.testing import Cast, bearer, make_cast, make_key, make_member, make_service_account
from codegen_site.errors import InvalidApiKey

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def alice(cast: Cast, client: Client) -> Client:
    client.force_login(cast.alice)
    return client


@pytest.fixture
def bob(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.bob)
    return client


def call(client: Client, method: str, path: str = "", body: Any = None, **headers: str) -> Any:
    data = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
    return getattr(client, method)(f"/api/v1/api_keys{path}", headers=headers, **data)


def make(client: Client, **body: Any) -> dict[str, Any]:
    response = call(client, "post", "", {"name": "laptop", **body})
    assert response.status_code == 201, response.content
    return dict(response.json())


def refuses(text: str) -> bool:
    try:
        authenticate_key(text)
    except InvalidApiKey:
        return True
    return False


def test_a_key_is_made_and_shown_once(bob: Client) -> None:
    response = call(bob, "post", "", {"name": "laptop", "description": "of bob"})
    made = response.json()
    assert (response.status_code, response["Cache-Control"]) == (201, "no-store")
    assert (made["owner"], made["created_by"], made["mode"]) == ("bob@example.org", "bob@example.org", "live")
    assert (made["status"], made["scopes"]) == ("active", ["generate", "read", "jobs", "batches"])
    text = made.pop("key")
    assert text.startswith(f"cg_live_{made['prefix']}_")
    assert call(bob, "get", f"/{made['id']}").json() == made
    assert [one["id"] for one in call(bob, "get").json()["results"]] == [made["id"]]
    assert Client(headers=bearer(text)).get("/api/v1/generations").status_code == 200
    used = call(bob, "get", f"/{made['id']}").json()
    assert used["last_used_at"]
    assert used["last_used_address"] == "127.0.0.1"


def test_a_repeated_request_shows_the_same_key(bob: Client) -> None:
    first, second = (call(bob, "post", "", {"name": "x"}, **{"Idempotency-Key": "k"}) for _ in range(2))
    assert first.json()["key"] == second.json()["key"]
    assert ApiKey.objects.filter(name="x").count() == 1


def test_it_has_what_was_asked_for(bob: Client) -> None:
    soon = (timezone.now() + timedelta(days=1)).isoformat()
    wanted = {
        "scopes": ["read"],
        "mode": "test",
        "expires_at": soon,
        "allowed_networks": ["2001:db8::/32", "203.0.113.0/24"],
        "allowed_models": ["a"],
        "requests_per_minute": 60,
        "monthly_budget_microusd": 5_000_000,
    }
    made = make(bob, **wanted)
    assert made["key"].startswith("cg_test_")
    for name in set(wanted) - {"expires_at"}:
        assert made[name] == wanted[name]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": None}, "name"),
        ({"name": ""}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes[0]"),
        ({"scopes": "read"}, "scopes"),
        ({"mode": "prod"}, "mode"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": "soon"}, "expires_at"),
        ({"allowed_networks": ["10.0.0.1/8"]}, "allowed_networks"),
        ({"allowed_networks": ["everywhere"]}, "allowed_networks"),
        ({"allowed_networks": [7]}, "allowed_networks[0]"),
        ({"requests_per_minute": 0}, "requests_per_minute"),
        ({"requests_per_minute": "60"}, "requests_per_minute"),
        ({"monthly_budget_microusd": -1}, "monthly_budget_microusd"),
        ({"monthly_budget_microusd": 1.5}, "monthly_budget_microusd"),
        ({"service_account": "robot"}, "service_account"),
        ({"service_account": str(uuid4())}, "service_account"),
        ({"secret": "mine"}, "secret"),
    ],
)
def test_a_wrong_field_is_named(alice: Client, body: dict[str, Any], field: str) -> None:
    response = call(alice, "post", "", {"name": "laptop", **body})
    assert response.status_code == 400, response.content
    assert [detail["field"] for detail in response.json()["error"]["details"]] == [field]
    assert not ApiKey.objects.filter(name="laptop").exists()


def test_who_manages_his_own_sees_no_other_s(cast: Cast, alice: Client, bob: Client) -> None:
    own, other = make(bob), make(alice)
    assert [one["id"] for one in call(bob, "get").json()["results"]] == [own["id"]]
    assert {one["id"] for one in call(alice, "get").json()["results"]} > {own["id"], other["id"]}
    for method, path in (("get", ""), ("patch", ""), ("delete", ""), ("post", "/rotate")):
        body: Any = None if method == "get" else {}
        assert call(bob, method, f"/{other['id']}{path}", body).status_code == 404


def test_another_s_key_is_revoked_and_no_more(alice: Client, bob: Client) -> None:
    made = make(bob)
    assert call(alice, "patch", f"/{made['id']}", {"name": "mine"}).status_code == 403
    assert call(alice, "post", f"/{made['id']}/rotate", {}).status_code == 403
    assert call(alice, "delete", f"/{made['id']}").status_code == 204
    assert refuses(made["key"])
    assert call(bob, "get", f"/{made['id']}").json()["status"] == "revoked"


def test_an_admin_makes_keys_for_a_service_account(cast: Cast, bob: Client) -> None:
    account = make_service_account(cast.organization)
    elsewhere = make_service_account(cast.other_organization)
    admin = Client()
    admin.force_login(make_member(cast.organization, role=Role.ADMIN))
    made = make(admin, service_account=str(account.pk))
    assert (made["owner"], made["service_account"]) == (None, str(account.pk))
    assert call(bob, "post", "", {"name": "x", "service_account": str(account.pk)}).status_code == 403
    assert call(admin, "post", "", {"name": "x", "service_account": str(elsewhere.pk)}).status_code == 400
    found = call(admin, "get", f"?service_account={account.pk}").json()["results"]
    assert [one["id"] for one in found] == [made["id"]]


def test_a_viewer_makes_none(cast: Cast) -> None:
    viewer = Client()
    viewer.force_login(make_member(cast.organization, role=Role.VIEWER))
    assert call(viewer, "post", "", {"name": "x", "scopes": ["read"]}).status_code == 403


def test_what_is_given_is_changed(bob: Client) -> None:
    made = make(bob)
    path = f"/{made['id']}"
    changed = call(bob, "patch", path, {"scopes": ["read"], "allowed_networks": ["10.0.0.0/8"]}).json()
    assert (changed["scopes"], changed["allowed_networks"]) == (["read"], ["10.0.0.0/8"])
    assert changed["name"] == "laptop"
    assert call(bob, "patch", path, {}).json() == changed
    response = Client(headers=bearer(made["key"])).get("/api/v1/generations")
    assert response.json()["error"]["code"] == "address_not_allowed"
    assert call(bob, "patch", path, {"mode": "test"}).status_code == 400


def test_a_key_is_rotated_with_an_overlap(bob: Client) -> None:
    made = make(bob)
    response = call(bob, "post", f"/{made['id']}/rotate", {"overlap_s": 60})
    rotated = response.json()
    assert (response.status_code, response["Cache-Control"]) == (200, "no-store")
    new, old = rotated["new"], rotated["old"]
    assert (old["id"], old["replaced_by"], old["status"]) == (made["id"], new["id"], "active")
    assert old["expires_at"] is not None
    assert (new["expires_at"], new["owner"]) == (None, "bob@example.org")
    assert "key" not in old
    assert not refuses(made["key"])
    assert not refuses(new["key"])
    assert call(bob, "post", f"/{made['id']}/rotate", {"overlap_s": 0}).status_code == 409  # it is in use
    for wrong in (-1, 31 * 86_400, "60", None):
        assert call(bob, "post", f"/{new['id']}/rotate", {"overlap_s": wrong}).status_code == 400
    at_once = bob.generic("POST", f"/api/v1/api_keys/{new['id']}/rotate").json()  # without any body
    assert at_once["new"]["id"] != new["id"]


def test_keys_are_filtered_by_what_they_are(cast: Cast, alice: Client) -> None:
    active, revoked, expired = make(alice), make(alice, mode="test"), make(alice)
    call(alice, "delete", f"/{revoked['id']}")
    ApiKey.objects.filter(pk=expired["id"]).update(expires_at=timezone.now())
    for query, found in (
        ("status=active", active),
        ("status=revoked", revoked),
        ("status=expired", expired),
        ("mode=test", revoked),
    ):
        ids = [one["id"] for one in call(alice, "get", f"?{query}").json()["results"]]
        assert found["id"] in ids
        assert not {active["id"], revoked["id"], expired["id"]} - {found["id"]} & set(ids)
    assert call(alice, "get", "?status=lost").status_code == 400


def test_a_key_manages_keys_of_its_own_owner_within_itself(cast: Cast) -> None:
    _maker, text = make_key(cast.organization, owner=cast.bob, scopes=[Scope.ADMIN, Scope.READ])
    key = Client(headers=bearer(text))
    made = make(key, scopes=["read"])
    assert made["owner"] == "bob@example.org"
    assert call(key, "post", "", {"name": "x", "scopes": ["generate"]}).status_code == 403
    without = Client(headers=bearer(make_key(cast.organization, owner=cast.bob)[1]))
    assert call(without, "get").status_code == 403


def test_so_does_one_of_a_service_account(cast: Cast) -> None:
    account = make_service_account(cast.organization)
    key = Client(headers=bearer(make_key(cast.organization, owner=account, scopes=list(Scope))[1]))
    other = make_key(cast.organization, owner=cast.bob)[0]
    made = make(key)
    assert made["service_account"] == str(account.pk)
    assert call(key, "get", f"/{other.pk}").status_code == 404
    assert call(key, "post", f"/{made['id']}/rotate", {}).status_code == 200


def test_a_suspended_key_opens_nothing_until_it_is_taken_up_again(cast: Cast, bob: Client) -> None:
    made = make(bob, scopes=["read"])
    user = Client(headers=bearer(made["key"]))
    assert user.get("/api/v1/generations").status_code == 200
    for _ in range(2):
        suspended = call(bob, "patch", f"/{made['id']}", {"suspended": True}).json()
    assert (suspended["status"], bool(suspended["suspended_at"])) == ("suspended", True)
    assert user.get("/api/v1/generations").status_code == 401
    listed = call(bob, "get", "?status=suspended").json()["results"]
    assert [one["id"] for one in listed] == [made["id"]]
    assert made["id"] not in str(call(bob, "get", "?status=active").json())
    told = AuditEntry.objects.filter(action="api_key.changed", object_id=made["id"]).earliest("id")
    assert told.after == {"suspended_at": suspended["suspended_at"].replace("Z", "+00:00")}
    resumed = call(bob, "patch", f"/{made['id']}", {"suspended": False}).json()
    assert (resumed["status"], resumed["suspended_at"]) == ("active", None)
    assert user.get("/api/v1/generations").status_code == 200


def test_a_new_key_cannot_be_suspended(bob: Client) -> None:
    refused = call(bob, "post", "", {"name": "x", "suspended": True})
    assert (refused.status_code, refused.json()["error"]["details"][0]["field"]) == (400, "suspended")
