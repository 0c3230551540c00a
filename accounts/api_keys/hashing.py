"""The keyed hash of a key's secret: who steals the table alone cannot even try one.

It is keyed with a pepper that is derived from a secret of the installation. The row says which, so that the
secret can be rotated: the first one hashes, all of them verify.
"""

import hashlib
import hmac
from dataclasses import dataclass
from functools import lru_cache

from accounts.api_keys.text import KeyText
from accounts.encryption import derive, known_secrets
from accounts.models import ApiKey

PURPOSE = "API keys"
PEPPER_ID_LENGTH = 16
# An unknown key is compared with this, so that it costs what a known one costs.
NO_DIGEST = bytes(32)


@dataclass(frozen=True, slots=True)
class Pepper:
    id: str
    key: bytes

    def digest(self, text: KeyText) -> bytes:
        return hmac.digest(self.key, f"{text.mode}_{text.prefix}_{text.secret}".encode(), "sha256")


def current_pepper() -> Pepper:
    return _peppers(known_secrets())[0]


def pepper_with_id(pepper_id: str) -> Pepper | None:
    return next((pepper for pepper in _peppers(known_secrets()) if pepper.id == pepper_id), None)


def is_genuine(text: KeyText, api_key: ApiKey) -> bool:
    """In constant time."""
    if api_key.salt:  # from before there were peppers
        expected = hashlib.sha256(bytes(api_key.salt) + text.secret.encode()).digest() if text.is_old else b""
    else:
        pepper = pepper_with_id(api_key.pepper_id)
        expected = pepper.digest(text) if pepper and not text.is_old else b""
    return hmac.compare_digest(expected, bytes(api_key.digest))


def spend_the_same_time(text: KeyText) -> None:
    """What `is_genuine` would have cost."""
    hmac.compare_digest(current_pepper().digest(text), NO_DIGEST)


@lru_cache(maxsize=4)
def _peppers(secrets: tuple[str, ...]) -> tuple[Pepper, ...]:
    return tuple(_pepper_of(secret) for secret in secrets)


def _pepper_of(secret: str) -> Pepper:
    key = derive(secret, PURPOSE)
    return Pepper(id=hashlib.sha256(key).hexdigest()[:PEPPER_ID_LENGTH], key=key)
