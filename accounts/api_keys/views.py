"""`/api/v1/api_keys`: the keys of the organization, as far as the caller has a say over them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView, ListAPIView, get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from accounts.actor import Actor
from accounts.api_keys.serializers import (
    ApiKeyChangeSerializer,
    ApiKeyRequestSerializer,
    ApiKeySerializer,
    ApiKeyWithTextSerializer,
    RotatedSerializer,
    RotateSerializer,
)
from accounts.api_keys.services import create_api_key, revoke_api_key, rotate_api_key, update_api_key
from accounts.authentication import actor_of, caller_of, organization_of
from accounts.idempotent_view import IdempotentView
from accounts.models import ApiKey, Membership, ServiceAccount, User
from accounts.models.api_key import ApiKeyQuerySet
from accounts.organizations.roles import Permission
from accounts.pagination import HistoryPagination
from codegen_site.errors import PermissionDenied, ValidationException

NOT_KEPT = {"Cache-Control": "no-store"}


def keys_within_reach(request: Request) -> ApiKeyQuerySet:
    """Those of the caller; all of the organization's for who may manage all."""
    caller = caller_of(request)
    api_keys = ApiKey.objects.for_organization(caller.organization)
    api_keys = api_keys.select_related("owner", "created_by", "service_account")
    if caller.may(Permission.KEY_MANAGE_ALL):
        return api_keys
    return api_keys.filter(_of(caller))


def _of(caller: ApiKey | Membership) -> Q:
    if isinstance(caller, Membership):
        return Q(owner=caller.user_id)
    if caller.owner_id is not None:
        return Q(owner=caller.owner_id)
    return Q(service_account=caller.service_account_id, owner=None)


class ApiKeyFilter(django_filters.FilterSet):  # type: ignore[misc]  # it has no types
    """`?status=&mode=&service_account=`"""

    status = django_filters.ChoiceFilter(choices=ApiKey.Status.choices, method="filter_status")
    service_account = django_filters.UUIDFilter(field_name="service_account_id")

    class Meta:
        model = ApiKey
        fields = ["mode"]

    def filter_status(self, queryset: ApiKeyQuerySet, name: str, value: str) -> ApiKeyQuerySet:
        if value == ApiKey.Status.REVOKED:
            return queryset.exclude(revoked_at=None)
        if value == ApiKey.Status.ACTIVE:
            return queryset.usable(timezone.now()).filter(suspended_at=None)
        if value == ApiKey.Status.SUSPENDED:
            return queryset.usable(timezone.now()).exclude(suspended_at=None)
        return queryset.filter(revoked_at=None, expires_at__lte=timezone.now())


class ApiKeyListView(IdempotentView, ListAPIView[ApiKey]):
    """The keys that the caller has a say over, newest first; those that are over as well."""

    pagination_class = HistoryPagination
    filterset_class = ApiKeyFilter
    queryset = ApiKey.objects.none()
    required_scopes = Permission.KEY_MANAGE_OWN

    def get_serializer_class(self) -> type[BaseSerializer[ApiKey]]:
        return ApiKeyRequestSerializer if self.request.method == "POST" else ApiKeySerializer

    def get_queryset(self) -> QuerySet[ApiKey]:
        return self.queryset if getattr(self, "swagger_fake_view", False) else keys_within_reach(self.request)

    @extend_schema(operation_id="list_api_keys")
    def get(self, request: Request) -> Response:
        return self.list(request)

    @extend_schema(
        operation_id="create_api_key",
        request=ApiKeyRequestSerializer,
        responses={201: ApiKeyWithTextSerializer},
    )
    def post(self, request: Request) -> Response:
        """Make a key for the caller, or for a service account. The answer holds its text, shown this once.

        It can do no more than whoever makes it, at any time no more than whom it belongs to.
        """
        serializer = ApiKeyRequestSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        options = dict(serializer.validated_data)
        api_key, text = create_api_key(
            organization=organization_of(request),
            owner=_owner_of_new(request, options.pop("service_account")),
            by=actor_of(request),
            **options,
        )
        shown = ApiKeyWithTextSerializer(api_key, context={"text": text})
        return Response(shown.data, status=status.HTTP_201_CREATED, headers=NOT_KEPT)


