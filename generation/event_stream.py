"""A watched generation as server-sent events (WHATWG HTML, 9.2)."""

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

from asgiref.sync import sync_to_async
from django.http import HttpResponseBase, StreamingHttpResponse

from codegen_site.errors import EventsExpired
from generation.links import links_of
from generation.models import Generation
from generation.serializers import GenerationSerializer
from generation.unstored import erase_delivered
from generation.watching import Ended, Watch
from jobs.events import Event

HEARTBEAT = b":\n\n"


async def respond_with_events(
    generation: Generation, *, after: int = 0, from_rows: bool = False
) -> HttpResponseBase:
    """The response, when its first piece is known. Raises `EventsExpired`.

    With `from_rows` nothing expires: the events are made from what an ended generation has become.
    """
    stream = _encode(generation, after=after, from_rows=from_rows or generation.cached)
    try:
        first = await anext(stream)
    except EventsExpired as error:
        error.details = {"result": links_of(generation.id)["self"]}
        raise
    response = StreamingHttpResponse(_prepend(first, stream), content_type="text/event-stream")
    response["Cache-Control"] = "no-cache"
    response["X-Accel-Buffering"] = "no"
    return response


async def _prepend(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece


async def _encode(generation: Generation, *, after: int, from_rows: bool) -> AsyncIterator[bytes]:
    if from_rows:
        for piece in await sync_to_async(_replay_rows)(generation, after):
            yield piece
        return
    async for item in Watch(generation, after=after):
        if item is None:
            yield HEARTBEAT
        elif isinstance(item, Ended):
            yield await sync_to_async(_encode_end)(item.number, item.generation)
            await sync_to_async(erase_delivered)(item.generation)
        else:
            yield _encode_event(item, generation)


def _encode_event(event: Event, generation: Generation) -> bytes:
    data = {**event.data, "request_id": generation.request_id}
    if "id" in data:  # the log of a joined generation is that of its leader
        data["id"] = str(generation.id)
    return encode(event.number, event.type, data)


def _encode_end(number: int, generation: Generation) -> bytes:
    data = {"generation": GenerationSerializer(generation).data, "request_id": generation.request_id}
    return encode(number, f"generation.{generation.status}", data)


def _replay_rows(generation: Generation, after: int) -> list[bytes]:
    """Where there is no log, as of a known answer: the events are told as if it were being written."""
    events = list(_events_of(generation))
    told = [
        encode(number, kind, {**data, "request_id": generation.request_id})
        for number, (kind, data) in enumerate(events, start=1)
        if number > after
    ]
    return [*told, _encode_end(len(events) + 1, generation)]


def _events_of(generation: Generation) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "generation.started", {"id": str(generation.id), "attempt": 0}
    for file in generation.files.all():
        yield "file.opened", {"path": file.path, "language": file.language}
        yield "file.delta", {"path": file.path, "delta": file.content}
        yield "file.closed", {"path": file.path, "complete": True}
    if generation.message:
        yield "message.delta", {"delta": generation.message}


def encode(number: int, event_type: str, data: Mapping[str, Any]) -> bytes:
    # DRF's data holds UUIDs and datetimes only as text; json escapes every line break.
    return f"id: {number}\nevent: {event_type}\ndata: {json.dumps(data, default=str)}\n\n".encode()
