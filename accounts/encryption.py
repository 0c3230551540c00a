"""Secrets at rest, under keys that can be rotated.

The first key encrypts, every key decrypts: `SECRETS_KEYS`, then `SECRET_KEY` and its fallbacks.
"""

from base64 import urlsafe_b64encode
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class Undecipherable(Exception):
    """It was encrypted with a key that is no longer known, for another purpose, or is damaged."""


def encrypt(data: bytes, *, purpose: str) -> bytes:
    """What was encrypted for one purpose cannot be read for another."""
    return _fernet(purpose).encrypt(data)


def decrypt(token: bytes, *, purpose: str) -> bytes:
    """Raises `Undecipherable`."""
    try:
        return _fernet(purpose).decrypt(token)
    except InvalidToken as error:
        raise Undecipherable from error


def known_secrets() -> tuple[str, ...]:
    """Those of the installation, the newest first."""
    return (*settings.SECRETS_KEYS, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


def derive(secret: str, purpose: str) -> bytes:
    """32 bytes: a key for this purpose alone, which tells nothing of the secret."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret.encode())


def _fernet(purpose: str) -> MultiFernet:
    return _fernet_of(known_secrets(), purpose)


@lru_cache(maxsize=16)
def _fernet_of(secrets: tuple[str, ...], purpose: str) -> MultiFernet:
    return MultiFernet([Fernet(urlsafe_b64encode(derive(secret, purpose))) for secret in secrets])
