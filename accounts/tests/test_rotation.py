"""Secrets in SQL come under the newest key."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from accounts import rotation
from accounts.encryption import Undecipherable, current_key_id
from accounts.models import SecondFactor
from accounts.rotation import Rotated, rotate_column, stale_rows
from accounts.sealed_field import SealedTextField
from accounts.testing import make_user

pytestmark = pytest.mark.django_db
COLUMN = SealedTextField.of(SecondFactor, "secret")


@pytest.fixture
def secrets(db: None) -> list[SecondFactor]:
    return [
        SecondFactor.objects.create(user=make_user(), secret=COLUMN.seal(f"secret {number}"))
        for number in range(5)
    ]


def revealed(secrets: list[SecondFactor]) -> list[str]:
    for secret in secrets:
        secret.refresh_from_db()
    return [COLUMN.reveal(secret.secret) for secret in secrets]


def test_every_secret_comes_under_the_newest_key_and_the_old_one_can_go(
    secrets: list[SecondFactor], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "AT_ONCE", 2)
    settings.SECRETS_KEYS = ["new"]
    assert rotate_column(COLUMN) == Rotated(rotated=5)
    assert rotate_column(COLUMN) == Rotated()
    settings.SECRET_KEY = "another"
    assert revealed(secrets) == [f"secret {number}" for number in range(5)]


def test_what_was_encrypted_before_keys_had_ids_is_read_and_rotated(secrets: list[SecondFactor]) -> None:
    for secret in secrets:
        secret.secret = secret.secret.partition(".")[2]
        secret.save()
    assert revealed(secrets)[0] == "secret 0"
    assert rotate_column(COLUMN) == Rotated(rotated=5)
    revealed(secrets)
    assert {secret.secret.partition(".")[0] for secret in secrets} == {current_key_id()}


def test_it_goes_on_where_it_was_stopped(
    secrets: list[SecondFactor], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SECRETS_KEYS = ["new"]
    monkeypatch.setattr(rotation, "AT_ONCE", 2)
    calls: list[object] = []

    def stopped(*args: object) -> Rotated:
        calls.append(args)
        if len(calls) > 1:
            raise KeyboardInterrupt
        return whole(*args)  # type: ignore[arg-type]

    whole = rotation._rotate
    monkeypatch.setattr(rotation, "_rotate", stopped)
    with pytest.raises(KeyboardInterrupt):
        rotate_column(COLUMN)
    assert stale_rows(COLUMN).count() == 3
    monkeypatch.setattr(rotation, "_rotate", whole)
    assert rotate_column(COLUMN) == Rotated(rotated=3)


def test_what_nobody_can_read_is_told_and_left_as_it_is(
    secrets: list[SecondFactor], settings: Settings
) -> None:
    secrets[1].secret = "0badc0de.gAAAA"
    secrets[1].save()
    settings.SECRETS_KEYS = ["new"]
    said = StringIO()
    with pytest.raises(CommandError, match="1 secrets cannot be read"):
        call_command("rotate_secrets", stdout=said)
    assert "accounts.SecondFactor.secret: 4 encrypted anew, 1 unreadable" in said.getvalue()
    with pytest.raises(Undecipherable):
        revealed(secrets)


def test_how_many_are_under_older_keys_is_known_without_decrypting(
    secrets: list[SecondFactor], settings: Settings
) -> None:
    said = StringIO()
    call_command("rotate_secrets", "--check", stdout=said)
    assert "accounts.SecondFactor.secret: 0 under older keys" in said.getvalue()
    settings.SECRETS_KEYS = ["new"]
    with pytest.raises(CommandError, match="5 secrets are under older keys"):
        call_command("rotate_secrets", "--check", stdout=said)
    call_command("rotate_secrets", stdout=said)
    call_command("rotate_secrets", "--check", stdout=said)


def test_a_secret_that_changes_meanwhile_is_not_overwritten(
    secrets: list[SecondFactor], settings: Settings
) -> None:
    settings.SECRETS_KEYS = ["new"]
    chunk = list(stale_rows(COLUMN).values_list("pk", COLUMN.attname))
    secrets[0].secret = COLUMN.seal("changed")
    secrets[0].save()
    assert rotation._rotate(COLUMN, chunk) == Rotated(rotated=4)
    assert revealed(secrets)[0] == "changed"


def test_a_column_without_a_secret_is_not_touched(settings: Settings) -> None:
    empty = SecondFactor.objects.create(user=make_user())
    settings.SECRETS_KEYS = ["new"]
    assert rotate_column(COLUMN) == Rotated()
    empty.refresh_from_db()
    assert empty.secret == ""
