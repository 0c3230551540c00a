"""`/api/v1/webhooks`: where an organization wants to be told that a generation has ended."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView, get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import organization_of
from accounts.idempotent_view import IdempotentView
from accounts.models import Feature
from accounts.scopes import Scope
from generation.integrations.outbound_http import check_url
from generation.models import WebhookDelivery, WebhookEndpoint
from generation.webhooks.serializers import (
    DeliverySerializer,
    RotateSecretSerializer,
    WebhookChangeSerializer,
    WebhookRequestSerializer,
    WebhookSerializer,
    WebhookWithSecretSerializer,
)
from generation.webhooks.services import (
    create_endpoint,
    delete_endpoint,
    rotate_secret,
    send_test_event,
    update_endpoint,
)


def webhook_or_404(request: Request, webhook_id: UUID) -> WebhookEndpoint:
    endpoints = WebhookEndpoint.objects.for_organization(organization_of(request))
    return get_object_or_404(endpoints, id=webhook_id)


def _with_secret(endpoint: WebhookEndpoint, secret: str, *, status: int) -> Response:
    shown = WebhookWithSecretSerializer(endpoint, context={"secret": secret})
    return Response(shown.data, status=status, headers={"Cache-Control": "no-store"})


def _with_checked_url(fields: dict[str, Any]) -> dict[str, Any]:
    """Raises `UnsafeUrl`."""
    return {**fields, "url": check_url(fields["url"])} if "url" in fields else fields


class WebhookListView(IdempotentView, GenericAPIView[WebhookEndpoint]):
    """The webhooks of the organization."""

    serializer_class = WebhookRequestSerializer
    required_scopes = Scope.WEBHOOKS
    required_features = {"POST": Feature.WEBHOOKS}
    pagination_class = None
    filter_backends = []
    queryset = WebhookEndpoint.objects.none()

    @extend_schema(operation_id="list_webhooks", responses=WebhookSerializer(many=True))
    def get(self, request: Request) -> Response:
        endpoints = WebhookEndpoint.objects.for_organization(organization_of(request))
        return Response(WebhookSerializer(endpoints, many=True).data)

    def prepare(self, request: Request, **kwargs: Any) -> None:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        self.wanted = _with_checked_url(serializer.validated_data)

    @extend_schema(
        operation_id="create_webhook",
        request=WebhookRequestSerializer,
        responses={201: WebhookWithSecretSerializer},
    )
    def post(self, request: Request) -> Response:
        """Send events to a URL. The answer holds the signing secret, shown this once."""
        endpoint, secret = create_endpoint(organization=organization_of(request), **self.wanted)
        return _with_secret(endpoint, secret, status=status.HTTP_201_CREATED)


class WebhookView(GenericAPIView[WebhookEndpoint]):
    """One webhook."""

    serializer_class = WebhookChangeSerializer
    required_scopes = Scope.WEBHOOKS

    @extend_schema(operation_id="get_webhook", responses=WebhookSerializer)
    def get(self, request: Request, webhook_id: UUID) -> Response:
        return Response(WebhookSerializer(webhook_or_404(request, webhook_id)).data)

    @extend_schema(
        operation_id="update_webhook", request=WebhookChangeSerializer, responses=WebhookSerializer
    )
    def patch(self, request: Request, webhook_id: UUID) -> Response:
        """Change what is given, or enable and disable it."""
        endpoint = webhook_or_404(request, webhook_id)
        serializer = self.get_serializer(data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        update_endpoint(endpoint=endpoint, **_with_checked_url(serializer.validated_data))
        return Response(WebhookSerializer(endpoint).data)

    @extend_schema(operation_id="delete_webhook", responses={204: None})
    def delete(self, request: Request, webhook_id: UUID) -> Response:
        """Delete it with its deliveries; what is on its way is not sent."""
        delete_endpoint(endpoint=webhook_or_404(request, webhook_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


class RotateSecretView(IdempotentView, GenericAPIView[WebhookEndpoint]):
    """Sign with a new secret; the old one signs beside it for a day, or for `overlap_s`."""

    serializer_class = RotateSecretSerializer
    required_scopes = Scope.WEBHOOKS

    @extend_schema(
        operation_id="rotate_webhook_secret",
        request=RotateSecretSerializer,
        responses=WebhookWithSecretSerializer,
    )
    def post(self, request: Request, webhook_id: UUID) -> Response:
        endpoint = webhook_or_404(request, webhook_id)
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        overlap = timedelta(seconds=serializer.validated_data["overlap_s"])
        secret = rotate_secret(endpoint=endpoint, overlap=overlap)
        return _with_secret(endpoint, secret, status=status.HTTP_200_OK)


class TestWebhookView(IdempotentView, GenericAPIView[WebhookDelivery]):
    """Send an event `webhook.test`, once. The answer is its delivery, to be looked at again."""

    serializer_class = DeliverySerializer
    required_scopes = Scope.WEBHOOKS

    @extend_schema(operation_id="test_webhook", request=None, responses={202: DeliverySerializer})
    def post(self, request: Request, webhook_id: UUID) -> Response:
        delivery = send_test_event(endpoint=webhook_or_404(request, webhook_id))
        return Response(self.get_serializer(delivery).data, status=status.HTTP_202_ACCEPTED)
