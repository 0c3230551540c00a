"""Whose key a text is, and whose it is no more."""

import hashlib
import hmac
from collections.abc import Callable
from datetime import timedelta
from ipaddress import ip_address

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from accounts.api_keys import authenticate, known_keys
from accounts.api_keys.authenticate import authenticate_key
from accounts.api_keys.hashing import current_pepper
from accounts.api_keys.text import checksum_of, new_key_text, parse_key_text
from accounts.models import ApiKey, Membership, Role
from accounts.organizations.roles import Permission
from accounts.testing import make_key, make_member, make_organization, make_service_account
from codegen_site.errors import AddressNotAllowed, InvalidApiKey

pytestmark = pytest.mark.django_db


def refuses(text: str) -> bool:
    try:
        authenticate_key(text)
    except InvalidApiKey:
        return True
    return False


def another_secret(text: str) -> str:
    body = text[:21] + ("A" if text[21] != "A" else "B") + text[22:-6]
    return body + checksum_of(body)


def another_prefix(text: str) -> str:
    body = text[:8] + "0" * 12 + text[20:-6]
    return body + checksum_of(body)


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(another_secret, id="another secret"),
        pytest.param(another_prefix, id="another prefix"),
        pytest.param(lambda text: text[:-1] + ("A" if text[-1] != "A" else "B"), id="another checksum"),
        pytest.param(lambda text: text[:-6], id="no checksum"),
        pytest.param(lambda text: text[:-1], id="too short"),
        pytest.param(lambda text: text + "A", id="too long"),
        pytest.param(lambda text: text + "\n", id="a line end"),
        pytest.param(lambda text: text[:20], id="the prefix alone"),
        pytest.param(lambda text: "", id="nothing"),
        pytest.param(lambda text: text.upper(), id="upper case"),
    ],
)
def test_any_other_text_is_refused(spoil: Callable[[str], str]) -> None:
    _api_key, text = make_key()
    for _ in range(2):
        assert refuses(spoil(text))
    assert not refuses(text)


def test_a_key_that_is_known_costs_no_sql() -> None:
    _api_key, text = make_key()
    with CaptureQueriesContext(connection) as first:
        authenticate_key(text)
    with CaptureQueriesContext(connection) as others:
        for _ in range(5):
            found = authenticate_key(text)
            assert found.organization.name
            assert found.role == Role.ADMIN
    assert (len(first), len(others)) == (3, 0)


def test_an_unknown_key_that_comes_again_costs_no_sql() -> None:
    text = new_key_text().reveal()
    assert refuses(text)
    with CaptureQueriesContext(connection) as captured:
        assert refuses(text)
    assert len(captured) == 0


def test_what_is_known_of_a_key_is_everybody_s_own() -> None:
    _api_key, text = make_key(allowed_models=["a"])
    first = authenticate_key(text)
    first.allowed_models.append("b")
    first.organization.name = "spoilt"
    second = authenticate_key(text)
    assert second.allowed_models == ["a"]
    assert second.organization.name != "spoilt"


def test_a_wrong_secret_takes_the_same_steps_as_an_unknown_key(monkeypatch: pytest.MonkeyPatch) -> None:
    _api_key, text = make_key()
    authenticate_key(text)
    compared: list[int] = []
    compare = hmac.compare_digest

    def compare_and_note(one: bytes, other: bytes) -> bool:
        compared.append(len(one) + len(other))
        return compare(one, other)

    monkeypatch.setattr(hmac, "compare_digest", compare_and_note)
    assert refuses(another_secret(text))
    assert refuses(another_prefix(text))
    assert compared == [64, 64]


def test_an_expired_key_is_refused() -> None:
    _api_key, text = make_key(expires_at=timezone.now() - timedelta(seconds=1))
    assert refuses(text)


def test_it_is_refused_from_the_moment_on_even_where_it_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    _api_key, text = make_key(expires_at=timezone.now() + timedelta(minutes=1))
    assert not refuses(text)
    later = timezone.now() + timedelta(minutes=2)
    monkeypatch.setattr("accounts.models.api_key.timezone.now", lambda: later)
    assert refuses(text)


@pytest.mark.parametrize(
    ("address", "is_allowed"),
    [
        ("203.0.113.7", True),
        ("203.0.114.7", False),
        ("2001:db8:7::1", True),
        ("2001:db9::1", False),
        (None, False),
    ],
)
def test_a_key_may_be_bound_to_networks(address: str | None, is_allowed: bool) -> None:
    _api_key, text = make_key(allowed_networks=["203.0.113.0/24", "2001:db8::/32"])
    caller = ip_address(address) if address else None
    if is_allowed:
        assert authenticate_key(text, address=caller)
        return
    with pytest.raises(AddressNotAllowed):
        authenticate_key(text, address=caller)


