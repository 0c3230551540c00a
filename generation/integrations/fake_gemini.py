"""A fake of Google's Gemini API on loopback, to stand behind the real LiteLLM proxy.

    python -m generation.integrations.fake_gemini --port 8900

Any key is good but `wrong`, every model called gemini-… is there. Two addresses of its own:
POST /_fake/script takes a list of `Behaviour`s, one for each of the next calls (without one, a small
project is the answer), and forgets the calls so far; GET /_fake/calls lists the calls since.
"""

import argparse
import asyncio
import json
import re
import socket
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any, Literal

import uvicorn
from google.genai import types
from pydantic import TypeAdapter, ValidationError

from generation.integrations.fake_gemini_wire import (
    Behaviour,
    GenerateContentRequest,
    GoogleError,
    pieces_of_answer,
    read_request,
    whole_answer,
)

Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]

METHOD = re.compile(
    r"/v1(?:beta)?/models/(?P<model>[^/:]+):(?P<method>generateContent|streamGenerateContent)"
)
# Google escapes these inside its JSON; the proxy loses a line separator that is not.
ESCAPED = str.maketrans({char: f"\\u{ord(char):04x}" for char in "<>&='\u2028\u2029"})
SCRIPT = TypeAdapter(list[Behaviour])
HALF_AN_EVENT = b'data: {"candidates": [{"content": {"parts": [{"te\r\n\r\n'


@dataclass(slots=True)
class Call:
    """One call of the model. Times are Unix seconds; a caller who left is `disconnected`."""

    model: str
    method: str
    body: Any
    started: float
    finished: float | None = None
    disconnected: float | None = None


class FakeGemini:
    """The ASGI application."""

    def __init__(self) -> None:
        self._script: deque[Behaviour] = deque()
        self._calls: list[Call] = []

    async def __call__(self, scope: Event, receive: Receive, send: Send) -> None:
        exchange = _Exchange(scope, receive, send)
        try:
            await self._route(exchange, await exchange.read_body())
        except GoogleError as error:
            await exchange.send_json(error.status, error.body(), error.headers)

    async def _route(self, exchange: "_Exchange", body: bytes) -> None:
        if exchange.path == "/_fake/calls":
            await exchange.send_json(200, [asdict(call) for call in self._calls])
        elif exchange.path == "/_fake/script":
            self._take_script(body)
            await exchange.send_json(200, {})
        elif asked := METHOD.fullmatch(exchange.path):
            await self._record(exchange, asked["model"], asked["method"], body)
        else:
            raise GoogleError(404, f"There is no {exchange.path}.")

    def _take_script(self, body: bytes) -> None:
        try:
            self._script = deque(SCRIPT.validate_json(body))
        except ValidationError as error:
            raise GoogleError(400, str(error)) from error
        self._calls = []

    async def _record(self, exchange: "_Exchange", model: str, method: str, body: bytes) -> None:
        """Answers until it is done, or the caller has gone."""
        call = Call(model=model, method=method, body=_json_or_text(body), started=time.time())
        self._calls.append(call)
        answering = asyncio.create_task(self._answer(exchange, model, method, body))
        leaving = asyncio.create_task(exchange.wait_for_disconnect())
        await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
        leaving.cancel()
        if answering.done():
            call.finished = time.time()
        else:
            call.disconnected = time.time()
            answering.cancel()
        await asyncio.gather(answering, return_exceptions=call.disconnected is not None)

    async def _answer(self, exchange: "_Exchange", model: str, method: str, body: bytes) -> None:
        exchange.check_key()
        if not model.startswith("gemini-"):
            raise GoogleError(404, f"models/{model} is not found for API version v1beta.")
        request = read_request(body)
        behaviour = self._script.popleft() if self._script else Behaviour()
        if behaviour.status != 200:
            raise GoogleError(behaviour.status, behaviour=behaviour)
        if method == "generateContent":
            await _answer_whole(exchange, model, request, behaviour)
        else:
            await _answer_in_pieces(exchange, model, request, behaviour)


