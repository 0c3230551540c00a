"""The calls about organizations and people. Who may make them is the isolation matrix's matter."""

import asyncio
import io
import json
import zipfile
from typing import Any

import pytest
from django.test import Client

from accounts.mail import Mail
from accounts.models import AuditEntry, Invitation, Membership, Organization, Role, ServiceAccount
from accounts.testing import Cast, bearer, make_cast, make_key, make_member, make_organization, written_mails

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def alice(cast: Cast, client: Client) -> Client:
    client.force_login(cast.alice)
    return client


def call(client: Client, method: str, path: str, body: Any = None, **headers: str) -> Any:
    data = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
    return getattr(client, method)(f"/api/v1/{path}", headers=headers, **data)


def member_id(cast: Cast) -> int:
    return Membership.objects.get(user=cast.bob).pk


def token_in(mail: Mail) -> str:
    return next(line for line in mail.text.splitlines() if "#" in line).split("#")[1]


def test_somebody_lists_his_organizations_with_what_he_may_there(cast: Cast, client: Client) -> None:
    other = make_organization("Other", owner=cast.bob)
    client.force_login(cast.bob)
    first, second = call(client, "get", "organizations").json()
    assert (first["slug"], first["role"], second["slug"]) == ("acme", "developer", other.slug)
    assert "generation.create" in first["permissions"]
    assert "member.invite" not in first["permissions"]
    assert "organization.delete" in second["permissions"]
    assert call(client, "get", "organization", **{"X-Organization": other.slug}).json()["name"] == "Other"
    assert call(Client(headers=bearer(cast.key)), "get", "organizations").status_code in (401, 403)


def test_an_organization_is_shown_and_changed(cast: Cast, alice: Client) -> None:
    shown = call(alice, "get", "organization").json()
    assert (shown["object"], shown["slug"], shown["allowed_models"]) == ("organization", "acme", [])
    change = {"name": "Acme & Sons", "allowed_models": ["b", "a", "b"], "allowed_features": ["batches"]}
    changed = call(alice, "patch", "organization", change).json()
    assert (changed["name"], changed["slug"]) == ("Acme & Sons", "acme")
    assert (changed["allowed_models"], changed["allowed_features"]) == (["a", "b"], ["batches"])
    assert call(Client(headers=bearer(cast.key)), "get", "organization").json()["allowed_models"] == [
        "a",
        "b",
    ]
    entry = AuditEntry.objects.get(action="organization.changed")
    assert (entry.before or {})["name"] == "Acme"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": 7}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"slug": "other"}, "slug"),
        ({"suspended": False}, "suspended"),
        ({"allowed_models": "a"}, "allowed_models"),
        ({"allowed_models": [1]}, "allowed_models[0]"),
        ({"allowed_models": [f"m-{number}" for number in range(201)]}, "allowed_models"),
        ({"allowed_features": ["everything"]}, "allowed_features[0]"),
        ({"allowed_features": None}, "allowed_features"),
    ],
)
def test_a_wrong_field_is_named(alice: Client, body: dict[str, Any], field: str) -> None:
    response = call(alice, "patch", "organization", body)
    assert response.status_code == 400, response.content
    assert [detail["field"] for detail in response.json()["error"]["details"]] == [field]


def test_members_are_listed_changed_and_removed(cast: Cast, alice: Client) -> None:
    members = call(alice, "get", "members").json()["results"]
    assert [(member["email"], member["role"]) for member in members] == [
        ("bob@example.org", "developer"),
        ("alice@example.org", "owner"),
    ]
    path = f"members/{member_id(cast)}"
    assert call(alice, "get", path).json() == members[0]
    assert call(alice, "patch", path, {"role": "viewer"}).json()["role"] == "viewer"
    for body in ({}, {"role": "king"}, {"role": None}, {"rolle": "viewer"}):
        assert call(alice, "patch", path, body).status_code == 400
    assert call(alice, "delete", path).status_code == 204
    assert call(alice, "get", path).status_code == 404


def test_members_come_in_pages(cast: Cast, alice: Client) -> None:
    for _ in range(3):
        make_member(cast.organization)
    page = call(alice, "get", "members?page_size=2").json()
    rest = alice.get(page["next"]).json()
    assert len(page["results"]) == len(rest["results"]) == 2
    assert {one["id"] for one in page["results"]}.isdisjoint({one["id"] for one in rest["results"]})


