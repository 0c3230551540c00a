from accounts.models.api_key import ApiKey
from accounts.models.audit_chain import AuditAnchor, AuditChain
from accounts.models.audit_entry import AuditEntry
from accounts.models.idempotency_key import IdempotencyKey
from accounts.models.invitation import Invitation
from accounts.models.organization import Feature, Membership, Organization
from accounts.models.service_account import ServiceAccount
from accounts.models.user import User
from accounts.organizations.roles import Role

__all__ = [
    "ApiKey",
    "AuditAnchor",
    "AuditChain",
    "AuditEntry",
    "Feature",
    "IdempotencyKey",
    "Invitation",
    "Membership",
    "Organization",
    "Role",
    "ServiceAccount",
    "User",
]
