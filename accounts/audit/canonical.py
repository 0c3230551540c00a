"""The one way of writing an entry down that is hashed, and how each entry is tied to the one before it."""

import hashlib
import json
from datetime import UTC
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from accounts.models import AuditEntry

# Written into what is hashed: another form gets another number.
FORM = 1
GENESIS = "0" * 64
# Of the entries that belong to no organization.
INSTALLATION = "installation"

FIELDS = (
    "chain actor_kind actor_id actor role action object_kind object_id before after details "
    "address user_agent request_id"
).split()


def chain_of(organization_id: UUID | None) -> str:
    return INSTALLATION if organization_id is None else str(organization_id)


def organization_of(chain: str) -> UUID | None:
    return None if chain == INSTALLATION else UUID(chain)


def canonical_form(entry: "AuditEntry") -> bytes:
    values: dict[str, Any] = {name: getattr(entry, name) for name in FIELDS}
    created_at = entry.created_at.astimezone(UTC).isoformat(timespec="microseconds")
    organization_id = entry.organization_id and str(entry.organization_id)
    values |= {"id": str(entry.id), "organization_id": organization_id, "created_at": created_at}
    return json.dumps([FORM, values], sort_keys=True, separators=(",", ":")).encode()


def digest_of(entry: "AuditEntry") -> str:
    """Over all that the entry says, but for its place in the chain."""
    return hashlib.sha256(canonical_form(entry)).hexdigest()


def tie(*, chain: str, position: int, before: str, digest: str) -> str:
    """The hash of the entry at `position`, counted from 1, behind one with the hash `before`."""
    return hashlib.sha256(f"{chain}\n{position}\n{before}\n{digest}".encode()).hexdigest()
