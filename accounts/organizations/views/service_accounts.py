"""`/api/v1/service_accounts`: members that are no persons."""

from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView, ListAPIView, get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from accounts.authentication import actor_of, organization_of
from accounts.idempotent_view import IdempotentView
from accounts.models import ServiceAccount
from accounts.organizations.roles import Permission, Role
from accounts.organizations.serializers import ServiceAccountRequestSerializer, ServiceAccountSerializer
from accounts.organizations.service_accounts import (
    create_service_account,
    remove_service_account,
    update_service_account,
)
from accounts.pagination import HistoryPagination


def service_accounts_of(request: Request) -> QuerySet[ServiceAccount]:
    present = ServiceAccount.objects.for_organization(organization_of(request)).present()
    return present.select_related("created_by")


class ServiceAccountListView(IdempotentView, ListAPIView[ServiceAccount]):
    """The service accounts of the organization, newest first."""

    pagination_class = HistoryPagination
    filter_backends = []
    queryset = ServiceAccount.objects.none()
    required_scopes = Permission.SERVICE_ACCOUNT_MANAGE

    def get_serializer_class(self) -> type[BaseSerializer[ServiceAccount]]:
        return ServiceAccountRequestSerializer if self.request.method == "POST" else ServiceAccountSerializer

    def get_queryset(self) -> QuerySet[ServiceAccount]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        return service_accounts_of(self.request)

    @extend_schema(operation_id="list_service_accounts")
    def get(self, request: Request) -> Response:
        return self.list(request)

    @extend_schema(
        operation_id="create_service_account",
        request=ServiceAccountRequestSerializer,
        responses={201: ServiceAccountSerializer},
    )
    def post(self, request: Request) -> Response:
        """Make one. Its keys are made at `/api/v1/api_keys`, and outlive whoever makes them."""
        serializer = ServiceAccountRequestSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        wanted = serializer.validated_data
        account = create_service_account(
            organization=organization_of(request),
            name=wanted["name"],
            role=Role(wanted["role"]),
            by=actor_of(request),
        )
        return Response(ServiceAccountSerializer(account).data, status=status.HTTP_201_CREATED)


class ServiceAccountView(GenericAPIView[ServiceAccount]):
    """One service account."""

    serializer_class = ServiceAccountRequestSerializer
    required_scopes = Permission.SERVICE_ACCOUNT_MANAGE

    @extend_schema(operation_id="get_service_account", responses=ServiceAccountSerializer)
    def get(self, request: Request, account_id: UUID) -> Response:
        account = get_object_or_404(service_accounts_of(request), id=account_id)
        return Response(ServiceAccountSerializer(account).data)

    @extend_schema(
        operation_id="update_service_account",
        request=ServiceAccountRequestSerializer,
        responses=ServiceAccountSerializer,
    )
    def patch(self, request: Request, account_id: UUID) -> Response:
        """Change what is given. Its keys can do no more than its role from now on."""
        account = get_object_or_404(service_accounts_of(request), id=account_id)
        serializer = self.get_serializer(data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        changed = update_service_account(account=account, by=actor_of(request), **serializer.validated_data)
        return Response(ServiceAccountSerializer(changed).data)

    @extend_schema(operation_id="remove_service_account", responses={204: None})
    def delete(self, request: Request, account_id: UUID) -> Response:
        """Remove it; its keys are revoked."""
        account = get_object_or_404(service_accounts_of(request), id=account_id)
        remove_service_account(account=account, by=actor_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)
