"""`/api/v1/batches`: many requests at once, their progress and their results."""

from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.db import connections
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView, ListAPIView, get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from accounts.authentication import caller_of, organization_of
from accounts.idempotent_view import IdempotentView
from accounts.limits.policies import RouteClass
from accounts.limits.sizes import sizes_of
from accounts.models import Feature
from accounts.pagination import HistoryPagination
from accounts.scopes import Scope
from codegen_site.errors import BatchRunning
from generation.batch_cancelling import cancel_batch
from generation.batch_ends import look_up
from generation.batch_lines import RawLine, check_lines, number_values, read_lines
from generation.batch_results import stream_results
from generation.batch_serializers import (
    BatchRequestSerializer,
    BatchResultSerializer,
    BatchSerializer,
)
from generation.batch_services import start_batch
from generation.filters import BatchFilter
from generation.links import batch_links_of
from generation.models import Batch
from generation.prices import refresh_prices
from generation.views.json_lines import (
    JsonLines,
    JsonLinesParser,
    JsonLinesRenderer,
    LargeJsonParser,
    NdjsonParser,
    NdjsonRenderer,
)


def batch_or_404(request: Request, batch_id: UUID) -> Batch:
    batch = get_object_or_404(Batch.objects.for_organization(organization_of(request)), id=batch_id)
    return look_up([batch])[0]


# Ten thousand lines take seconds. As many batches are read at once, and no other request waits for them.
_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="batches")


class BatchListView(IdempotentView, ListAPIView[Batch]):
    """The batches of the organization, newest first."""

    pagination_class = HistoryPagination
    filterset_class = BatchFilter
    parser_classes = (LargeJsonParser, JsonLinesParser, NdjsonParser)
    queryset = Batch.objects.none()
    required_scopes = {"GET": Scope.BATCHES, "POST": Scope.BATCHES}
    required_features = {"POST": Feature.BATCHES}
    # One token, however many lines it has: quotas limit what they take, and the queue how many run.
    route_classes = {"POST": RouteClass.BATCH}
    takes_large_bodies = True

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        return BatchRequestSerializer if self.request.method == "POST" else BatchSerializer

    def get_queryset(self) -> QuerySet[Batch]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        return Batch.objects.for_organization(organization_of(self.request))

    @classmethod
    def as_async_view(cls) -> Callable[..., Coroutine[Any, Any, HttpResponseBase]]:
        view = cls.as_view()

        def view_in_thread(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            try:
                return view(request, **kwargs)
            finally:
                connections.close_all()

        @csrf_exempt  # as every view of DRF: its session authentication checks the token itself
        async def async_view(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            if request.method == "POST":
                run = sync_to_async(view_in_thread, thread_sensitive=False, executor=_threads)
                return await run(request, **kwargs)
            return await sync_to_async(view)(request, **kwargs)

        # Where the schema generator looks for the class.
        async_view.cls = cls  # type: ignore[attr-defined]
        async_view.initkwargs = {}  # type: ignore[attr-defined]
        return async_view

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        if "Transfer-Encoding" in request.headers:
            # DRF takes a body whose length was not announced for none.
            request.META.setdefault("CONTENT_LENGTH", "-1")
        return super().initialize_request(request, *args, **kwargs)

    def paginate_queryset(self, queryset: Any) -> Any:
        page = super().paginate_queryset(queryset)
        return look_up(page) if page else page

    def prepare(self, request: Request, **kwargs: Any) -> None:
        raw_lines, self.metadata = self._read(request.data)
        self.lines = check_lines(raw_lines, caller=caller_of(request))
        refresh_prices()

    @extend_schema(
        operation_id="start_batch",
        request={
            LargeJsonParser.media_type: BatchRequestSerializer,
            JsonLinesParser.media_type: OpenApiTypes.STR,
            NdjsonParser.media_type: OpenApiTypes.STR,
        },
        responses={202: BatchSerializer},
    )
    def post(self, request: Request) -> Response:
        """Run up to 10,000 requests when there is nothing more urgent.

        As JSONL a line is what one of `requests` is in JSON. A line that is wrong is an error of that
        line: it stands in the results, and the others run.
        """
        batch = start_batch(
            organization=organization_of(request),
            lines=self.lines,
            metadata=self.metadata,
            request_id=getattr(request, "request_id", ""),
            caller=caller_of(request),
        )
        return Response(
            BatchSerializer(batch_or_404(request, batch.id)).data,
            status=status.HTTP_202_ACCEPTED,
            headers={"Location": batch_links_of(batch.id)["self"]},
        )

    def _read(self, data: Any) -> tuple[Iterable[RawLine], dict[str, Any]]:
        if isinstance(data, JsonLines):
            longest = sizes_of(organization_of(self.request)).max_body_bytes
            return read_lines(data.stream, longest=longest), {}
        serializer = BatchRequestSerializer(data=data)
        serializer.is_valid(raise_exception=True)
        fields = serializer.validated_data
        return number_values(fields["requests"]), fields.get("metadata", {})


class BatchView(GenericAPIView[Batch]):
    """How far a batch is."""

    serializer_class = BatchSerializer
    required_scopes = {"GET": Scope.BATCHES}

    @extend_schema(operation_id="get_batch")
    def get(self, request: Request, batch_id: UUID) -> Response:
        return Response(self.get_serializer(batch_or_404(request, batch_id)).data)


class CancelBatchView(IdempotentView, GenericAPIView[Batch]):
    """Stop a batch. What has ended stays, and is in the results."""

    is_repeatable = True

    serializer_class = BatchSerializer
    required_scopes = {"POST": Scope.BATCHES}

    @extend_schema(operation_id="cancel_batch", request=None)
    def post(self, request: Request, batch_id: UUID) -> Response:
        cancel_batch(batch=batch_or_404(request, batch_id))
        return Response(self.get_serializer(batch_or_404(request, batch_id)).data)


class BatchResultsView(APIView):
    """The results of a batch that has ended: JSONL, in the order of its lines."""

    renderer_classes = (*APIView.renderer_classes, JsonLinesRenderer, NdjsonRenderer)
    required_scopes = {"GET": Scope.BATCHES}

    @extend_schema(
        operation_id="get_batch_results",
        responses={
            (200, JsonLinesRenderer.media_type): OpenApiResponse(
                BatchResultSerializer, description="Each line is such an object."
            ),
        },
    )
    def get(self, request: Request, batch_id: UUID) -> StreamingHttpResponse:
        batch = batch_or_404(request, batch_id)
        if batch.is_live:
            raise BatchRunning(
                f"{batch.counts.ended:,} of {batch.total:,} lines have ended; the results can be had then."
            )
        response = StreamingHttpResponse(stream_results(batch), content_type=JsonLinesRenderer.media_type)
        response["Content-Disposition"] = f'attachment; filename="{batch.id}.jsonl"'
        return response
