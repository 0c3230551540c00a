"""What can be done with an earlier result: refine it, take it up again, compare it, look at its history."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView, ListAPIView
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import caller_of
from accounts.idempotency import SentKey
from accounts.idempotent_view import IdempotentView
from accounts.limits.policies import RouteClass
from accounts.models import Feature
from accounts.pagination import HistoryPagination
from accounts.scopes import Scope
from codegen_site.errors import ValidationException
from generation.allowed import check_allowed, model_for
from generation.catalog import check_fits, edit_format_of, request_limits
from generation.models import Generation
from generation.parents import parent_project
from generation.pipeline.format_response import format_changes
from generation.pipeline.validate_request import validate_request
from generation.refine_services import compare_generations, restore_generation
from generation.request_serializers import RefineRequestSerializer, RestoreRequestSerializer
from generation.serializers import (
    AcceptedSerializer,
    ComparisonSerializer,
    EventSerializer,
    GenerationSerializer,
    HistoryNodeSerializer,
)
from generation.services import start_generation
from generation.views.jobs import generation_or_404
from generation.views.negotiation import EventStreamRenderer
from generation.views.starting import StartingView


class RefineView(StartingView):
    """Change an earlier result: a new generation that sees its files, and has all of them and what changed.

    The earlier one stays as it is, and can be refined in another direction. Answered as `generate_code` is.
    """

    serializer_class = RefineRequestSerializer
    required_scopes = {"POST": Scope.GENERATE}
    required_features = {"POST": Feature.REFINE}
    route_classes = {"POST": RouteClass.GENERATE}

    @extend_schema(
        operation_id="refine_generation",
        request=RefineRequestSerializer,
        responses={
            (200, "application/json"): GenerationSerializer,
            (200, EventStreamRenderer.media_type): EventSerializer,
            (202, "application/json"): OpenApiResponse(
                AcceptedSerializer, description="Accepted, or not done in time: poll the job."
            ),
        },
    )
    def post(self, request: Request, **kwargs: Any) -> Response:
        return super().post(request, **kwargs)

    def start(self, request: Request, options: dict[str, Any], *, sent_key: SentKey | None) -> Generation:
        parent = generation_or_404(request, self.kwargs["generation_id"])
        caller, metadata, cache = caller_of(request), options.pop("metadata", None), options.pop("cache")
        store = options.pop("store")
        model = model_for(caller, options.pop("model") or parent.model)
        wanted = validate_request(
            limits=request_limits(model),
            prompt=options.pop("instructions"),
            prompt_field="instructions",
            framework=parent.framework or None,
            language=parent.requested_language or None,
            model=model,
            **options,
        )
        check_allowed(caller, wanted, prompt_field="instructions")
        project = parent_project(parent, edit_format=edit_format_of(wanted.model))
        return start_generation(
            organization=caller.organization,
            request=check_fits(replace(wanted, parent=project)),
            metadata=metadata,
            cache=cache,
            store=store,
            request_id=getattr(request, "request_id", ""),
            sent_key=sent_key,
            parent=parent,
            caller=caller,
        )


class RestoreView(IdempotentView, GenericAPIView[Generation]):
    """Take an earlier result up again: a new node of the history with its files. No model is called."""

    serializer_class = RestoreRequestSerializer
    required_scopes = {"POST": Scope.GENERATE}

    @extend_schema(
        operation_id="restore_generation",
        request=RestoreRequestSerializer,
        responses={201: GenerationSerializer},
    )
    def post(self, request: Request, generation_id: UUID) -> Response:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        fields = serializer.validated_data
        onto = fields.get("onto")
        restored = restore_generation(
            generation=generation_or_404(request, generation_id),
            onto=generation_or_404(request, onto) if onto else None,
            metadata=fields.get("metadata"),
        )
        shown = GenerationSerializer(restored).data
        return Response(shown, status=status.HTTP_201_CREATED, headers={"Location": shown["links"]["self"]})


class HistoryView(ListAPIView[Generation]):
    """All nodes of the tree of a generation, newest first: whose child each is, and what it changed."""

    serializer_class = HistoryNodeSerializer
    pagination_class = HistoryPagination
    filter_backends = []
    queryset = Generation.objects.none()
    required_scopes = {"GET": Scope.READ}

    def get_queryset(self) -> QuerySet[Generation]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        generation = generation_or_404(self.request, self.kwargs["generation_id"])
        nodes = Generation.objects.for_organization(generation.organization)
        return nodes.filter(history_id=generation.history_id).defer("message", "checks", "diff")


class DiffRenderer(BaseRenderer):
    """The bare text, for `git apply`."""

    media_type = "text/x-diff"
    format = "diff"
    charset = "utf-8"

    def render(self, data: Any, *args: Any, **kwargs: Any) -> bytes:
        if "diff" not in data:  # what OPTIONS tells of the address
            return bytes(JSONRenderer().render(data))
        return str(data["diff"]).encode()


class DiffView(APIView):
    """What changed from one generation to another: as a list, and as a unified diff."""

    renderer_classes = (*APIView.renderer_classes, DiffRenderer)
    required_scopes = {"GET": Scope.READ}

    @extend_schema(
        operation_id="diff_generation",
        parameters=[
            OpenApiParameter(
                "against", UUID, description="The generation to compare with. Default: its parent."
            )
        ],
        responses={200: ComparisonSerializer, (200, DiffRenderer.media_type): OpenApiTypes.STR},
    )
    def get(self, request: Request, generation_id: UUID) -> Response:
        generation = generation_or_404(request, generation_id)
        against = self._against(request, generation)
        comparison = compare_generations(against, generation)
        return Response(
            {
                "generation": str(generation.id),
                "against": str(against.id) if against else None,
                "changes": format_changes(comparison),
                "diff": comparison.diff,
            }
        )

    def _against(self, request: Request, generation: Generation) -> Generation | None:
        """`None` for the beginning of a history: everything was added then."""
        text = request.query_params.get("against")
        if text is None:
            return generation.parent
        try:
            return generation_or_404(request, UUID(text))
        except ValueError as error:
            details = [{"field": "against", "message": "This must be the id of a generation."}]
            raise ValidationException(details=details) from error
