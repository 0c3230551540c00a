from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.audit.actions import Action
from accounts.audit.admin_trail import AuditedAdmin, PrivatePage
from codegen_site.errors import Conflict
from generation.admin.read_only import ReadOnly
from generation.models import DeliveryAttempt, DisabledReason, WebhookDelivery, WebhookEndpoint
from generation.webhooks.services import resend_delivery
from generation.webhooks.switch import disable_endpoint, enable_endpoint


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(ReadOnly, AuditedAdmin[WebhookEndpoint]):
    """Where organizations are told of their generations. Their secrets are shown nowhere."""

    audit_kind = "webhook"
    audit_fields = ("event_types", "description")
    list_display = ["url", "organization", "event_types", "failing_since", "disabled_at", "disabled_reason"]
    list_filter = ["disabled_reason", "organization"]
    search_fields = ["id", "url"]
    actions = ["enable", "disable"]

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("generation.change_webhookendpoint")

    @admin.action(description="Enable the selected webhooks", permissions=["operate"])
    def enable(self, request: HttpRequest, queryset: QuerySet[WebhookEndpoint]) -> None:
        changed = sum(enable_endpoint(endpoint.id) for endpoint in queryset)
        self.message_user(request, f"{changed} webhooks enabled.", messages.SUCCESS)

    @admin.action(description="Disable the selected webhooks", permissions=["operate"])
    def disable(self, request: HttpRequest, queryset: QuerySet[WebhookEndpoint]) -> None:
        changed = sum(disable_endpoint(row.id, reason=DisabledReason.OPERATOR) for row in queryset)
        self.message_user(request, f"{changed} webhooks disabled.", messages.SUCCESS)


class DeliveryAttemptInline(ReadOnly, admin.TabularInline[DeliveryAttempt, WebhookDelivery]):
    model = DeliveryAttempt
    extra = 0
    can_delete = False


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnly, PrivatePage[WebhookDelivery], AuditedAdmin[WebhookDelivery]):
    audit_kind = "webhook_delivery"
    audit_fields = ("status", "attempt_count", "created_at")
    read_action = Action.WEBHOOK_DELIVERY_READ
    list_display = ["id", "organization", "event", "endpoint", "status", "attempt_count", "last_status_code"]
    list_filter = ["status", "event__type", "organization"]
    list_select_related = ["organization", "event", "endpoint"]
    search_fields = ["id", "event__id", "endpoint__url"]
    date_hierarchy = "created_at"
    inlines = [DeliveryAttemptInline]
    actions = ["resend"]

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("generation.change_webhookdelivery")

    @admin.action(description="Send the selected deliveries again", permissions=["operate"])
    def resend(self, request: HttpRequest, queryset: QuerySet[WebhookDelivery]) -> None:
        for delivery in queryset:
            try:
                resend_delivery(delivery=delivery)
            except Conflict as error:
                self.message_user(request, f"{delivery.id}: {error.message}", messages.ERROR)
            else:
                self.message_user(request, f"{delivery.id} is sent again.", messages.SUCCESS)
