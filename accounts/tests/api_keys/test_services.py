"""Making, using and revoking keys."""

import hmac
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.api_keys import services
from accounts.api_keys.services import authenticate_key, create_api_key, revoke_api_key
from accounts.api_keys.text import KEY_PATTERN, KeyText
from accounts.models import ApiKey
from accounts.scopes import Scope
from accounts.testing import make_key, make_organization
from codegen_site.errors import InvalidApiKey, ValidationException

pytestmark = pytest.mark.django_db


def test_a_new_key_opens_its_organization() -> None:
    organization = make_organization()
    api_key, text = create_api_key(organization=organization, name="laptop")
    assert KEY_PATTERN.fullmatch(text)
    found = authenticate_key(text)
    assert (found, found.organization) == (api_key, organization)


def test_its_text_is_kept_nowhere() -> None:
    api_key, text = make_key()
    secret = text.rsplit("_", 1)[1]
    row = ApiKey.objects.filter(pk=api_key.pk).values().get()
    assert not [name for name, value in row.items() if secret in str(value)]
    assert secret.encode() not in bytes(row["digest"]) + bytes(row["salt"])


def test_two_keys_with_one_secret_would_have_two_digests(monkeypatch: pytest.MonkeyPatch) -> None:
    fixed = iter("ab")
    monkeypatch.setattr(services, "new_key_text", lambda: KeyText(next(fixed) * 12, "s" * 32))
    assert make_key()[0].digest != make_key()[0].digest


def test_it_has_the_scopes_it_was_given() -> None:
    api_key, _text = make_key(scopes=["jobs", "read", "read"])
    assert api_key.scopes == "read jobs"
    assert api_key.has_scope(Scope.READ)
    assert not api_key.has_scope(Scope.GENERATE)


@pytest.mark.parametrize("scopes", [["read", "everything"], [""], ["read jobs"]])
def test_an_unknown_scope_is_refused(scopes: list[str]) -> None:
    with pytest.raises(ValidationException) as refused:
        make_key(scopes=scopes)
    assert refused.value.details[0]["field"] == "scopes"
    assert not ApiKey.objects.exists()


def test_a_key_without_any_scope_is_refused() -> None:
    with pytest.raises(ValidationException):
        make_key(scopes=[])


def test_a_revoked_key_is_refused() -> None:
    api_key, text = make_key()
    revoke_api_key(api_key=api_key)
    assert api_key.revoked_at
    with pytest.raises(InvalidApiKey):
        authenticate_key(text)


def test_revoking_twice_keeps_the_first_time() -> None:
    api_key, _text = make_key()
    revoke_api_key(api_key=api_key)
    first = api_key.revoked_at
    revoke_api_key(api_key=api_key)
    assert api_key.revoked_at == first


def test_an_expired_key_is_refused() -> None:
    _api_key, text = make_key(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(InvalidApiKey):
        authenticate_key(text)


def test_a_key_works_until_it_expires() -> None:
    _api_key, text = make_key(expires_at=timezone.now() + timedelta(minutes=1))
    assert authenticate_key(text)


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda text: text[:-1] + ("A" if text[-1] != "A" else "B"), id="another secret"),
        pytest.param(lambda text: text[:8] + "0" * 12 + text[20:], id="another prefix"),
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
    with pytest.raises(InvalidApiKey):
        authenticate_key(spoil(text))


def test_an_unknown_key_costs_what_a_wrong_one_costs(monkeypatch: pytest.MonkeyPatch) -> None:
    _api_key, text = make_key()
    compared: list[int] = []
    compare = hmac.compare_digest

    def compare_and_note(one: str, other: str) -> bool:
        compared.append(len(one) + len(other))
        return compare(one, other)

    monkeypatch.setattr(hmac, "compare_digest", compare_and_note)
    wrong = text[:-1] + ("A" if text[-1] != "A" else "B")
    unknown = "cg_live_" + "0" * 12 + text[20:]
    queries = []
    for one in (wrong, unknown):
        with CaptureQueriesContext(connection) as captured, pytest.raises(InvalidApiKey):
            authenticate_key(one)
        queries.append(len(captured))
    assert compared == [64, 64]
    assert queries == [1, 1]


def test_its_use_is_noted_once_a_minute() -> None:
    api_key, text = make_key()
    authenticate_key(text)
    first = ApiKey.objects.get(pk=api_key.pk).last_used_at
    assert first is not None
    with CaptureQueriesContext(connection) as captured:
        authenticate_key(text)
    assert len(captured) == 1
    ApiKey.objects.update(last_used_at=first - timedelta(minutes=2))
    authenticate_key(text)
    noted = ApiKey.objects.get(pk=api_key.pk).last_used_at
    assert noted is not None
    assert noted >= first


def test_of_parallel_uses_one_is_written() -> None:
    api_key, _text = make_key()
    stale = ApiKey.objects.get(pk=api_key.pk)
    services._note_use(api_key)
    first = ApiKey.objects.get(pk=api_key.pk).last_used_at
    services._note_use(stale)
    assert ApiKey.objects.get(pk=api_key.pk).last_used_at == first
