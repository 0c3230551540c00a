"""`POST /api/v1/generate_code`: accept a request, then wait for it, stream it, or let it be."""

from collections.abc import Callable
from functools import partial
from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import caller_of, organization_of
from accounts.idempotency import SentKey
from accounts.idempotent_view import Handler
from accounts.limits.policies import RouteClass
from accounts.limits.sizes import check_prompt
from accounts.scopes import Scope
from codegen_site.errors import IdempotencyKeyInUse
from generation.catalog import request_limits
from generation.models import Generation
from generation.pipeline.validate_request import validate_request
from generation.request_serializers import GenerateRequestSerializer
from generation.serializers import AcceptedSerializer, GenerationSerializer
from generation.services import start_generation
from generation.views.negotiation import FollowUpView
from generation.views.responding import Way, find_first, respond, respond_again, way_of


class GenerateCodeView(FollowUpView, GenericAPIView[Generation]):
    """Turn a prompt into files.

    By default the call waits for the result. `async: true` answers at once with a job to poll,
    `stream: true` with server-sent events.
    """

    serializer_class = GenerateRequestSerializer
    required_scopes = {"POST": Scope.GENERATE}
    route_classes = {"POST": RouteClass.GENERATE}

    @extend_schema(
        operation_id="generate_code",
        request=GenerateRequestSerializer,
        responses={
            200: GenerationSerializer,
            202: OpenApiResponse(
                AcceptedSerializer, description="Accepted, or not done in time: poll the job."
            ),
        },
    )
    def post(self, request: Request) -> Response:
        way, start = self._read(request)
        return respond(start(), way=way)

    def post_once(self, sent: SentKey, handler: Handler, request: Request, **kwargs: Any) -> Response:
        """The key is written together with the generation, which tells a repetition its response."""
        way, start = self._read(request)
        first = find_first(sent)
        if first is None:
            try:
                return respond(start(sent_key=sent), way=way)
            except IdempotencyKeyInUse:  # by a request of the same moment
                first = find_first(sent)
                if first is None:
                    raise
        return respond_again(first, way=way)

    def _read(self, request: Request) -> tuple[Way, Callable[..., Generation]]:
        """How to answer, and what starts the generation that is asked for. Raises for a wrong type."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        options = dict(serializer.validated_data)
        way = way_of(request, is_async=options.pop("async"), stream=options.pop("stream"))
        return way, partial(_start, request, options)


def _start(request: Request, options: dict[str, Any], *, sent_key: SentKey | None = None) -> Generation:
    metadata, cache = options.pop("metadata", None), options.pop("cache")
    organization = organization_of(request)
    wanted = validate_request(limits=request_limits(options.get("model")), **options)
    check_prompt(wanted.prompt, organization=organization)
    return start_generation(
        organization=organization,
        request=wanted,
        metadata=metadata,
        cache=cache,
        request_id=getattr(request, "request_id", ""),
        sent_key=sent_key,
        caller=caller_of(request),
    )
