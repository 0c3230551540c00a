"""`POST /api/v1/generate_code`: accept a request, then wait for it, stream it, or let it be."""

from functools import partial
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.http import HttpResponseBase
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import organization_of
from accounts.scopes import Scope
from generation.catalog import request_limits
from generation.errors import error_of
from generation.event_stream import respond_with_events
from generation.models import Generation
from generation.pipeline.validate_request import validate_request
from generation.request_serializers import GenerateRequestSerializer
from generation.serializers import AcceptedSerializer, GenerationSerializer, links_of
from generation.services import start_generation
from generation.views.negotiation import EventStreamRenderer, FollowUpResponse, FollowUpView
from generation.watching import wait_until_ended


class GenerateCodeView(FollowUpView, GenericAPIView[Generation]):
    """Turn a prompt into files.

    By default the call waits for the result. `async: true` answers at once with a job to poll,
    `stream: true` with server-sent events.
    """

    serializer_class = GenerateRequestSerializer
    required_scopes = {"POST": Scope.GENERATE}

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
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        options = dict(serializer.validated_data)
        is_async, stream = options.pop("async"), options.pop("stream")
        metadata, cache = options.pop("metadata", None), options.pop("cache")
        generation = start_generation(
            organization=organization_of(request),
            request=validate_request(limits=request_limits(options.get("model")), **options),
            metadata=metadata,
            cache=cache,
            request_id=getattr(request, "request_id", ""),
        )
        accepted: dict[str, Any] = {
            "data": {
                "job_id": str(generation.id),
                "status": generation.status,
                "links": links_of(generation.id),
            },
            "status": status.HTTP_202_ACCEPTED,
            "headers": {"Location": links_of(generation.id)["job"]},
        }
        if stream or isinstance(request.accepted_renderer, EventStreamRenderer):
            return FollowUpResponse(follow_up=partial(_stream, generation), **accepted)
        if is_async:
            return Response(**accepted)
        return FollowUpResponse(follow_up=partial(_wait, generation), **accepted)


async def _stream(generation: Generation, response: FollowUpResponse) -> HttpResponseBase:
    return await respond_with_events(generation)


async def _wait(generation: Generation, response: FollowUpResponse) -> HttpResponseBase:
    """The prepared answer says 202; it stays when the time is over before the generation has ended."""
    if generation.is_live:
        generation = await wait_until_ended(generation, timeout=settings.SYNC_WAIT_S)
    if generation.is_live:
        response.data["status"] = generation.status
        return response
    if error := error_of(generation):
        error.details = {"generation": links_of(generation.id)["self"]}
        raise error
    response.data = await sync_to_async(_render)(generation)
    response.status_code = status.HTTP_200_OK
    del response.headers["Location"]
    return response


def _render(generation: Generation) -> dict[str, Any]:
    return dict(GenerationSerializer(generation).data)
