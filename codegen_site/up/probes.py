"""Whether a port is free, listens, or answers."""

import asyncio
import socket
from collections.abc import Callable, Coroutine
from typing import Any

import httpx2

PROBE_TIMEOUT_S = 2.0


def free_port() -> int:
    """A free port of the loopback address. Somebody else may take it before it is used."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_taken(port: int) -> bool:
    with socket.socket() as probe:
        # As servers bind: a port whose last connections are still closing is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def port_listens(port: int) -> Callable[[], Coroutine[Any, Any, bool]]:
    async def probe() -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            return False
        writer.close()
        return True

    return probe


def http_answers(url: str) -> Callable[[], Coroutine[Any, Any, bool]]:
    async def probe() -> bool:
        try:
            async with httpx2.AsyncClient(timeout=PROBE_TIMEOUT_S, trust_env=False) as client:
                return (await client.get(url)).is_success
        except httpx2.HTTPError:
            return False

    return probe
