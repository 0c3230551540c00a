"""A hundred megabytes at a real web process: refused after the limit, and kept nowhere."""

import re
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings

from codegen_site.tests.plugin import free_port, serving
from codegen_site.up.probes import port_listens
from codegen_site.up.servers import web_server

pytestmark = pytest.mark.servers

PIECE = b"x" * 65_536
SIZE = 100_000_000


@pytest.fixture(scope="module")
def web() -> Iterator[tuple[int, int]]:
    port = free_port()
    server = replace(web_server(port=port), ready=port_listens(port), env={"REDIS_URL": ""})
    with serving(server) as process:
        yield port, process.pid


def rss(pid: int) -> int:
    [kilobytes] = re.findall(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(kilobytes) * 1024


def connect(port: int, *, is_chunked: bool) -> socket.socket:
    length = b"Transfer-Encoding: chunked" if is_chunked else b"Content-Length: %d" % SIZE
    head = [b"POST /api/v1/generate_code HTTP/1.1", b"Host: localhost", b"Content-Type: application/json"]
    connection = socket.create_connection(("127.0.0.1", port), timeout=20)
    connection.sendall(b"\r\n".join([*head, length]) + b"\r\n\r\n")
    return connection


def send(connection: socket.socket, size: int, *, is_chunked: bool) -> int:
    """How much was taken before the other side hung up."""
    for sent in range(0, size, len(PIECE)):
        try:
            connection.sendall(b"%x\r\n%s\r\n" % (len(PIECE), PIECE) if is_chunked else PIECE)
        except OSError:
            return sent
    return size


@pytest.mark.parametrize("is_chunked", [True, False])
def test_it_is_neither_taken_nor_kept(web: tuple[int, int], is_chunked: bool) -> None:
    port, pid = web
    before = rss(pid)
    with connect(port, is_chunked=is_chunked) as connection:
        # What was on its way lies in the buffers of the system.
        assert send(connection, SIZE, is_chunked=is_chunked) < SIZE / 2
    assert rss(pid) - before < 20_000_000


@pytest.mark.parametrize(("is_chunked", "size"), [(True, settings.MAX_BODY_BYTES + 1), (False, 0)])
def test_who_waits_for_an_answer_reads_why(web: tuple[int, int], is_chunked: bool, size: int) -> None:
    with connect(web[0], is_chunked=is_chunked) as connection:
        send(connection, size, is_chunked=is_chunked)
        answer = b""
        while not answer.endswith(b"}}") and (piece := connection.recv(65_536)):
            answer += piece
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b'"code": "request_too_large"' in answer
