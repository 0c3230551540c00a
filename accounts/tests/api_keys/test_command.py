import io
import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.api_keys.authenticate import authenticate_key
from accounts.api_keys.text import new_key_text
from accounts.models import ApiKey, Role
from accounts.testing import make_key, make_member, make_organization, make_service_account
from codegen_site.errors import InvalidApiKey

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("api_key", *arguments, stdout=out)
    return out.getvalue()


def test_it_prints_a_working_key_and_nothing_else() -> None:
    organization = make_organization("Acme")
    api_key = authenticate_key(run("create", "acme", "--name", "laptop").rstrip("\n"))
    assert api_key.organization == organization
    assert api_key.name == "laptop"
    assert api_key.scopes == "generate read jobs batches"
    assert (api_key.expires_at, api_key.role) == (None, Role.ADMIN)


def test_scopes_and_expiry_can_be_given() -> None:
    make_organization("Acme")
    run("create", "acme", "--name", "laptop", "--scopes", "read,jobs", "--expires-days", "30")
    api_key = ApiKey.objects.get()
    assert api_key.scopes == "read jobs"
    assert api_key.expires_at is not None
    assert abs(api_key.expires_at - timezone.now() - timedelta(days=30)) < timedelta(minutes=1)


def test_it_can_belong_to_a_member_or_to_a_service_account() -> None:
    organization = make_organization("Acme")
    member = make_member(organization, email="bob@example.org")
    account = make_service_account(organization)
    run("create", "acme", "--name", "a", "--member", "bob@example.org", "--test", "--networks", "10.0.0.0/8")
    run("create", "acme", "--name", "b", "--service-account", account.name)
    [second, first] = ApiKey.objects.all()
    assert (first.owner, first.mode, first.allowed_networks) == (member, "test", ["10.0.0.0/8"])
    assert second.service_account == account


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["nowhere", "--name", "x"], "no organization with the slug nowhere"),
        (["acme", "--name", "x", "--scopes", "read,everything"], "Unknown scopes: everything"),
        (["acme", "--name", "x", "--expires-days", "0"], "at least 1"),
        (["acme", "--name", "x", "--member", "nobody@example.org"], "no member of acme"),
        (["acme", "--name", "x", "--service-account", "robot"], "no service account robot"),
        (["acme", "--name", "x", "--networks", "everywhere"], "allowed_networks"),
        (["acme"], "--name"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(arguments: list[str], reason: str) -> None:
    make_organization("Acme")
    with pytest.raises(CommandError, match=reason):
        run("create", *arguments)
    assert not ApiKey.objects.exists()


def test_the_list_shows_no_text() -> None:
    organization = make_organization("Acme")
    api_key, text = make_key(organization)
    make_key()
    [line] = run("list", "acme").splitlines()
    assert api_key.prefix in line
    assert text[21:] not in line
    [row] = json.loads(run("list", "acme", "--json"))
    assert (row["prefix"], row["owner"]) == (api_key.prefix, "the organization")


def test_a_key_is_rotated_by_its_prefix() -> None:
    api_key, text = make_key()
    new_text = run("rotate", api_key.prefix, "--overlap-hours", "1").strip()
    assert authenticate_key(text) == api_key
    assert authenticate_key(new_text).name == api_key.name


def test_keys_are_revoked_by_their_prefixes() -> None:
    made = [make_key() for _ in range(2)]
    run("revoke", *(api_key.prefix for api_key, _text in made))
    for _api_key, text in made:
        with pytest.raises(InvalidApiKey):
            authenticate_key(text)
    with pytest.raises(CommandError, match="no key with the prefix"):
        run("revoke", "nothing")


def test_a_text_is_verified(monkeypatch: pytest.MonkeyPatch) -> None:
    api_key, text = make_key(make_organization("Acme"))
    assert "of acme, and works" in run("verify", text)
    monkeypatch.setattr("sys.stdin", io.StringIO(text + "\n"))
    assert "of acme, and works" in run("verify", "-")
    run("revoke", api_key.prefix)
    assert "is revoked" in run("verify", text)
    foreign = new_key_text().reveal()
    assert "checksum is right" in run("verify", foreign, "--offline")
    for wrong, reason in ((foreign, "no key with the prefix"), (text[:-1] + "!", "This is no key")):
        with pytest.raises(CommandError, match=reason):
            run("verify", wrong)
