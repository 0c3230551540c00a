import pytest
from pytest_django import Settings

from accounts.encryption import Undecipherable, decrypt, encrypt


def test_what_was_encrypted_can_be_read_again() -> None:
    token = encrypt(b"whsec_1234", purpose="test")
    assert b"whsec" not in token
    assert decrypt(token, purpose="test") == b"whsec_1234"


def test_it_cannot_be_read_for_another_purpose() -> None:
    with pytest.raises(Undecipherable):
        decrypt(encrypt(b"secret", purpose="test"), purpose="another")


def test_an_earlier_secret_key_still_reads(settings: Settings) -> None:
    token = encrypt(b"secret", purpose="test")
    settings.SECRET_KEY_FALLBACKS = ["older", settings.SECRET_KEY]
    settings.SECRET_KEY = "new"
    assert decrypt(token, purpose="test") == b"secret"
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(Undecipherable):
        decrypt(token, purpose="test")


def test_what_was_tampered_with_is_not_read() -> None:
    token = bytearray(encrypt(b"secret", purpose="test"))
    token[30] ^= 1
    with pytest.raises(Undecipherable):
        decrypt(bytes(token), purpose="test")


def test_keys_of_their_own_can_be_set_later_and_rotated(settings: Settings) -> None:
    oldest = encrypt(b"a", purpose="test")
    settings.SECRETS_KEYS = ["one"]
    older = encrypt(b"b", purpose="test")
    settings.SECRETS_KEYS = ["two", "one"]
    assert [decrypt(token, purpose="test") for token in (oldest, older)] == [b"a", b"b"]
    newest = encrypt(b"c", purpose="test")
    settings.SECRETS_KEYS = ["two"]
    settings.SECRET_KEY = "another"
    assert decrypt(newest, purpose="test") == b"c"