def test_who_is_demoted_has_keys_that_may_less() -> None:
    organization = make_organization()
    member = Membership.objects.get(user=make_member(organization))
    _api_key, text = make_key(organization, owner=member.user)
    assert authenticate_key(text).may(Permission.GENERATION_CREATE)
    member.role = Role.VIEWER
    member.save()
    demoted = authenticate_key(text)
    assert demoted.has_scope("generate")
    assert not demoted.may(Permission.GENERATION_CREATE)
    assert demoted.may(Permission.GENERATION_READ)


def test_the_keys_of_who_is_no_member_any_more_are_refused() -> None:
    organization = make_organization()
    member = make_member(organization)
    _api_key, text = make_key(organization, owner=member)
    assert not refuses(text)
    Membership.objects.get(user=member).delete()
    assert refuses(text)
    Membership.objects.create(user=member, organization=make_organization(), role=Role.OWNER)
    assert refuses(text)


def test_the_keys_of_who_may_not_log_in_are_refused() -> None:
    organization = make_organization()
    member = make_member(organization)
    _api_key, text = make_key(organization, owner=member)
    assert not refuses(text)
    member.is_active = False
    member.save()
    assert refuses(text)


def test_the_keys_of_a_service_account_follow_its_role_and_its_end() -> None:
    organization = make_organization()
    account = make_service_account(organization)
    _api_key, text = make_key(organization, owner=account)
    assert authenticate_key(text).may(Permission.GENERATION_CREATE)
    account.role = Role.VIEWER
    account.save()
    assert not authenticate_key(text).may(Permission.GENERATION_CREATE)
    account.removed_at = timezone.now()
    account.save()
    assert refuses(text)


def test_no_key_does_what_takes_a_person() -> None:
    organization = make_organization()
    owner = make_member(organization, role=Role.OWNER)
    found = authenticate_key(make_key(organization, owner=owner, scopes=["admin", "read"])[1])
    assert found.may(Permission.MEMBER_REMOVE)
    for permission in (Permission.ORGANIZATION_DELETE, Permission.ORGANIZATION_EXPORT):
        assert not found.may(permission)


def test_its_use_is_noted_once_a_minute() -> None:
    api_key, text = make_key()
    authenticate_key(text, address=ip_address("203.0.113.7"))
    noted = ApiKey.objects.get(pk=api_key.pk)
    assert noted.last_used_at is not None
    assert noted.last_used_address == "203.0.113.7"
    authenticate.forget_all()  # another process
    authenticate_key(text, address=ip_address("203.0.113.8"))
    assert ApiKey.objects.get(pk=api_key.pk).last_used_at == noted.last_used_at
    ApiKey.objects.update(last_used_at=noted.last_used_at - timedelta(minutes=2))
    authenticate_key(text, address=ip_address("203.0.113.8"))
    assert ApiKey.objects.get(pk=api_key.pk).last_used_address == "203.0.113.7"
    authenticate.forget_all()
    authenticate_key(text, address=ip_address("203.0.113.8"))
    again = ApiKey.objects.get(pk=api_key.pk)
    assert again.last_used_at is not None
    assert again.last_used_at >= noted.last_used_at
    assert again.last_used_address == "203.0.113.8"


def test_a_key_from_before_there_were_peppers_works_until_it_is_rotated() -> None:
    organization, secret, salt = make_organization(), "S3cr3t00" * 4, b"0123456789abcdef"
    api_key = ApiKey.objects.create(
        organization=organization,
        name="old",
        prefix="abcdefgh1234",
        salt=salt,
        digest=hashlib.sha256(salt + secret.encode()).digest(),
        scopes="read",
    )
    text = f"cg_live_abcdefgh1234_{secret}"
    assert authenticate_key(text) == api_key
    assert refuses(text + checksum_of(text))
    assert refuses(text[:-1] + "1")
    api_key.refresh_from_db()
    assert bytes(api_key.salt) == salt


def test_a_newer_secret_of_the_installation_hashes_what_shows_itself(settings: Settings) -> None:
    api_key, text = make_key()
    other_text = make_key()[1]
    old, before = settings.SECRET_KEY, ApiKey.objects.get(pk=api_key.pk)
    settings.SECRETS_KEYS = ["a newer secret"]
    assert not refuses(text)
    after = ApiKey.objects.get(pk=api_key.pk)
    assert after.pepper_id == current_pepper().id != before.pepper_id
    key_text = parse_key_text(text)
    assert key_text is not None
    assert bytes(after.digest) == current_pepper().digest(key_text)
    settings.SECRET_KEY = "the old one is gone " * 3
    known_keys.forget_all()
    assert not refuses(text)
    # Who never showed himself while both were there has to get a new key.
    assert refuses(other_text)
    settings.SECRET_KEY_FALLBACKS = [old]
    assert not refuses(other_text)
