from django.urls import path

from accounts.anomalies.views import AnomalyPolicyView
from accounts.api_keys.views import ApiKeyListView, ApiKeyView, RotateApiKeyView
from accounts.audit.views import AuditView
from accounts.organizations.views.invitations import (
    AcceptInvitationView,
    InvitationListView,
    InvitationView,
    ResendInvitationView,
)
from accounts.organizations.views.members import LeaveView, MemberListView, MemberView, TransferView
from accounts.organizations.views.organization import (
    DeletionView,
    ExportView,
    MyOrganizationListView,
    OrganizationView,
)
from accounts.organizations.views.service_accounts import ServiceAccountListView, ServiceAccountView
from accounts.retention.views import RetentionView

urlpatterns = [
    path("organizations", MyOrganizationListView.as_view(), name="my-organizations"),
    path("organization", OrganizationView.as_view(), name="organization"),
    path("organization/deletion", DeletionView.as_view(), name="organization-deletion"),
    path("organization/export", ExportView.as_view(), name="organization-export"),
    path("organization/leave", LeaveView.as_view(), name="organization-leave"),
    path("organization/anomalies", AnomalyPolicyView.as_view(), name="organization-anomalies"),
    path("organization/retention", RetentionView.as_view(), name="organization-retention"),
    path("organization/transfer", TransferView.as_view(), name="organization-transfer"),
    path("audit", AuditView.as_view(), name="audit"),
    path("members", MemberListView.as_view(), name="members"),
    path("members/<int:member_id>", MemberView.as_view(), name="member"),
    path("invitations", InvitationListView.as_view(), name="invitations"),
    path("invitations/accept", AcceptInvitationView.as_view(), name="invitation-accept"),
    path("invitations/<uuid:invitation_id>", InvitationView.as_view(), name="invitation"),
    path("invitations/<uuid:invitation_id>/resend", ResendInvitationView.as_view(), name="invitation-resend"),
    path("service_accounts", ServiceAccountListView.as_view(), name="service-accounts"),
    path("service_accounts/<uuid:account_id>", ServiceAccountView.as_view(), name="service-account"),
    path("api_keys", ApiKeyListView.as_view(), name="api-keys"),
    path("api_keys/<uuid:key_id>", ApiKeyView.as_view(), name="api-key"),
    path("api_keys/<uuid:key_id>/rotate", RotateApiKeyView.as_view(), name="api-key-rotate"),
]
