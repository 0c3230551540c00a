"""The audit log: written in the transaction of what it tells of."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from accounts.models import AuditEntry

SYSTEM = "system"


def record_audit_entry(
    *,
    organization_id: UUID,
    action: str,
    object_id: object,
    details: Mapping[str, Any] | None = None,
    actor: str = SYSTEM,
) -> AuditEntry:
    """`details` are JSON, without secrets."""
    return AuditEntry.objects.create(
        organization_id=organization_id,
        action=action,
        object_id=str(object_id),
        details=dict(details or {}),
        actor=actor,
    )
