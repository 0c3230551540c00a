"""`/api/v1/webhooks/{webhook_id}/deliveries`: what was sent, what came back, and sending it again."""

from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView, ListAPIView, get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import organization_of
from accounts.idempotent_view import IdempotentView
from accounts.pagination import HistoryPagination
from accounts.scopes import Scope
from generation.models import WebhookDelivery
from generation.views.webhooks import webhook_or_404
from generation.webhooks.filters import DeliveryFilter
from generation.webhooks.serializers import DeliveryHeadSerializer, DeliverySerializer
from generation.webhooks.services import resend_delivery


def delivery_or_404(request: Request, webhook_id: UUID, delivery_id: UUID) -> WebhookDelivery:
    deliveries = WebhookDelivery.objects.for_organization(organization_of(request)).select_related("event")
    return get_object_or_404(deliveries, endpoint_id=webhook_id, id=delivery_id)


class DeliveryListView(ListAPIView[WebhookDelivery]):
    """What was sent to a webhook, or will be, newest first."""

    serializer_class = DeliveryHeadSerializer
    pagination_class = HistoryPagination
    filterset_class = DeliveryFilter
    queryset = WebhookDelivery.objects.none()
    required_scopes = Scope.WEBHOOKS

    @extend_schema(operation_id="list_webhook_deliveries")
    def get(self, request: Request, webhook_id: UUID) -> Response:
        return self.list(request)

    def get_queryset(self) -> QuerySet[WebhookDelivery]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        endpoint = webhook_or_404(self.request, self.kwargs["webhook_id"])
        return endpoint.deliveries.select_related("event")


class DeliveryView(GenericAPIView[WebhookDelivery]):
    """One delivery with every attempt."""

    serializer_class = DeliverySerializer
    required_scopes = Scope.WEBHOOKS

    @extend_schema(operation_id="get_webhook_delivery")
    def get(self, request: Request, webhook_id: UUID, delivery_id: UUID) -> Response:
        return Response(self.get_serializer(delivery_or_404(request, webhook_id, delivery_id)).data)


class ResendDeliveryView(IdempotentView, GenericAPIView[WebhookDelivery]):
    """Attempt it now, whatever became of it, with the same `webhook-id`; retries begin anew."""

    serializer_class = DeliverySerializer
    required_scopes = Scope.WEBHOOKS

    @extend_schema(operation_id="resend_webhook_delivery", request=None, responses={202: DeliverySerializer})
    def post(self, request: Request, webhook_id: UUID, delivery_id: UUID) -> Response:
        delivery = resend_delivery(delivery=delivery_or_404(request, webhook_id, delivery_id))
        return Response(self.get_serializer(delivery).data, status=status.HTTP_202_ACCEPTED)