@pytest.mark.parametrize("size", ["0", "101", "-1", "0.5", "ten", "", "²", "9" * 5_000])
def test_a_page_of_another_size_is_refused_by_name(alice: Client, size: str) -> None:
    refused = alice.get("/api/v1/members", {"page_size": size})
    assert refused.status_code == 400
    assert [detail["field"] for detail in refused.json()["error"]["details"]] == ["page_size"]


def test_the_last_owner_is_told_so(cast: Cast, alice: Client) -> None:
    own = Membership.objects.get(user=cast.alice).pk
    for response in (
        call(alice, "post", "organization/leave"),
        call(alice, "delete", f"members/{own}"),
        call(alice, "patch", f"members/{own}", {"role": "admin"}),
    ):
        assert (response.status_code, response.json()["error"]["code"]) == (409, "last_owner")


def test_the_ownership_is_handed_over_and_its_owner_leaves(cast: Cast, alice: Client) -> None:
    response = call(alice, "post", "organization/transfer", {"member": member_id(cast)})
    assert (response.status_code, response.json()["role"]) == (200, "owner")
    assert call(alice, "post", "organization/leave").status_code == 204
    assert [one.user for one in Membership.objects.for_organization(cast.organization)] == [cast.bob]
    outsider = Membership.objects.get(user=cast.charlie).pk
    alice.force_login(cast.bob)
    assert call(alice, "post", "organization/transfer", {"member": outsider}).status_code == 404


def test_somebody_is_invited_and_accepts(cast: Cast, alice: Client) -> None:
    with written_mails() as mails:
        response = call(alice, "post", "invitations", {"email": "Erin@Example.org", "role": "viewer"})
    made = response.json()
    assert (response.status_code, made["email"], made["status"]) == (201, "erin@example.org", "open")
    assert (made["invited_by"], made["role"]) == ("alice@example.org", "viewer")
    token = token_in(mails[0])
    assert mails[0].text.count("http://testserver/invitation#") == 1
    assert token not in response.content.decode()
    assert call(alice, "get", f"invitations/{made['id']}").json() == made
    body = {"token": token, "password": "a long one for erin"}
    accepted = call(Client(), "post", "invitations/accept", body)
    assert (accepted.status_code, accepted.json()) == (200, {"organization": "acme", "role": "viewer"})
    assert call(alice, "get", f"invitations/{made['id']}").json()["status"] == "accepted"
    again = call(Client(), "post", "invitations/accept", body)
    assert (again.status_code, again.json()["error"]["code"]) == (410, "invitation_over")


def test_who_is_logged_in_accepts_with_his_session(cast: Cast, alice: Client) -> None:
    with written_mails() as mails:
        call(alice, "post", "invitations", {"email": "charlie@example.org"})
    charlie = Client()
    charlie.force_login(cast.charlie)
    body = {"token": token_in(mails[0])}
    refused = call(Client(), "post", "invitations/accept", body)
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "not_authenticated")
    assert call(charlie, "post", "invitations/accept", body, **{"Idempotency-Key": "k"}).status_code == 200
    again = call(charlie, "post", "invitations/accept", body, **{"Idempotency-Key": "k"})
    assert again["Idempotent-Replayed"] == "true"
    assert [one["slug"] for one in call(charlie, "get", "organizations").json()] == ["elsewhere", "acme"]


@pytest.mark.parametrize("token", ["", "nothing", "cg_inv_" + "a" * 43, 7, None])
@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "k"}])
def test_another_token_opens_nothing(cast: Cast, token: Any, headers: dict[str, str]) -> None:
    response = call(Client(), "post", "invitations/accept", {"token": token}, **headers)
    assert response.status_code in (400, 404)
    assert response.json()["error"]["code"] in ("invalid_request", "not_found")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "email"),
        ({"email": "nobody"}, "email"),
        ({"email": 7}, "email"),
        ({"email": "e@example.org", "role": "king"}, "role"),
        ({"email": "e@example.org", "token": "x"}, "token"),
        ({"email": "e@example.org\r\nBcc: x@example.org"}, "email"),
    ],
)
def test_a_wrong_invitation_is_named(alice: Client, body: dict[str, Any], field: str) -> None:
    response = call(alice, "post", "invitations", body)
    assert response.status_code == 400
    assert [detail["field"] for detail in response.json()["error"]["details"]] == [field]
    assert not Invitation.objects.exists()