async def _answer_whole(
    exchange: "_Exchange", model: str, request: GenerateContentRequest, behaviour: Behaviour
) -> None:
    await asyncio.sleep(behaviour.delay_s * behaviour.pieces)
    if behaviour.fault == "silent":
        await asyncio.Event().wait()
    data = _to_json(whole_answer(model, request, behaviour))
    await exchange.start(200, "application/json", length=len(data))
    await exchange.send_part(data[: len(data) // 2] if behaviour.fault else data, more=bool(behaviour.fault))


async def _answer_in_pieces(
    exchange: "_Exchange", model: str, request: GenerateContentRequest, behaviour: Behaviour
) -> None:
    if exchange.query != "alt=sse":
        raise GoogleError(400, "This fake streams with alt=sse only.")
    if behaviour.fault == "silent" and behaviour.fault_after == 0:
        await asyncio.Event().wait()
    await exchange.start(200, "text/event-stream")
    for number, piece in enumerate(pieces_of_answer(model, request, behaviour)):
        if behaviour.fault and number == behaviour.fault_after:
            return await _break(exchange, behaviour.fault)
        await asyncio.sleep(behaviour.delay_s)
        await exchange.send_part(b"data: " + _to_json(piece) + b"\r\n\r\n")
    return await exchange.send_part(b"", more=False)


async def _break(exchange: "_Exchange", fault: Literal["cut", "malformed", "silent"]) -> None:
    if fault == "silent":
        await asyncio.Event().wait()
    if fault == "malformed":
        await exchange.send_part(HALF_AN_EVENT, more=False)
    # Cut: uvicorn closes the connection of an application that returns in the middle of its answer.


class _Exchange:
    """One request and its answer."""

    def __init__(self, scope: Event, receive: Receive, send: Send) -> None:
        self.path: str = scope["path"]
        self.query: str = scope["query_string"].decode()
        self._headers = dict(scope["headers"])
        self._receive = receive
        self._send = send

    def check_key(self) -> None:
        key = self._headers.get(b"x-goog-api-key")
        if not key:
            raise GoogleError(403, "Method doesn't allow unregistered callers (callers without identity).")
        if key == b"wrong":
            raise GoogleError(400, "API key not valid. Please pass a valid API key.")

    async def read_body(self) -> bytes:
        body, more = b"", True
        while more:
            event = await self._receive()
            body += event.get("body", b"")
            more = event.get("more_body", False)
        return body

    async def wait_for_disconnect(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def start(self, status: int, content_type: str, **headers: object) -> None:
        named = {"content-type": f"{content_type}; charset=UTF-8", **headers}
        lines = [(name.encode(), str(value).encode()) for name, value in named.items()]
        await self._send({"type": "http.response.start", "status": status, "headers": lines})

    async def send_part(self, data: bytes, *, more: bool = True) -> None:
        await self._send({"type": "http.response.body", "body": data, "more_body": more})

    async def send_json(self, status: int, value: object, headers: Mapping[str, str] | None = None) -> None:
        await self.start(status, "application/json", **(headers or {}))
        await self.send_part(json.dumps(value).encode(), more=False)


def _to_json(response: types.GenerateContentResponse) -> bytes:
    text = response.model_dump_json(by_alias=True, exclude_none=True)
    return text.translate(ESCAPED).encode()


def _json_or_text(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode(errors="replace")


@contextmanager
def serving_fake_gemini() -> Iterator[str]:
    """The address of a fake in a thread of this process, for as long as the block lasts."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(_configured())
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def _configured(**options: Any) -> uvicorn.Config:
    # It says as an error that a connection was cut, which is what a script asks for.
    options |= {"lifespan": "off", "log_level": "critical", "timeout_graceful_shutdown": 1}
    return uvicorn.Config(FakeGemini(), **options)


def main() -> None:
    parser = argparse.ArgumentParser(description="A fake of Google's Gemini API.")
    parser.add_argument("--port", type=int, default=8900)
    uvicorn.Server(_configured(port=parser.parse_args().port)).run()


if __name__ == "__main__":
    main()
