"""How a request that starts a generation is answered: it waits, it gets the events, or it polls."""

from enum import Enum, auto
from functools import partial
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.http import HttpResponseBase
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import SentKey, find_key
from accounts.idempotent_view import REPLAYED
from codegen_site.errors import EventsExpired, IdempotencyKeyInUse, NotFound
from generation.errors import error_of
from generation.event_stream import respond_with_events
from generation.links import links_of
from generation.models import Generation
from generation.serializers import GenerationSerializer
from generation.unstored import erase_delivered, refuse_erased
from generation.views.negotiation import EventStreamRenderer, FollowUpResponse
from generation.watching import wait_until_ended

RETRY_AFTER_S = 2


class Way(Enum):
    WAIT = auto()
    STREAM = auto()
    POLL = auto()


def way_of(request: Request, *, is_async: bool, stream: bool) -> Way:
    if stream or isinstance(request.accepted_renderer, EventStreamRenderer):
        return Way.STREAM
    return Way.POLL if is_async else Way.WAIT


def respond(generation: Generation, *, way: Way) -> Response:
    links = links_of(generation.id)
    accepted: dict[str, Any] = {
        "data": {
            "job_id": str(generation.id),
            "status": generation.status_when_accepted,
            "links": links,
        },
        "status": status.HTTP_202_ACCEPTED,
        "headers": {"Location": links["job"]},
    }
    if way is Way.POLL:
        return Response(**accepted)
    follow_up = _stream if way is Way.STREAM else _wait
    return FollowUpResponse(follow_up=partial(follow_up, generation), **accepted)


def find_first(sent: SentKey) -> Generation | None:
    """The generation that the first request with this key has started; `None` when this is the first.

    Raises `IdempotencyKeyReused`, and `NotFound` when it has been deleted since.
    """
    found = find_key(sent)
    if found is None:
        return None
    generations = Generation.objects.for_organization(sent.organization)
    generation = generations.filter(id=found.subject).first() if found.subject else None
    if generation is None:
        raise NotFound("The generation that this Idempotency-Key started has been deleted.")
    return generation


def respond_again(generation: Generation, *, way: Way) -> Response:
    """What the first request got, or would have got. Raises `IdempotencyKeyInUse` while that is open."""
    if generation.is_live and way is not Way.POLL:
        raise IdempotencyKeyInUse(details={"job": links_of(generation.id)["job"]}, retry_after=RETRY_AFTER_S)
    if way is not Way.POLL:
        refuse_erased(generation)
    if way is Way.STREAM:
        return FollowUpResponse(follow_up=partial(_stream_again, generation))
    response = respond(generation, way=way)
    response.headers[REPLAYED] = "true"
    return response


async def _stream(generation: Generation, response: FollowUpResponse) -> HttpResponseBase:
    return await respond_with_events(generation)


async def _stream_again(generation: Generation, response: FollowUpResponse) -> HttpResponseBase:
    """From the log while it is kept, then from the rows."""
    try:
        events = await respond_with_events(generation)
    except EventsExpired:
        events = await respond_with_events(generation, from_rows=True)
    events.headers[REPLAYED] = "true"
    return events


async def _wait(generation: Generation, response: FollowUpResponse) -> HttpResponseBase:
    """The prepared answer says 202; it stays when the time is over before the generation has ended."""
    if generation.is_live:
        generation = await wait_until_ended(generation, timeout=settings.SYNC_WAIT_S)
    if generation.is_live:
        response.data["status"] = generation.status
        return response
    if error := error_of(generation):
        await sync_to_async(erase_delivered)(generation)
        error.details = {"generation": links_of(generation.id)["self"]}
        raise error
    refuse_erased(generation)
    response.data = await sync_to_async(_render)(generation)
    await sync_to_async(erase_delivered)(generation)
    response.status_code = status.HTTP_200_OK
    del response.headers["Location"]
    return response


def _render(generation: Generation) -> dict[str, Any]:
    return dict(GenerationSerializer(generation).data)