def test_an_invitation_is_revoked(alice: Client) -> None:
    made = call(alice, "post", "invitations", {"email": "e@example.org"}).json()
    assert call(alice, "post", f"invitations/{made['id']}/resend").status_code == 429
    assert call(alice, "delete", f"invitations/{made['id']}").status_code == 204
    [listed] = call(alice, "get", "invitations").json()["results"]
    assert listed["status"] == "revoked"


def test_a_service_account_lives_by_rest(cast: Cast, alice: Client) -> None:
    made = call(alice, "post", "service_accounts", {"name": "CI"}).json()
    assert (made["object"], made["role"], made["created_by"]) == (
        "service_account",
        "developer",
        "alice@example.org",
    )
    path = f"service_accounts/{made['id']}"
    assert call(alice, "patch", path, {"role": "viewer"}).json()["role"] == "viewer"
    assert call(alice, "patch", path, {"role": "owner"}).status_code == 400
    assert call(alice, "post", "service_accounts", {"name": "CI"}).status_code == 409
    assert [one["id"] for one in call(alice, "get", "service_accounts").json()["results"]] == [made["id"]]
    assert call(alice, "delete", path).status_code == 204
    assert call(alice, "get", path).status_code == 404
    assert ServiceAccount.objects.count() == 1


def test_an_organization_is_deleted_with_a_delay_and_that_is_undone(cast: Cast, alice: Client) -> None:
    assert call(alice, "post", "organization/deletion", {"confirm": "nope"}).status_code == 400
    asked = call(alice, "post", "organization/deletion", {"confirm": "acme"})
    assert (asked.status_code, asked.json()["suspended"]) == (202, True)
    assert asked.json()["deletion_due_at"]
    assert call(Client(headers=bearer(cast.key)), "get", "generations").status_code == 401
    refused = call(alice, "get", "members")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "organization_suspended")
    assert call(alice, "get", "organization").json()["suspended"] is True
    assert call(alice, "delete", "organization/deletion").json()["deletion_due_at"] is None
    assert call(alice, "get", "members").status_code == 200


@pytest.mark.django_db(transaction=True)  # it is read in another thread
def test_everything_is_exported_as_one_archive(cast: Cast, alice: Client) -> None:
    make_member(cast.organization, role=Role.VIEWER, email="vic@example.org")
    api_key, text = make_key(cast.organization)
    call(alice, "post", "invitations", {"email": "e@example.org"})
    response = call(alice, "get", "organization/export")
    assert response["Content-Type"] == "application/zip"
    assert response["Content-Disposition"] == 'attachment; filename="acme.zip"'

    async def read() -> bytes:
        return b"".join([piece async for piece in response.streaming_content])

    with zipfile.ZipFile(io.BytesIO(asyncio.run(read()))) as archive:
        assert archive.testzip() is None
        kinds = {name.removesuffix(".jsonl"): archive.read(name).decode() for name in archive.namelist()}
    rows = {kind: [json.loads(line) for line in text.splitlines()] for kind, text in kinds.items()}
    assert rows["organization"][0]["slug"] == "acme"
    assert {row["email"] for row in rows["members"]} == {
        "alice@example.org",
        "bob@example.org",
        "vic@example.org",
    }
    assert api_key.prefix in [row["prefix"] for row in rows["api_keys"]]
    assert [row["email"] for row in rows["invitations"]] == ["e@example.org"]
    assert "organization.exported" in [row["action"] for row in rows["audit_entries"]]
    assert text[21:53] not in "".join(kinds.values())
    # The digests of entries are what they are verified by.
    everything = "".join(kinds.values()).replace('"digest": ', "")
    for secret in ("digest", "token_hash", "elsewhere", "charlie"):
        assert secret not in everything


def test_the_organization_that_is_meant_has_to_be_one_s_own(cast: Cast, alice: Client) -> None:
    response = call(alice, "get", "organization", **{"X-Organization": "elsewhere"})
    assert response.status_code == 403
    assert Organization.objects.count() == 2
