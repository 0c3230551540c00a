"""The whole stack as `make run` starts it, as a child process, with a fake Gemini behind the real proxy."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from django.conf import settings

PATIENCE_S = 120.0


@dataclass(kw_only=True)
class Stack:
    process: subprocess.Popen[bytes]
    log: Path
    gemini: str
    address: str = ""
    api_key: str = ""

    @property
    def api(self) -> httpx2.Client:
        return httpx2.Client(
            base_url=f"{self.address}/api/v1",
            headers={"Authorization": f"Bearer {self.api_key}"},
            timeout=60,
            trust_env=False,
        )

    def generate(self, prompt: str, **body: Any) -> httpx2.Response:
        with self.api as client:
            return client.post("/generate_code", json={"prompt": prompt, **body})

    def get(self, path: str) -> Any:
        with self.api as client:
            return client.get(path).json()

    def script(self, *behaviours: dict[str, Any]) -> None:
        """How the model answers the next calls; forgets the calls so far."""
        httpx2.post(f"{self.gemini}/_fake/script", json=list(behaviours), trust_env=False).raise_for_status()

    def model_calls(self) -> list[dict[str, Any]]:
        calls: list[dict[str, Any]] = httpx2.get(f"{self.gemini}/_fake/calls", trust_env=False).json()
        return calls

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def children(self) -> dict[str, int]:
        """The process ids of the living children by a word of their command lines."""
        words = ("nats-server", "redis-server", "litellm", "run_worker", "uvicorn")
        found: dict[str, int] = {}
        for pid in child_pids(self.process.pid):
            command = command_of(pid)
            found |= {word: pid for word in words if word in command}
        return found

    def wait_until_up(self) -> None:
        """Reads what a person would: the address, the key and the line for curl."""
        eventually(lambda: "Try it:" in self.said() or self.process.poll() is not None, PATIENCE_S)
        said = self.said()
        assert self.process.poll() is None, said
        key, address = re.search(r"API key +(cg_\S+)", said), re.search(r"API +(http\S+)/api/v1/", said)
        assert key
        assert address
        self.api_key, self.address = key[1], address[1]

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=60)


def start_stack(folder: Path, gemini: str, port: int, **variables: str) -> Stack:
    log = folder / "up.log"
    environment = {
        name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "SECRET_KEY")
    }
    environment |= {
        "LOCAL_DIR": str(folder / "local"),
        "GEMINI_API_KEY": "fake-key-of-the-tests",
        "GEMINI_API_BASE": f"{gemini}/v1beta",
        "JOBS_ACK_WAIT_S": "4",
        "SYNC_WAIT_S": "8",
        "LOG_LEVEL": "INFO",
        **variables,
    }
    command = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), "up", "--port", str(port)]
    with log.open("wb") as out:
        process = subprocess.Popen(command, env=environment, stdout=out, stderr=subprocess.STDOUT)
    return Stack(process=process, log=log, gemini=gemini)


def events_of(lines: Iterator[str]) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """The number, the type and the data of each event of a stream."""
    fields: dict[str, str] = {}
    for line in lines:
        if line and not line.startswith(":"):
            name, _, value = line.partition(": ")
            fields[name] = value
        elif fields:
            yield int(fields["id"]), fields["event"], json.loads(fields["data"])
            fields = {}


def eventually(condition: Callable[[], bool], patience_s: float = 15.0) -> None:
    deadline = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.05)


def child_pids(parent: int) -> list[int]:
    pids = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[1]) == parent and fields[0] != "Z":
            pids.append(int(stat.parent.name))
    return pids


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except (FileNotFoundError, ProcessLookupError):
        return ""
