"""`/api/v1/audit`: who did what in the organization."""

from typing import Any, cast

import django_filters
from django.db.models import Q, QuerySet
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.mixins import ListModelMixin
from rest_framework.renderers import BrowsableAPIRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actor import ActorKind
from accounts.audit.actions import Action
from accounts.audit.formats import stream_csv, stream_json_lines
from accounts.audit.record import record_deed
from accounts.audit.serializers import AuditEntrySerializer
from accounts.authentication import actor_of, organization_of
from accounts.models import AuditEntry
from accounts.models.audit_entry import AuditEntryQuerySet
from accounts.organizations.roles import Permission
from accounts.pagination import HistoryPagination
from accounts.streaming import in_turn


class AuditFilter(django_filters.FilterSet):  # type: ignore[misc]  # it has no types
    """`?action=&actor=&actor_kind=&object_kind=&object_id=&request_id=&created_after=&created_before=`"""

    action = django_filters.MultipleChoiceFilter(choices=Action.choices)
    actor = django_filters.CharFilter(method="filter_actor", label="An id, or a name")
    actor_kind = django_filters.MultipleChoiceFilter(choices=ActorKind.choices)
    created_after = django_filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="gte")
    created_before = django_filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="lt")

    class Meta:
        model = AuditEntry
        fields = ["object_kind", "object_id", "request_id"]

    def filter_actor(self, queryset: QuerySet[AuditEntry], name: str, value: str) -> QuerySet[AuditEntry]:
        return queryset.filter(Q(actor_id=value) | Q(actor=value))


class StreamedRenderer(JSONRenderer):
    """Of what is not rendered by DRF but streamed, and of its errors, which are JSON."""


class CsvRenderer(StreamedRenderer):
    media_type = "text/csv"
    format = "csv"


class JsonLinesRenderer(StreamedRenderer):
    media_type = "application/jsonl"
    format = "jsonl"


class AuditView(ListModelMixin, GenericAPIView[AuditEntry]):
    """The audit log of the organization, newest first.

    As `text/csv` or `application/jsonl` (`?format=csv`, `?format=jsonl`, or by `Accept`) all that the filters
    leave comes at once, the oldest first. That is an entry itself.
    """

    serializer_class = AuditEntrySerializer
    renderer_classes = (JSONRenderer, BrowsableAPIRenderer, CsvRenderer, JsonLinesRenderer)
    pagination_class = HistoryPagination
    filterset_class = AuditFilter
    queryset = AuditEntry.objects.none()
    required_scopes = Permission.AUDIT_READ

    def get_queryset(self) -> QuerySet[AuditEntry]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        return AuditEntry.objects.for_organization(organization_of(self.request))

    @extend_schema(
        operation_id="list_audit_entries",
        responses={
            200: AuditEntrySerializer(many=True),
            (200, CsvRenderer.media_type): OpenApiTypes.STR,
            (200, JsonLinesRenderer.media_type): OpenApiTypes.STR,
        },
    )
    def get(self, request: Request) -> Response | StreamingHttpResponse:
        renderer = request.accepted_renderer
        if not isinstance(renderer, StreamedRenderer):
            return self.list(request)
        organization = organization_of(request)
        entries = cast(AuditEntryQuerySet, self.filter_queryset(self.get_queryset()))
        record_deed(Action.AUDIT_EXPORTED, organization, by=actor_of(request), format=renderer.format)
        stream = stream_csv if isinstance(renderer, CsvRenderer) else stream_json_lines
        response = StreamingHttpResponse(in_turn(stream(entries)), content_type=renderer.media_type)
        response["Content-Disposition"] = (
            f'attachment; filename="audit-{organization.slug}.{renderer.format}"'
        )
        response["Cache-Control"] = "no-store"
        return response

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        if isinstance(getattr(response, "accepted_renderer", None), StreamedRenderer):
            response.accepted_renderer = JSONRenderer()
            response.accepted_media_type = JSONRenderer.media_type
        return response
