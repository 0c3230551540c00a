"""A server on loopback that answers every request with the very bytes that a test gives it."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from generation.integrations.litellm_proxy import LiteLLMProxy
from generation.pipeline.records import CallEnded, Message, ModelCall, ModelEvent, TextDelta

DONE = "data: [DONE]\n\n"


@dataclass(kw_only=True)
class WireServer:
    proxy: LiteLLMProxy
    requests: list[bytes] = field(default_factory=list)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    closed_by_client: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def body(self) -> dict[str, Any]:
        """What was asked last."""
        body: dict[str, Any] = json.loads(self.requests[-1].partition(b"\r\n\r\n")[2])
        return body


@asynccontextmanager
async def answering(
    *pieces: str | bytes,
    status: str = "200 OK",
    content_type: str = "text/event-stream",
    headers: str = "",
    hold: bool = False,
    read_timeout: float = 5.0,
) -> AsyncIterator[WireServer]:
    """Sends the pieces one by one and closes; `hold` keeps the connection open and says nothing more."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.requests.append(await _read_request(reader))
        server.asked.set()
        head = f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\n{headers}Connection: close\r\n\r\n"
        writer.write(head.encode())
        for piece in pieces:
            writer.write(piece.encode() if isinstance(piece, str) else piece)
            await writer.drain()
            await asyncio.sleep(0.005)
        if hold:
            await reader.read()
            server.closed_by_client.set()
        writer.close()

    listener = await asyncio.start_server(handle, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    server = WireServer(proxy=proxy_at(f"http://127.0.0.1:{port}", read_timeout=read_timeout))
    async with listener:
        try:
            yield server
        finally:
            await server.proxy.aclose()


async def _read_request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    length = int(lengths[0].partition(b":")[2]) if lengths else 0
    return head + await reader.readexactly(length)


def proxy_at(url: str, *, api_key: str = "sk-of-a-test", read_timeout: float = 5.0) -> LiteLLMProxy:
    return LiteLLMProxy(base_url=url, api_key=api_key, connect_timeout=2.0, read_timeout=read_timeout)


async def ask(
    proxy: LiteLLMProxy,
    *,
    model: str = "gemini-2.5-flash",
    messages: Sequence[Message] = (Message(role="user", content="A page"),),
    max_output_tokens: int | None = None,
) -> tuple[str, CallEnded]:
    """The whole text and how it ended."""
    call = ModelCall(
        model=model, messages=tuple(messages), max_output_tokens=max_output_tokens, temperature=0.5
    )
    events: list[ModelEvent] = [event async for event in proxy.stream(call)]
    end = events.pop()
    assert isinstance(end, CallEnded)
    texts = [event.text for event in events if isinstance(event, TextDelta)]
    assert len(texts) == len(events), "an answer ends once"
    return "".join(texts), end


def chunk(text: str | None = None, *, finish: str | None = None, **fields: Any) -> str:
    """An event with a chunk of an answer; its JSON is not escaped, as the proxy's is not."""
    delta = {} if text is None else {"content": text}
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return f"data: {json.dumps({'choices': [choice], **fields}, ensure_ascii=False)}\n\n"
