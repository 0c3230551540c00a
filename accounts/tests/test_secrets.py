import pytest
from pytest_django import Settings

from accounts.secrets import UnreadableSecret, decrypt_secret, encrypt_secret


def test_what_is_encrypted_is_read_again() -> None:
    token = encrypt_secret("whsec_ü")
    assert "whsec" not in token
    assert token != encrypt_secret("whsec_ü")
    assert decrypt_secret(token) == "whsec_ü"


def test_an_earlier_secret_key_still_reads(settings: Settings) -> None:
    settings.SECRET_KEY = "first"
    token = encrypt_secret("a")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "second", ["first"]
    assert decrypt_secret(token) == "a"


def test_keys_of_their_own_can_be_set_later_and_rotated(settings: Settings) -> None:
    oldest = encrypt_secret("a")
    settings.SECRETS_KEYS = ["one"]
    older = encrypt_secret("b")
    settings.SECRETS_KEYS = ["two", "one"]
    assert (decrypt_secret(oldest), decrypt_secret(older)) == ("a", "b")
    newest = encrypt_secret("c")
    settings.SECRETS_KEYS = ["two"]
    settings.SECRET_KEY = "another"
    assert decrypt_secret(newest) == "c"


def test_what_no_key_reads_is_said(settings: Settings) -> None:
    token = encrypt_secret("a")
    for wrong in ("", "no token", token[:-2]):
        with pytest.raises(UnreadableSecret):
            decrypt_secret(wrong)
    settings.SECRET_KEY = "lost"
    with pytest.raises(UnreadableSecret):
        decrypt_secret(token)
