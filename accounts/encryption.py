"""Secrets at rest, under keys that can be rotated.

The first key encrypts, every key decrypts: `SECRETS_KEYS`, then `SECRET_KEY` and its fallbacks. What is
encrypted begins with the id of its key: `1f0c94ab.gAAAA…`. What stays, stays in a `SealedTextField`.
"""

import hashlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

ID_LENGTH = 8


class Undecipherable(Exception):
    """It was encrypted with a key that is no longer known, for another purpose, or is damaged."""


@dataclass(frozen=True, slots=True)
class Key:
    id: str
    fernet: Fernet


def encrypt(data: bytes, *, purpose: str) -> bytes:
    """What was encrypted for one purpose cannot be read for another."""
    key = _keys(purpose)[0]
    return key.id.encode() + b"." + key.fernet.encrypt(data)


def decrypt(token: bytes, *, purpose: str) -> bytes:
    """Raises `Undecipherable`."""
    key_id, has_id, sealed = token.partition(b".")
    for key in _keys(purpose):
        if has_id and key.id.encode() != key_id:
            continue
        try:
            return key.fernet.decrypt(sealed if has_id else token)
        except InvalidToken:  # of an earlier version, it does not say by which key
            continue
    raise Undecipherable


def current_key_id() -> str:
    return _id_of(known_secrets()[0])


def known_secrets() -> tuple[str, ...]:
    """Those of the installation, the newest first."""
    return (*settings.SECRETS_KEYS, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


def derive(secret: str, purpose: str) -> bytes:
    """32 bytes: a key for this purpose alone, which tells nothing of the secret."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret.encode())


def _keys(purpose: str) -> tuple[Key, ...]:
    return _keys_of(known_secrets(), purpose)


@lru_cache(maxsize=32)
def _keys_of(secrets: tuple[str, ...], purpose: str) -> tuple[Key, ...]:
    return tuple(
        Key(_id_of(secret), Fernet(urlsafe_b64encode(derive(secret, purpose)))) for secret in secrets
    )


@lru_cache(maxsize=32)
def _id_of(secret: str) -> str:
    return hashlib.sha256(derive(secret, "id of a key")).hexdigest()[:ID_LENGTH]
