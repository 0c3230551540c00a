from accounts.models.api_key import ApiKey
from accounts.models.audit_entry import AuditEntry
from accounts.models.idempotency_key import IdempotencyKey
from accounts.models.lock_out import LockOut
from accounts.models.organization import Membership, Organization, Role
from accounts.models.second_factor import SecondFactor
from accounts.models.session import Session
from accounts.models.user import User

__all__ = [
    "ApiKey",
    "AuditEntry",
    "IdempotencyKey",
    "LockOut",
    "Membership",
    "Organization",
    "Role",
    "SecondFactor",
    "Session",
    "User",
]