class ApiKeyView(GenericAPIView[ApiKey]):
    """One key."""

    serializer_class = ApiKeyChangeSerializer
    required_scopes = Permission.KEY_MANAGE_OWN

    @extend_schema(operation_id="get_api_key", responses=ApiKeySerializer)
    def get(self, request: Request, key_id: UUID) -> Response:
        return Response(ApiKeySerializer(get_object_or_404(keys_within_reach(request), id=key_id)).data)

    @extend_schema(operation_id="update_api_key", request=ApiKeyChangeSerializer, responses=ApiKeySerializer)
    def patch(self, request: Request, key_id: UUID) -> Response:
        """Change what is given; within a second it holds everywhere."""
        api_key = get_object_or_404(keys_within_reach(request), id=key_id)
        actor = _who_may_have(api_key, request)
        serializer = self.get_serializer(data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        update_api_key(api_key=api_key, by=actor, **serializer.validated_data)
        return Response(ApiKeySerializer(keys_within_reach(request).get(id=key_id)).data)

    @extend_schema(operation_id="revoke_api_key", responses={204: None})
    def delete(self, request: Request, key_id: UUID) -> Response:
        """Revoke it: within a second it opens nothing anywhere, and never will. It stays in the list."""
        api_key = get_object_or_404(keys_within_reach(request), id=key_id)
        revoke_api_key(api_key=api_key, by=actor_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class RotateApiKeyView(IdempotentView, GenericAPIView[ApiKey]):
    """Replace it by a new key that can do the same; the old one works beside it for a day, or `overlap_s`."""

    serializer_class = RotateSerializer
    required_scopes = Permission.KEY_MANAGE_OWN

    @extend_schema(operation_id="rotate_api_key", request=RotateSerializer, responses=RotatedSerializer)
    def post(self, request: Request, key_id: UUID) -> Response:
        api_key = get_object_or_404(keys_within_reach(request), id=key_id)
        actor = _who_may_have(api_key, request)
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        options: dict[str, Any] = dict(serializer.validated_data)
        overlap = timedelta(seconds=options.pop("overlap_s"))
        new, text = rotate_api_key(api_key=api_key, overlap=overlap, by=actor, **options)
        old = keys_within_reach(request).get(id=key_id)
        shown = {
            "new": ApiKeyWithTextSerializer(new, context={"text": text}).data,
            "old": ApiKeySerializer(old).data,
        }
        return Response(shown, headers=NOT_KEPT)


def _who_may_have(api_key: ApiKey, request: Request) -> Actor:
    """Who rotates a key has its text, so it is no other person's. Raises `PermissionDenied`."""
    actor = actor_of(request)
    if api_key.owner_id is not None and api_key.owner_id != actor.user_id:
        raise PermissionDenied("The key is another member's: it can be revoked, and no more.")
    return actor


def _owner_of_new(request: Request, service_account_id: UUID | None) -> User | ServiceAccount | None:
    """Raises `ValidationException` for a service account that the organization does not have."""
    caller = caller_of(request)
    if service_account_id is None:
        return caller.user if isinstance(caller, Membership) else caller.owner or caller.service_account
    own = caller.service_account_id if isinstance(caller, ApiKey) else None
    if not caller.may(Permission.KEY_MANAGE_ALL) and service_account_id != own:
        raise PermissionDenied("Only who manages all keys makes them for service accounts.")
    present = ServiceAccount.objects.for_organization(caller.organization).present()
    account = present.filter(pk=service_account_id).first()
    if account is None:
        message = "There is no such service account."
        raise ValidationException(message, details=[{"field": "service_account", "message": message}])
    return account
