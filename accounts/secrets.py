"""Secrets of organizations at rest: encrypted with Fernet, under keys that can be rotated.

The first key encrypts, every key decrypts: `SECRETS_KEYS`, then `SECRET_KEY` and its fallbacks.
"""

from base64 import urlsafe_b64encode
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class UnreadableSecret(Exception):
    """None of the keys has encrypted this, or it was changed."""


def encrypt_secret(text: str) -> str:
    return _fernet(_key_texts()).encrypt(text.encode()).decode()


def decrypt_secret(token: str) -> str:
    """Raises `UnreadableSecret`."""
    try:
        return _fernet(_key_texts()).decrypt(token).decode()
    except InvalidToken as error:
        raise UnreadableSecret from error


def _key_texts() -> tuple[str, ...]:
    return (*settings.SECRETS_KEYS, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


@lru_cache(maxsize=4)
def _fernet(key_texts: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_key_of(text)) for text in key_texts])


def _key_of(text: str) -> bytes:
    """A key of its own for this purpose, whatever else the text is used for (RFC 5869)."""
    kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"codegen-site: secrets at rest")
    return urlsafe_b64encode(kdf.derive(text.encode()))
