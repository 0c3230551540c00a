from accounts.models.api_key import ApiKey
from accounts.models.audit_entry import AuditEntry
from accounts.models.balance import Balance
from accounts.models.hold import Hold
from accounts.models.idempotency_key import IdempotencyKey
from accounts.models.ledger_entry import LedgerEntry
from accounts.models.organization import Membership, Organization, Role
from accounts.models.quota_notice import QuotaNotice
from accounts.models.stored_bytes import StoredBytes
from accounts.models.usage_record import UsageRecord
from accounts.models.user import User

__all__ = [
    "ApiKey",
    "AuditEntry",
    "Balance",
    "Hold",
    "IdempotencyKey",
    "LedgerEntry",
    "Membership",
    "Organization",
    "QuotaNotice",
    "Role",
    "StoredBytes",
    "UsageRecord",
    "User",
]
