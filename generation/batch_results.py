"""The results of a batch as JSONL, a few lines at a time: all of them may be larger than the memory."""

from collections.abc import AsyncIterator
from typing import Any

from asgiref.sync import sync_to_async
from rest_framework.renderers import JSONRenderer

from codegen_site.errors import AppException, NotFound
from generation.errors import error_of
from generation.models import Batch, BatchItem, Generation
from generation.serializers import GenerationSerializer

LINES_AT_ONCE = 50


async def stream_results(batch: Batch) -> AsyncIterator[bytes]:
    """In the order of the lines. What is deleted meanwhile is shown as deleted."""
    last = 0
    while True:
        last, piece = await sync_to_async(_read)(batch, last)
        if not piece:
            return
        yield piece


def _read(batch: Batch, after: int) -> tuple[int, bytes]:
    """The number of the last line read, and the lines."""
    items = list(batch.items.filter(number__gt=after).order_by("number")[:LINES_AT_ONCE])
    if not items:
        return after, b""
    wanted = [item.generation_id for item in items if item.generation_id]
    generations = Generation.objects.with_files().in_bulk(wanted)
    renderer = JSONRenderer()
    lines = [
        renderer.render(_result_of(item, generations.get(item.generation_id or item.pk))) + b"\n"
        for item in items
    ]
    return items[-1].number, b"".join(lines)


def _result_of(item: BatchItem, generation: Generation | None) -> dict[str, Any]:
    return {
        "custom_id": item.custom_id or None,
        "line": item.number,
        "generation": GenerationSerializer(generation).data if generation else None,
        "error": item.error or _error_of(generation),
    }


def _error_of(generation: Generation | None) -> dict[str, Any] | None:
    error: AppException | None = NotFound("The generation of this line was deleted.")
    if generation is not None:
        error = error_of(generation)
    if error is None:
        return None
    retryable = generation.error_retryable if generation else False
    return {"code": error.code, "message": error.message, "details": None, "retryable": retryable}
