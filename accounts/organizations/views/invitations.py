"""`/api/v1/invitations`: how persons become members."""

from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.authentication import SessionAuthentication
from rest_framework.generics import GenericAPIView, ListAPIView, get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from accounts.authentication import actor_of, organization_of
from accounts.idempotent_view import IdempotentView
from accounts.limits.within_limits import WithinLimits
from accounts.models import Invitation, Organization, User
from accounts.organizations.invitations import (
    accept_invitation,
    find_invitation,
    invite,
    resend_invitation,
    revoke_invitation,
)
from accounts.organizations.roles import Permission, Role
from accounts.organizations.serializers import (
    AcceptedInvitationSerializer,
    AcceptSerializer,
    InvitationRequestSerializer,
    InvitationSerializer,
)
from accounts.pagination import HistoryPagination
from accounts.site import site_of


def invitations_of(request: Request) -> QuerySet[Invitation]:
    return Invitation.objects.for_organization(organization_of(request)).select_related(
        "created_by", "organization"
    )


class InvitationListView(IdempotentView, ListAPIView[Invitation]):
    """The invitations of the organization, newest first."""

    pagination_class = HistoryPagination
    filter_backends = []
    queryset = Invitation.objects.none()
    required_scopes = Permission.MEMBER_INVITE

    def get_serializer_class(self) -> type[BaseSerializer[Invitation]]:
        return InvitationRequestSerializer if self.request.method == "POST" else InvitationSerializer

    def get_queryset(self) -> QuerySet[Invitation]:
        return self.queryset if getattr(self, "swagger_fake_view", False) else invitations_of(self.request)

    @extend_schema(operation_id="list_invitations")
    def get(self, request: Request) -> Response:
        return self.list(request)

    @extend_schema(
        operation_id="invite", request=InvitationRequestSerializer, responses={201: InvitationSerializer}
    )
    def post(self, request: Request) -> Response:
        """Send a link to an address. Whether it has an account here is not said."""
        serializer = InvitationRequestSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        wanted = serializer.validated_data
        invitation = invite(
            organization=organization_of(request),
            email=wanted["email"],
            role=Role(wanted["role"]),
            by=actor_of(request),
            site=site_of(request),
        )
        return Response(InvitationSerializer(invitation).data, status=status.HTTP_201_CREATED)


class InvitationView(GenericAPIView[Invitation]):
    """One invitation."""

    serializer_class = InvitationSerializer
    required_scopes = Permission.MEMBER_INVITE

    @extend_schema(operation_id="get_invitation")
    def get(self, request: Request, invitation_id: UUID) -> Response:
        return Response(
            InvitationSerializer(get_object_or_404(invitations_of(request), id=invitation_id)).data
        )

    @extend_schema(operation_id="revoke_invitation", responses={204: None})
    def delete(self, request: Request, invitation_id: UUID) -> Response:
        """Revoke it: its link opens nothing any more."""
        invitation = get_object_or_404(invitations_of(request), id=invitation_id)
        revoke_invitation(invitation=invitation, by=actor_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class ResendInvitationView(IdempotentView, GenericAPIView[Invitation]):
    """Send it again, with a new link that is good for the whole time; the old one opens nothing any more."""

    serializer_class = InvitationSerializer
    required_scopes = Permission.MEMBER_INVITE

    @extend_schema(operation_id="resend_invitation", request=None)
    def post(self, request: Request, invitation_id: UUID) -> Response:
        invitation = get_object_or_404(invitations_of(request), id=invitation_id)
        sent = resend_invitation(invitation=invitation, by=actor_of(request), site=site_of(request))
        return Response(InvitationSerializer(sent).data)


class AcceptInvitationView(IdempotentView, GenericAPIView[Invitation]):
    """Become a member with the token of an invitation.

    Whoever is logged in under the invited address joins. Where the address has no account, one is made with
    `password`; where it has one, log in first.
    """

    serializer_class = AcceptSerializer
    authentication_classes = [SessionAuthentication]
    permission_classes = [WithinLimits]

    @extend_schema(operation_id="accept_invitation", auth=[], responses=AcceptedInvitationSerializer)
    def post(self, request: Request) -> Response:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        membership = accept_invitation(
            token=serializer.validated_data["token"],
            user=request.user if isinstance(request.user, User) else None,
            password=serializer.validated_data.get("password"),
        )
        return Response({"organization": membership.organization.slug, "role": membership.role})

    def organization_of(self, request: Request) -> Organization:
        """The one that invites: the caller belongs to none yet."""
        token = request.data.get("token") if isinstance(request.data, dict) else None
        return find_invitation(token if isinstance(token, str) else "").organization
