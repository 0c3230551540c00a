"""`/api/v1/members`: who belongs to the organization, and as what."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView, ListAPIView, get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import actor_of, caller_of, organization_of
from accounts.idempotent_view import IdempotentView
from accounts.models import Membership, Role
from accounts.organizations.members import (
    change_role,
    leave_organization,
    remove_member,
    transfer_ownership,
)
from accounts.organizations.roles import Permission
from accounts.organizations.serializers import MemberSerializer, RoleChangeSerializer, TransferSerializer
from accounts.pagination import HistoryPagination
from codegen_site.errors import Conflict


def members_of(request: Request) -> QuerySet[Membership]:
    return Membership.objects.for_organization(organization_of(request)).select_related("user")


class MemberListView(ListAPIView[Membership]):
    """The members of the organization, the latest first."""

    serializer_class = MemberSerializer
    pagination_class = HistoryPagination
    filter_backends = []
    queryset = Membership.objects.none()
    required_scopes = Permission.MEMBER_READ

    @extend_schema(operation_id="list_members")
    def get(self, request: Request) -> Response:
        return self.list(request)

    def get_queryset(self) -> QuerySet[Membership]:
        return self.queryset if getattr(self, "swagger_fake_view", False) else members_of(self.request)


class MemberView(GenericAPIView[Membership]):
    """One member."""

    serializer_class = MemberSerializer
    required_scopes = {
        "GET": Permission.MEMBER_READ,
        "PATCH": Permission.MEMBER_CHANGE_ROLE,
        "DELETE": Permission.MEMBER_REMOVE,
    }

    @extend_schema(operation_id="get_member")
    def get(self, request: Request, member_id: int) -> Response:
        return Response(MemberSerializer(get_object_or_404(members_of(request), id=member_id)).data)

    @extend_schema(operation_id="change_role_of_member", request=RoleChangeSerializer)
    def patch(self, request: Request, member_id: int) -> Response:
        """Give the member another role. His keys can do no more than that from now on."""
        member = get_object_or_404(members_of(request), id=member_id)
        serializer = RoleChangeSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        role = Role(serializer.validated_data["role"])
        changed = change_role(membership=member, role=role, by=actor_of(request))
        return Response(MemberSerializer(changed).data)

    @extend_schema(operation_id="remove_member", responses={204: None})
    def delete(self, request: Request, member_id: int) -> Response:
        """Remove the member; the keys that he owns are revoked."""
        member = get_object_or_404(members_of(request), id=member_id)
        remove_member(membership=member, by=actor_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class LeaveView(IdempotentView):
    """Leave the organization. The last owner cannot."""

    required_scopes = Permission.ORGANIZATION_LEAVE

    @extend_schema(operation_id="leave_organization", request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        leave_organization(membership=_own_membership(request), by=actor_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class TransferView(IdempotentView, GenericAPIView[Membership]):
    """Make another member an owner in place of the caller, who is an admin then."""

    serializer_class = TransferSerializer
    required_scopes = Permission.ORGANIZATION_TRANSFER

    @extend_schema(operation_id="transfer_organization", responses=MemberSerializer)
    def post(self, request: Request) -> Response:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        heir = get_object_or_404(members_of(request), id=serializer.validated_data["member"])
        own = _own_membership(request)
        return Response(MemberSerializer(transfer_ownership(owner=own, to=heir, by=actor_of(request))).data)


def _own_membership(request: Request) -> Membership:
    caller = caller_of(request)
    if not isinstance(caller, Membership):
        raise Conflict("A key is no member.")
    return caller
