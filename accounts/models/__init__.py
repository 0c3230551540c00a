from accounts.models.api_key import ApiKey
from accounts.models.audit_entry import AuditEntry
from accounts.models.idempotency_key import IdempotencyKey
from accounts.models.organization import Membership, Organization, Role
from accounts.models.user import User

__all__ = ["ApiKey", "AuditEntry", "IdempotencyKey", "Membership", "Organization", "Role", "User"]
