"""The servers of one case, started for it alone: nobody meets the leftovers of somebody else."""

import asyncio
import os
import subprocess
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit, urlunsplit

import psycopg

from bench_jobs.processes import NotMeasured, child
from codegen_site.up.probes import free_port
from codegen_site.up.servers import Server, nats_server, redis_server

ServerName = Literal["nats", "redis", "redis-aof", "postgres"]


class Servers:
    """Their addresses as variables for the contender, and their processes for the book of CPU seconds."""

    def __init__(self, names: frozenset[ServerName], *, folder: Path, stack: ExitStack) -> None:
        self.pids: list[int] = []
        self.addresses: dict[str, str] = {}
        self._folder = folder
        self._stack = stack
        starters = {
            "nats": self._nats,
            "redis": self._redis,
            "redis-aof": self._redis_on_disk,
            "postgres": self._postgres,
        }
        for name in sorted(names):
            starters[name]()

    def _nats(self) -> None:
        port = free_port()
        self._start(nats_server(port=port, directory=self._folder / "nats"))
        self.addresses["NATS_URL"] = f"nats://127.0.0.1:{port}"

    def _redis(self, **options: str) -> None:
        """As the site's own: a cache that may be lost."""
        port = free_port()
        server = redis_server(port=port)
        arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
        self._start(replace(server, argv=(*server.argv, *arguments)))
        self.addresses["REDIS_URL"] = f"redis://127.0.0.1:{port}/0"

    def _redis_on_disk(self) -> None:
        """As a queue needs it: nothing evicted, and on disk within a second."""
        options = {"appendonly": "yes", "appendfsync": "everysec", "dir": str(self._folder)}
        self._redis(**options, **{"maxmemory-policy": "noeviction", "maxmemory": "2gb"})

    def _postgres(self) -> None:
        """A database of its own in the one cluster of the run."""
        server = _cluster()
        name = f"bench_{os.getpid()}_{time.monotonic_ns()}"
        address = server.get_uri()
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        self.pids.append(server.get_pid())
        self.addresses["DATABASE_URL"] = urlunsplit(urlsplit(address)._replace(path=f"/{name}"))

    def _start(self, server: Server) -> None:
        process = self._stack.enter_context(
            child(
                server.argv,
                env=server.environment(os.environ),
                cwd=server.cwd,
                log=self._folder / f"{server.name}.log",
            )
        )
        _wait_until_ready(server, process)
        self.pids.append(process.pid)


def _wait_until_ready(server: Server, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + server.patience_s
    while server.ready and not asyncio.run(server.ready()):
        if process.poll() is not None or time.monotonic() > deadline:
            raise NotMeasured(f"{server.name} did not start")
        time.sleep(0.05)


@cache
def _cluster() -> Any:
    """Stopped and deleted when this process ends."""
    from tempfile import mkdtemp  # noqa: PLC0415

    try:
        from pgserver.postgres_server import get_server  # noqa: PLC0415 - of the dev group
    except ImportError as error:
        raise NotMeasured("pgserver is not installed") from error
    return get_server(Path(mkdtemp(prefix="bench-postgres-")), cleanup_mode="delete")


def environment(addresses: Mapping[str, str]) -> dict[str, str]:
    """What every child of a case sees: nothing of the one who runs the benchmark but where programs are."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {**kept, **addresses}
