"""`/api/v1/organization`: the one for which the caller acts."""

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.authentication import SessionAuthentication
from rest_framework.generics import GenericAPIView, ListAPIView
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.audit.actions import Action
from accounts.audit.record import record_deed
from accounts.authentication import actor_of, organization_of
from accounts.idempotent_view import IdempotentView
from accounts.limits.within_limits import WithinLimits
from accounts.models import Membership, Organization
from accounts.organizations.deletion import request_deletion, undo_deletion
from accounts.organizations.export import stream_archive
from accounts.organizations.roles import Permission
from accounts.organizations.serializers import (
    DeletionSerializer,
    MyOrganizationSerializer,
    OrganizationChangeSerializer,
    OrganizationSerializer,
)
from accounts.organizations.services import update_organization
from accounts.streaming import in_turn


class MyOrganizationListView(ListAPIView[Membership]):
    """The organizations of whoever is logged in. `X-Organization: <slug>` chooses one for a call."""

    serializer_class = MyOrganizationSerializer
    authentication_classes = [SessionAuthentication]
    permission_classes = [WithinLimits, IsAuthenticated]
    pagination_class = None
    filter_backends = []
    queryset = Membership.objects.none()

    @extend_schema(operation_id="list_my_organizations")
    def get(self, request: Request) -> Response:
        memberships = Membership.objects.filter(user=request.user.pk).select_related("organization")
        return Response(self.get_serializer(memberships, many=True).data)


class OrganizationView(GenericAPIView[Organization]):
    """The organization for which the caller acts."""

    serializer_class = OrganizationChangeSerializer
    required_scopes = {"GET": Permission.ORGANIZATION_READ, "PATCH": Permission.ORGANIZATION_UPDATE}

    @property
    def works_while_suspended(self) -> bool:
        return self.request.method == "GET"

    @extend_schema(operation_id="get_organization", responses=OrganizationSerializer)
    def get(self, request: Request) -> Response:
        return Response(OrganizationSerializer(organization_of(request)).data)

    @extend_schema(
        operation_id="update_organization",
        request=OrganizationChangeSerializer,
        responses=OrganizationSerializer,
    )
    def patch(self, request: Request) -> Response:
        """Change what is given. The lists limit what anybody in the organization can ask for."""
        serializer = self.get_serializer(data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        changed = update_organization(
            organization=organization_of(request), by=actor_of(request), **serializer.validated_data
        )
        return Response(OrganizationSerializer(changed).data)


class DeletionView(IdempotentView, GenericAPIView[Organization]):
    """The deletion of the organization. It takes an owner who is logged in."""

    serializer_class = DeletionSerializer
    required_scopes = Permission.ORGANIZATION_DELETE
    works_while_suspended = True

    @extend_schema(operation_id="delete_organization", responses={202: OrganizationSerializer})
    def post(self, request: Request) -> Response:
        """Stop it now and delete all that it owns after some days; until then it can be undone.

        Its keys are revoked at once, and stay so.
        """
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        stopped = request_deletion(
            organization=organization_of(request),
            confirmation=serializer.validated_data["confirm"],
            by=actor_of(request),
        )
        return Response(OrganizationSerializer(stopped).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(
        operation_id="undo_deletion_of_organization", request=None, responses={200: OrganizationSerializer}
    )
    def delete(self, request: Request) -> Response:
        """Undo it."""
        resumed = undo_deletion(organization=organization_of(request), by=actor_of(request))
        return Response(OrganizationSerializer(resumed).data)


class ExportView(APIView):
    """Everything that the organization owns as one zip: JSON lines for each kind, and all files.

    It is made while it is sent. `files/0001.zip` and those after it hold the files of a thousand generations
    each, in folders that are named by the generations' ids. It takes an owner who is logged in.
    """

    required_scopes = Permission.ORGANIZATION_EXPORT
    works_while_suspended = True

    @extend_schema(
        operation_id="export_organization", responses={(200, "application/zip"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        organization = organization_of(request)
        record_deed(Action.ORGANIZATION_EXPORTED, organization, by=actor_of(request))
        response = StreamingHttpResponse(
            in_turn(stream_archive(organization)), content_type="application/zip"
        )
        response["Content-Disposition"] = f'attachment; filename="{organization.slug}.zip"'
        response["Cache-Control"] = "no-store"
        return response
