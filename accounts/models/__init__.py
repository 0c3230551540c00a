from accounts.models.anomaly import Anomaly, AnomalyKind, AnomalyPolicy, KnownNetwork
from accounts.models.api_key import ApiKey
from accounts.models.audit_chain import AuditAnchor, AuditChain
from accounts.models.audit_entry import AuditEntry
from accounts.models.balance import Balance
from accounts.models.hold import Hold
from accounts.models.idempotency_key import IdempotencyKey
from accounts.models.invitation import Invitation
from accounts.models.ledger_entry import LedgerEntry
from accounts.models.lock_out import LockOut
from accounts.models.organization import Feature, Membership, Organization
from accounts.models.quota_notice import QuotaNotice
from accounts.models.retention_policy import RetentionPolicy
from accounts.models.second_factor import SecondFactor
from accounts.models.service_account import ServiceAccount
from accounts.models.session import Session
from accounts.models.stored_bytes import StoredBytes
from accounts.models.usage_record import UsageRecord
from accounts.models.user import User
from accounts.organizations.roles import Role

__all__ = [
    "Anomaly",
    "AnomalyKind",
    "AnomalyPolicy",
    "ApiKey",
    "AuditAnchor",
    "AuditChain",
    "AuditEntry",
    "Balance",
    "Feature",
    "Hold",
    "IdempotencyKey",
    "Invitation",
    "KnownNetwork",
    "LedgerEntry",
    "LockOut",
    "Membership",
    "Organization",
    "QuotaNotice",
    "RetentionPolicy",
    "Role",
    "SecondFactor",
    "ServiceAccount",
    "Session",
    "StoredBytes",
    "UsageRecord",
    "User",
]
