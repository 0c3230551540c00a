import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from codegen_site.up.probes import free_port, port_listens
from codegen_site.up.servers import Server
from codegen_site.up.supervisor import StartFailed, Supervisor

LISTEN = """
import os, socket, sys
print("pid", os.getpid(), flush=True)
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True: server.accept()
"""


class Told:
    """What a supervisor logged."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []

    def __call__(self, name: str, line: str, /) -> None:
        self.lines.append((name, line))

    def pids(self) -> list[int]:
        return [int(line.split()[1]) for _, line in self.lines if line.startswith("pid ")]

    def by_supervisor(self) -> str:
        return "\n".join(line for name, line in self.lines if name == "up")


def python(
    name: str, code: str, *arguments: str, ready: Callable[[], Coroutine[Any, Any, bool]] | None = None
) -> Server:
    return Server(name=name, argv=(sys.executable, "-c", code, *arguments), ready=ready, patience_s=10)


def listener(port: int) -> Server:
    return python("listener", LISTEN, str(port), ready=port_listens(port))


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A zombie whose parent has not asked for it yet is dead enough.
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"


async def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:  # noqa: ASYNC110 - it looks from outside
        await asyncio.sleep(0.05)
    assert condition()


def supervise(work: Callable[[Supervisor, Told], Awaitable[None]]) -> Told:
    told = Told()

    async def run() -> None:
        supervisor = Supervisor(environment=dict(os.environ), log=told)
        try:
            await work(supervisor, told)
        finally:
            await supervisor.stop()

    asyncio.run(run())
    return told


def test_a_started_server_is_ready_and_is_stopped_at_the_end() -> None:
    port = free_port()

    async def work(supervisor: Supervisor, told: Told) -> None:
        await supervisor.start(listener(port))
        assert await port_listens(port)()

    [pid] = supervise(work).pids()
    assert not is_alive(pid)


def test_a_server_that_crashes_is_started_again_and_reported() -> None:
    port = free_port()

    async def work(supervisor: Supervisor, told: Told) -> None:
        await supervisor.start(listener(port))
        os.kill(told.pids()[0], signal.SIGKILL)
        await eventually(lambda: len(told.pids()) == 2)

    assert "listener ended with code -9; again in 0.5 s." in supervise(work).by_supervisor()


def test_a_server_that_cannot_start_says_why() -> None:
    async def work(supervisor: Supervisor, told: Told) -> None:
        broken = python("broken", "import sys; sys.exit('no such disk')", ready=port_listens(free_port()))
        with pytest.raises(StartFailed, match=r"(?s)broken ended with code 1.*no such disk"):
            await supervisor.start(broken)
        with pytest.raises(StartFailed, match="cannot be started"):
            await supervisor.start(Server(name="absent", argv=("/no/such/program",)))

    supervise(work)


def test_a_server_that_ignores_the_request_to_stop_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codegen_site.up.supervisor.STOP_GRACE_S", 0.3)
    deaf = "import os, signal as s, time; s.signal(15, s.SIG_IGN); os.write(1, b'pid %d\\n' % os.getpid()); "

    async def work(supervisor: Supervisor, told: Told) -> None:
        await supervisor.start(python("deaf", deaf + "time.sleep(60)"))
        await eventually(lambda: bool(told.pids()))

    told = supervise(work)
    assert not is_alive(told.pids()[0])
    assert "deaf does not stop; killed." in told.by_supervisor()


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's death signal is Linux's")
def test_killing_the_supervisor_leaves_no_orphan(tmp_path: Path) -> None:
    port = free_port()
    script = (
        "import asyncio, os\n"
        "from codegen_site.tests.test_supervisor import Told, listener\n"
        "from codegen_site.up.supervisor import Supervisor\n"
        "async def main():\n"
        "    told = Told()\n"
        "    supervisor = Supervisor(environment=dict(os.environ), log=told)\n"
        f"    await supervisor.start(listener({port}))\n"
        "    print(told.pids()[0], flush=True)\n"
        "    await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "codegen_site.settings"}
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, env=environment)
    assert parent.stdout
    pid = int(parent.stdout.readline())
    assert is_alive(pid)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 5
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_alive(pid)
