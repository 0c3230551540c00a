"""Static files by WhiteNoise, asked for its own addresses alone.

Its middleware is for WSGI: in the chain of every request it would hold a thread for as long as each waits.
"""

from collections.abc import Callable
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware
from whitenoise.middleware import WhiteNoiseMiddleware


@sync_and_async_middleware
def static_files_middleware(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    # It answers with a file, or hands on: here, `None`.
    find_file: Callable[[HttpRequest], HttpResponseBase | None] = WhiteNoiseMiddleware(lambda request: None)

    if iscoroutinefunction(get_response):

        async def middleware(request: HttpRequest) -> HttpResponseBase:
            if not request.path.startswith(settings.STATIC_URL):
                return await get_response(request)
            return await sync_to_async(find_file)(request) or await get_response(request)

        return markcoroutinefunction(middleware)

    return lambda request: find_file(request) or get_response(request)
