"""What operators do with organizations, people and keys."""

import re
from typing import Any

import pytest
from django.test import Client

from accounts.actor import OPERATOR
from accounts.api_keys.authenticate import authenticate_key
from accounts.models import ApiKey, AuditEntry, Invitation, Membership, Organization, Role
from accounts.organizations.invitations import invite
from accounts.testing import Cast, make_cast, make_key, make_service_account, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def operator(cast: Cast, client: Client) -> Client:
    client.force_login(make_user("operator@example.org", is_staff=True))
    return client


def act(client: Client, model: str, action: str, *rows: Any, **data: str) -> Any:
    body = {"action": action, "_selected_action": [str(row.pk) for row in rows], **data}
    return client.post(f"/admin/accounts/{model}/", body, follow=True)


MODELS = ("organization", "apikey", "serviceaccount", "invitation", "user", "auditentry")


@pytest.mark.parametrize("model", MODELS)
def test_every_list_and_form_opens(operator: Client, cast: Cast, model: str) -> None:
    invite(organization=cast.organization, email="e@example.org", by=OPERATOR, site="")
    make_service_account(cast.organization)
    page = operator.get(f"/admin/accounts/{model}/")
    assert page.status_code == 200
    links = re.findall(rf'href="(/admin/accounts/{model}/[^"/]+/change/)', page.content.decode())
    assert links
    assert operator.get(links[0]).status_code == 200
    assert operator.get(f"/admin/accounts/{model}/add/").status_code in (200, 403)


def test_a_key_is_made_with_all_that_it_can_have(operator: Client, cast: Cast) -> None:
    wanted = {
        "organization": str(cast.organization.pk),
        "name": "CI",
        "scopes": ["read", "jobs"],
        "owner": str(cast.bob.pk),
        "mode": "test",
        "allowed_networks": '["10.0.0.0/8"]',
        "allowed_models": "[]",
        "requests_per_minute": "60",
    }
    page = operator.post("/admin/accounts/apikey/add/", wanted, follow=True)
    shown = re.search(r"cg_test_\w+", page.content.decode())
    assert shown
    api_key = ApiKey.objects.get(name="CI")
    assert (api_key.owner, api_key.scopes, api_key.requests_per_minute) == (cast.bob, "read jobs", 60)
    assert api_key.created_by is not None
    assert AuditEntry.objects.get(object_id=api_key.pk).actor == "operator@example.org"
    with pytest.raises(Exception, match="not be used from this address"):
        authenticate_key(shown[0])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"allowed_networks": '["everywhere"]'}, "allowed_networks"),
        ({"owner": "charlie"}, "no member of the organization"),
        ({"scopes": []}, "This field is required"),
    ],
)
def test_a_wrong_key_is_refused_in_the_form(
    operator: Client, cast: Cast, change: dict[str, Any], reason: str
) -> None:
    if "owner" in change:
        change = {"owner": str(cast.charlie.pk)}
    wanted = {"organization": str(cast.organization.pk), "name": "CI", "scopes": ["read"], "mode": "live"}
    lists = {"allowed_networks": "[]", "allowed_models": "[]"}
    page = operator.post("/admin/accounts/apikey/add/", {**wanted, **lists, **change})
    assert page.status_code == 200
    assert reason in page.content.decode()
    assert not ApiKey.objects.filter(name="CI").exists()


def test_keys_are_revoked(operator: Client, cast: Cast) -> None:
    api_key, _text = make_key(cast.organization)
    act(operator, "apikey", "revoke", api_key)
    api_key.refresh_from_db()
    assert api_key.revoked_at


def test_an_organization_is_suspended_with_a_reason_and_goes_on(operator: Client, cast: Cast) -> None:
    act(operator, "organization", "suspend", cast.organization, reason="spam")
    cast.organization.refresh_from_db()
    assert (cast.organization.is_suspended, cast.organization.suspended_reason) == (True, "spam")
    entry = AuditEntry.objects.get(action="organization.suspended")
    assert (entry.actor, entry.details) == ("operator@example.org", {"reason": "spam"})
    act(operator, "organization", "unsuspend", cast.organization)
    cast.organization.refresh_from_db()
    assert not cast.organization.is_suspended


def test_it_is_deleted_with_the_delay_alone(operator: Client, cast: Cast) -> None:
    path = f"/admin/accounts/organization/{cast.organization.pk}/delete/"
    assert operator.post(path, {"post": "yes"}).status_code == 403
    act(operator, "organization", "delete_selected", cast.organization, post="yes")
    assert Organization.objects.filter(pk=cast.organization.pk).exists()
    page = act(operator, "organization", "ask_for_deletion", cast.organization)
    assert "an owner can undo it" in page.content.decode()
    cast.organization.refresh_from_db()
    assert cast.organization.is_being_deleted


def test_an_invitation_is_revoked(operator: Client, cast: Cast) -> None:
    invitation = invite(organization=cast.organization, email="e@example.org", by=OPERATOR, site="")
    assert invitation.token_hash not in operator.get("/admin/accounts/invitation/").content.decode()
    act(operator, "invitation", "revoke", invitation)
    assert Invitation.objects.get().status == Invitation.Status.REVOKED


@pytest.mark.parametrize("way", ["demoted", "removed"])
def test_the_last_owner_stays_one(operator: Client, cast: Cast, way: str) -> None:
    owner = Membership.objects.get(user=cast.alice)
    form = {
        "name": "Acme",
        "slug": "acme",
        "allowed_models": "[]",
        "allowed_frameworks": "[]",
        "allowed_features": "[]",
        "memberships-TOTAL_FORMS": "1",
        "memberships-INITIAL_FORMS": "1",
        "memberships-0-id": str(owner.pk),
        "memberships-0-organization": str(cast.organization.pk),
        "memberships-0-user": str(cast.alice.pk),
        "memberships-0-role": "owner",
    }
    path = f"/admin/accounts/organization/{cast.organization.pk}/change/"
    change = {"memberships-0-DELETE": "on"} if way == "removed" else {"memberships-0-role": "admin"}
    assert "The last owner cannot" in operator.post(path, {**form, **change}).content.decode()
    owner.refresh_from_db()
    assert owner.role == Role.OWNER
    assert operator.post(path, {**form, "name": "Renamed"}).status_code == 302
