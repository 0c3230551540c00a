"""Runs servers as children: starts them in order, restarts those that crash, stops them all."""

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from collections import deque
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from codegen_site.up.errors import CannotRun
from codegen_site.up.logs import Log
from codegen_site.up.servers import Server

PROBE_EVERY_S = 0.1
LONGEST_PAUSE_S = 30.0
# A child that lived this long has recovered: its next crash is a first one.
STABLE_AFTER_S = 60.0
STOP_GRACE_S = 10.0
LAST_WORDS_S = 1.0
LAST_LINES = 12
PR_SET_PDEATHSIG = 1


class StartFailed(CannotRun):
    """A server did not become ready; the message ends with what it said last."""


@dataclass(kw_only=True)
class Child:
    server: Server
    process: asyncio.subprocess.Process
    last_lines: deque[str] = field(default_factory=lambda: deque(maxlen=LAST_LINES))

    def signal(self, number: int) -> None:
        """To the whole group, so that what the child started goes with it."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)

    async def end(self, log: Log) -> None:
        self.signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self.process.wait(), STOP_GRACE_S)
        except TimeoutError:
            log("up", f"{self.server.name} does not stop; killed.")
        self.signal(signal.SIGKILL)
        await self.process.wait()


class Supervisor:
    """`log(name, line)` gets every line of every child, and the supervisor's own under the name `up`."""

    def __init__(self, *, environment: Mapping[str, str], log: Log) -> None:
        self._environment = environment
        self._log = log
        self._children: dict[str, Child] = {}
        self._chores: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()

    def stop_on_signals(self) -> None:
        """The first signal asks, a second one kills."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self.ask_to_stop)

    def ask_to_stop(self) -> None:
        if self._stopping.is_set():
            for child in self._children.values():
                child.signal(signal.SIGKILL)
        self._stopping.set()

    @property
    def is_stopping(self) -> bool:
        return self._stopping.is_set()

    async def wait_until_stopped(self) -> None:
        await self._stopping.wait()

    async def start(self, server: Server) -> None:
        """Returns when it is ready, or when a stop was asked for. Raises `StartFailed`."""
        child = await self._spawn(server)
        deadline = asyncio.get_running_loop().time() + server.patience_s
        while not self.is_stopping and server.ready and not await server.ready():
            if child.process.returncode is not None:
                await asyncio.sleep(PROBE_EVERY_S)  # for its last words
                raise StartFailed(self._explain(child, f"ended with code {child.process.returncode}"))
            if asyncio.get_running_loop().time() > deadline:
                raise StartFailed(self._explain(child, f"was not ready after {server.patience_s:g} s"))
            await asyncio.sleep(PROBE_EVERY_S)
        self._do(self._keep_alive(child))

    def _explain(self, child: Child, what: str) -> str:
        said = "\n".join(f"  {line}" for line in child.last_lines)
        return f"{child.server.name} {what}. {child.server.advice}\n{said}".strip()

    async def stop(self) -> None:
        """The last one started goes first, so that none misses what it needs."""
        self._stopping.set()
        await self._end_children()
        if self._chores:
            # Last words are read to their end, and a restart under way comes to its own.
            await asyncio.wait(self._chores, timeout=LAST_WORDS_S)
        await self._end_children()
        for chore in self._chores:
            chore.cancel()
        await asyncio.gather(*self._chores, return_exceptions=True)

    async def _end_children(self) -> None:
        for child in reversed(self._children.values()):
            if child.process.returncode is None:
                await child.end(self._log)

    async def _spawn(self, server: Server) -> Child:
        try:
            process = await asyncio.create_subprocess_exec(
                *server.argv,
                cwd=server.cwd,
                env=server.environment(self._environment),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                limit=1024 * 1024,
                start_new_session=True,
                preexec_fn=partial(die_with, os.getpid()) if sys.platform == "linux" else None,
            )
        except OSError as error:
            raise StartFailed(f"{server.name} cannot be started: {error}. {server.advice}".strip()) from error
        child = Child(server=server, process=process)
        self._children[server.name] = child
        self._do(self._read_lines(child))
        return child

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._chores.add(task)
        task.add_done_callback(self._chores.discard)

    async def _read_lines(self, child: Child) -> None:
        assert child.process.stdout  # noqa: S101 - it was asked for
        while True:
            try:
                line = await child.process.stdout.readline()
            except ValueError:  # longer than the limit; what was read of it is dropped
                continue
            if not line:
                return
            text = line.decode(errors="replace").rstrip()
            child.last_lines.append(text)
            self._log(child.server.name, text)

    async def _keep_alive(self, child: Child) -> None:
        """Restart after a pause that doubles from half a second as long as the crashes follow each other."""
        pause = 0.5
        while True:
            started = asyncio.get_running_loop().time()
            code = await child.process.wait()
            if self.is_stopping:
                return
            child.signal(signal.SIGKILL)  # what it started and left behind
            if asyncio.get_running_loop().time() - started > STABLE_AFTER_S:
                pause = 0.5
            self._log("up", f"{child.server.name} ended with code {code}; again in {pause:g} s.")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)
                return
            pause = min(LONGEST_PAUSE_S, pause * 2)
            try:
                child = await self._spawn(child.server)
            except StartFailed as error:
                self._log("up", str(error))


def die_with(parent: int) -> None:
    """In the child, before it starts: the kernel ends it when the supervisor is killed (prctl(2), Linux)."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it was killed before the kernel knew
        os._exit(1)
