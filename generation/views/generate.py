"""`POST /api/v1/generate_code`: accept a request, then wait for it, stream it, or let it be."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import caller_of
from accounts.idempotency import SentKey
from accounts.limits.policies import RouteClass
from accounts.scopes import Scope
from generation.allowed import check_allowed, model_for
from generation.catalog import check_fits, request_limits
from generation.models import Generation
from generation.pipeline.validate_request import validate_request
from generation.request_serializers import GenerateRequestSerializer
from generation.serializers import AcceptedSerializer, EventSerializer, GenerationSerializer
from generation.services import start_generation
from generation.views.negotiation import EventStreamRenderer
from generation.views.starting import StartingView


class GenerateCodeView(StartingView):
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
        caller, metadata, cache = caller_of(request), options.pop("metadata", None), options.pop("cache")
        store = options.pop("store")
        options["model"] = model_for(caller, options.get("model"))
        wanted = validate_request(limits=request_limits(options["model"]), **options)
        check_allowed(caller, wanted)
        return start_generation(
            organization=caller.organization,
            request=check_fits(wanted),
            metadata=metadata,
            cache=cache,
            store=store,
            request_id=getattr(request, "request_id", ""),
            sent_key=sent_key,
            caller=caller,
        )
