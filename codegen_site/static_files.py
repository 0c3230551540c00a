"""Static files by WhiteNoise, asked for its own addresses alone.

Its middleware is for WSGI: in the chain of every request it would hold a thread for as long as each waits.
"""

from collections.abc import AsyncIterator, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware
from whitenoise.middleware import WhiteNoiseMiddleware


@sync_and_async_middleware
def static_files_middleware(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    # It answers with a file, or hands on: here, `None`.
    find_file: Callable[[HttpRequest], HttpResponseBase | None] = WhiteNoiseMiddleware(lambda request: None)

    if iscoroutinefunction(get_response):

        async def middleware(request: HttpRequest) -> HttpResponseBase:
            found = None
            if request.path.startswith(settings.STATIC_URL):
                found = await sync_to_async(find_file)(request)
            if isinstance(found, FileResponse):
                content = await sync_to_async(b"".join)(found)
                found.streaming_content = _in_one_piece(content)
            response: HttpResponseBase = found or await get_response(request)
            return response

        return markcoroutinefunction(middleware)

    return lambda request: find_file(request) or get_response(request)


async def _in_one_piece(content: bytes) -> AsyncIterator[bytes]:
    """Django warns of an iterator that is not asynchronous, and reads all of it."""
    yield content
