import asyncio
import json
from typing import Any

import pytest
from django.conf import settings

from codegen_site.body_limit import BodyLimit, Message, Receive, Scope, Send

LIMIT = 10


async def echo_length(scope: Scope, receive: Receive, send: Send) -> None:
    """Reads the whole body, as Django does, then says how long it was."""
    length, more = 0, True
    while more:
        message = await receive()
        length += len(message.get("body", b""))
        more = message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(length).encode()})


def ask(*pieces: bytes, path: str = "/", **headers: str) -> tuple[int, bytes, dict[bytes, bytes], int]:
    """The status, the body and the headers of the answer, and how many pieces were read."""
    sent: list[Message] = []
    read = 0

    async def receive() -> Message:
        nonlocal read
        read += 1
        return {"type": "http.request", "body": pieces[read - 1], "more_body": read < len(pieces)}

    async def send(message: Message) -> None:
        sent.append(message)

    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope: dict[str, Any] = {"type": "http", "headers": named, "path": path}
    asyncio.run(BodyLimit(echo_length, max_bytes=LIMIT, exceptions={"/large": 20})(scope, receive, send))
    return sent[0]["status"], sent[1]["body"], dict(sent[0]["headers"]), read


def test_a_body_up_to_the_limit_passes() -> None:
    assert ask(b"12345", b"67890", content_length="10")[:2] == (200, b"10")


def test_a_body_that_says_it_is_too_large_is_not_read() -> None:
    status, body, headers, read = ask(b"x" * 11, content_length="11", x_request_id="mine")
    assert (status, read) == (413, 0)
    assert json.loads(body)["error"]["code"] == "request_too_large"
    assert headers[b"x-request-id"] == b"mine"


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [("/large", 20, 200), ("/large", 21, 413), ("/large/", 11, 413), ("/larger", 11, 413)],
)
def test_a_path_can_have_a_limit_of_its_own(path: str, size: int, status: int) -> None:
    assert ask(b"x" * size, path=path, content_length=str(size))[0] == status
    assert ask(*[b"x"] * size, path=path)[0] == status


def test_the_site_allows_more_for_a_batch_alone() -> None:
    from codegen_site.asgi import application  # noqa: PLC0415 - it sets Django up

    assert application._max_bytes == settings.MAX_BODY_BYTES
    assert application._exceptions == {"/api/v1/batches": settings.BATCH_MAX_BODY_BYTES}


def test_a_body_of_unknown_length_is_read_up_to_the_limit() -> None:
    status, _, _, read = ask(*[b"1234"] * 100)
    assert (status, read) == (413, 3)


@pytest.mark.parametrize("length", ["-1", "ten", "1e9", "٣"])
def test_a_length_that_is_no_number_is_refused(length: str) -> None:
    assert ask(b"", content_length=length)[0] == 400


def test_a_length_of_any_number_of_digits_is_read() -> None:
    assert ask(b"", content_length="9" * 10_000)[0] == 413
    assert ask(b"12345", content_length="0" * 10_000 + "5")[:2] == (200, b"5")
