"""`/api/v1/organization/retention`: for how long what an organization has is kept."""

from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import actor_of, organization_of
from accounts.models import Organization
from accounts.organizations.roles import Permission
from accounts.retention.classes import Kept
from accounts.retention.serializers import RetentionChangeSerializer, RetentionSerializer, show_retention
from accounts.retention.services import change_retention


class RetentionView(GenericAPIView[Organization]):
    """For how many days each class is kept. What is older is erased once a day, for good."""

    serializer_class = RetentionChangeSerializer
    required_scopes = {"GET": Permission.ORGANIZATION_READ, "PATCH": Permission.RETENTION_MANAGE}

    @extend_schema(operation_id="get_retention", responses=RetentionSerializer)
    def get(self, request: Request) -> Response:
        return Response(show_retention(organization_of(request)))

    @extend_schema(
        operation_id="update_retention", request=RetentionChangeSerializer, responses=RetentionSerializer
    )
    def patch(self, request: Request) -> Response:
        """Change what is given. It takes an owner who is logged in.

        Nothing is kept for longer than the service keeps it, and the audit log not for less.
        """
        serializer = self.get_serializer(data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        organization = organization_of(request)
        days = {Kept(name): number for name, number in serializer.validated_data.items()}
        change_retention(organization=organization, days=days, by=actor_of(request))
        return Response(show_retention(organization))
