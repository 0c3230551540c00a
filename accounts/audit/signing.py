"""Signatures of where a chain is, with a key that only the installation has and the database has not."""

import hashlib
import hmac
from functools import lru_cache

from accounts.encryption import derive, known_secrets
from accounts.models import AuditAnchor, AuditChain, AuditEntry

PURPOSE = "audit log"
ID_LENGTH = 16


def sign(*parts: object) -> tuple[str, str]:
    """The signature with the newest secret, and which that is."""
    key_id, key = _keys(known_secrets())[0]
    return _sign(key, parts), key_id


def is_signed(signature: str, signed_with: str, *parts: object) -> bool | None:
    """None when it is signed with a secret that is no longer known, or never was."""
    for key_id, key in _keys(known_secrets()):
        if key_id == signed_with:
            return hmac.compare_digest(signature, _sign(key, parts))
    return None


def is_current(signed_with: str) -> bool:
    return signed_with == _keys(known_secrets())[0][0]


def signed_of(entry: AuditEntry) -> tuple[object, ...]:
    return "entry", entry.digest


def head_of(chain: AuditChain) -> tuple[object, ...]:
    return "head", chain.name, chain.position, chain.hash, chain.pruned_to, chain.start, chain.start_hash


def anchor_of(anchor: AuditAnchor) -> tuple[object, ...]:
    return "anchor", anchor.chain, anchor.position, anchor.hash


def _sign(key: bytes, parts: tuple[object, ...]) -> str:
    return hmac.digest(key, "\n".join(map(str, parts)).encode(), "sha256").hex()


@lru_cache(maxsize=4)
def _keys(secrets: tuple[str, ...]) -> tuple[tuple[str, bytes], ...]:
    keys = (derive(secret, PURPOSE) for secret in secrets)
    return tuple((hashlib.sha256(key).hexdigest()[:ID_LENGTH], key) for key in keys)
