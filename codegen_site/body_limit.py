"""Refuses a body that is too large before it is read to its end, and before Django stores it on disk."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from codegen_site.error_handler import envelope
from codegen_site.errors import AppException, RequestTooLarge, ValidationException
from codegen_site.request_id import HEADER, choose_request_id

Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class _TooLarge(Exception):
    """More came than is allowed, or than was announced."""


class BodyLimit:
    """An ASGI application around another. How long a body may take is nginx's to say."""

    def __init__(self, app: App, *, max_bytes: int, exceptions: Mapping[str, int] | None = None) -> None:
        """`exceptions` are limits of single paths."""
        self._app = app
        self._max_bytes = max_bytes
        self._exceptions = exceptions or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name.lower(): value for name, value in scope["headers"]}
        announced = headers.get(b"content-length", b"0")
        if not announced.isdigit():
            await _refuse(headers, send, ValidationException("The header Content-Length is not a number."))
            return
        max_bytes = self._exceptions.get(scope.get("path", ""), self._max_bytes)
        too_large = RequestTooLarge(f"A request body may have at most {max_bytes:,} bytes.")
        # A float, since there may be more digits than `int` reads.
        if float(announced) > max_bytes:
            await _refuse(headers, send, too_large)
            return
        left = max_bytes

        async def counted() -> Message:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                raise _TooLarge
            return message

        try:
            await self._app(scope, counted, send)
        except _TooLarge:
            # Django reads the whole body before it answers, so nothing has been sent yet.
            await _refuse(headers, send, too_large)


async def _refuse(headers: Mapping[bytes, bytes], send: Send, error: AppException) -> None:
    given = headers.get(HEADER.lower().encode(), b"").decode("latin-1")
    request_id = choose_request_id(given)
    body = json.dumps(envelope(error, request_id=request_id)).encode()
    sent_headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
        (HEADER.lower().encode(), request_id.encode()),
    ]
    await send({"type": "http.response.start", "status": error.status, "headers": sent_headers})
    await send({"type": "http.response.body", "body": body})
