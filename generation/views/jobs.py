"""`/api/v1/jobs/{job_id}`: how far a generation is, what happens in it, and how to stop it."""

from functools import partial
from uuid import UUID

from django.http import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView, get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import organization_of
from accounts.idempotent_view import IdempotentView
from accounts.scopes import Scope
from codegen_site.errors import ValidationException
from generation.event_stream import respond_with_events
from generation.models import Generation
from generation.serializers import EventSerializer, JobSerializer
from generation.services import cancel_generation
from generation.views.negotiation import FollowUpResponse, FollowUpView
from generation.watching import last_number

EVENT_ID = {"type": "integer", "minimum": 0, "maximum": 10**18 - 1}


def generation_or_404(request: Request, generation_id: UUID) -> Generation:
    return get_object_or_404(Generation.objects.for_organization(organization_of(request)), id=generation_id)


class JobView(GenericAPIView[Generation]):
    """How far a job is; with its result when it has one."""

    serializer_class = JobSerializer
    required_scopes = {"GET": Scope.READ}

    @extend_schema(operation_id="get_job")
    def get(self, request: Request, job_id: UUID) -> Response:
        return Response(self.get_serializer(generation_or_404(request, job_id)).data)


class CancelJobView(IdempotentView, GenericAPIView[Generation]):
    """Stop a job. The answer shows it cancelled, or ended when it was too late."""

    is_repeatable = True

    serializer_class = JobSerializer
    required_scopes = {"POST": Scope.JOBS}

    @extend_schema(operation_id="cancel_job", request=None)
    def post(self, request: Request, job_id: UUID) -> Response:
        generation = generation_or_404(request, job_id)
        cancel_generation(generation=generation)
        generation.refresh_from_db()
        return Response(self.get_serializer(generation).data)


class JobEventsView(FollowUpView):
    """The events of a job as server-sent events: those stored, then those to come, up to its end.

    Every event has an `id`; numbers rise. After a lost connection, `Last-Event-ID` (as browsers send
    it) or `?starting_after=` goes on behind that event.
    """

    required_scopes = {"GET": Scope.READ}

    @extend_schema(
        operation_id="follow_job",
        parameters=[
            OpenApiParameter("starting_after", EVENT_ID, description="Only events with a higher id."),
            OpenApiParameter("Last-Event-ID", EVENT_ID, OpenApiParameter.HEADER),
        ],
        responses={
            (200, "text/event-stream"): EventSerializer,
            204: OpenApiResponse(description="There is nothing behind that event, and there will not be."),
        },
    )
    def get(self, request: Request, job_id: UUID) -> Response:
        generation = generation_or_404(request, job_id)
        return FollowUpResponse(follow_up=partial(_follow, generation, _starting_after(request)))


async def _follow(generation: Generation, after: int, response: FollowUpResponse) -> HttpResponseBase:
    if not generation.is_live and after >= await last_number(generation):
        response.status_code = status.HTTP_204_NO_CONTENT  # tells a browser's EventSource to stay away
        return response
    return await respond_with_events(generation, after=after)


def _starting_after(request: Request) -> int:
    text = request.query_params.get("starting_after") or request.headers.get("Last-Event-ID") or "0"
    if not text.isascii() or not text.isdecimal() or len(text) > 18:
        raise ValidationException(
            details=[{"field": "starting_after", "message": "This must be the id of an event."}]
        )
    return int(text)
