"""Real processes for the tests of failure: servers and workers that are killed, frozen and started again."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection

ACK_WAIT_S = 3.0
PATIENCE_S = 40.0
BASE_DIR = Path(settings.BASE_DIR)
NATS = Path(sys.executable).parent / "nats-server"
# What has nothing to do with the kind of database need not take its time on each.
once = pytest.mark.skipif("postgres" in os.environ.get("DATABASE_URL", ""), reason="runs on SQLite")


def eventually(condition: Callable[[], Any], patience_s: float = PATIENCE_S) -> float:
    """Seconds until it came true; fails when it does not."""
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < patience_s, "it did not come true in time"
        time.sleep(0.02)
    return time.monotonic() - started


def database_url() -> str:
    """The database that this process uses, for a child to use too."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))


@dataclass(kw_only=True)
class Process:
    """A child with a log. It is the leader of a group, so that what it starts ends with it."""

    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    log: Path
    child: "subprocess.Popen[bytes] | None" = None

    def start(self) -> Self:
        with self.log.open("ab") as log:
            self.child = subprocess.Popen(
                self.argv,
                cwd=BASE_DIR,
                env={**os.environ, **self.env},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self

    @property
    def is_alive(self) -> bool:
        return self.child is not None and self.child.poll() is None

    def signal(self, number: int) -> None:
        assert self.child
        if self.is_alive:
            os.killpg(self.child.pid, number)

    def kill(self) -> None:
        self.signal(signal.SIGKILL)
        self.wait()

    def freeze(self) -> None:
        self.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.signal(signal.SIGCONT)

    def wait(self, timeout: float = PATIENCE_S) -> int:
        assert self.child
        return self.child.wait(timeout=timeout)

    def said(self) -> str:
        return self.log.read_text(errors="replace")


@dataclass(kw_only=True)
class NatsProcess(Process):
    port: int
    directory: Path

    @classmethod
    def make(
        cls, *, folder: Path, port: int, binary: Path = NATS, extra: str = "", jetstream: bool = True
    ) -> "NatsProcess":
        folder.mkdir(parents=True, exist_ok=True)
        config, directory = folder / "nats.conf", folder / "store"
        # Streams reserve their limit. What is acknowledged outlives the process with the usual sync interval.
        store = f'jetstream {{ store_dir: "{directory}", max_file: 1T }}\n' if jetstream else ""
        config.write_text(f"host: 127.0.0.1\nport: {port}\n{store}{extra}")
        argv = (str(binary), "-c", str(config))
        return cls(argv=argv, log=folder / "nats.log", port=port, directory=directory)

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    def wipe(self) -> None:
        """As a disk that was lost: kill it, and forget all that it had stored."""
        self.kill()
        shutil.rmtree(self.directory)


@dataclass(kw_only=True)
class WorkerProcess(Process):
    said_before: int = 0

    @classmethod
    def make(
        cls, *, env: Mapping[str, str], queues: str = "default:20", grace: float = 5, schedules: bool = False
    ) -> "WorkerProcess":
        argv = (
            sys.executable,
            str(BASE_DIR / "manage.py"),
            "run_worker",
            "--queues",
            queues,
            "--grace",
            str(grace),
            # The product's chores would be jobs that no test has counted.
            *(() if schedules else ("--no-schedules",)),
        )
        log = Path(tempfile.mkstemp(prefix="worker-", suffix=".log")[1])
        return cls(argv=argv, env=env, log=log)

    def start(self) -> Self:
        self.said_before = len(self.said())
        return super().start()

    def wait_ready(self) -> Self:
        eventually(lambda: "worker ready" in self.said()[self.said_before :] or not self.is_alive)
        assert self.is_alive, self.said()
        return self


@dataclass(kw_only=True)
class World:
    """One queue of its own: its NATS, what a child has to know, and the workers that were started for it."""

    nats: NatsProcess
    env: dict[str, str]
    workers: list[WorkerProcess] = field(default_factory=list)

    @property
    def calls_file(self) -> Path:
        return Path(self.env["CALLS_FILE"])

    def calls(self, *words: str) -> list[list[str]]:
        """The lines of `trouble.note` that begin with these words."""
        if not self.calls_file.exists():
            return []
        lines = [line.split() for line in self.calls_file.read_text().splitlines()]
        return [line for line in lines if line[: len(words)] == list(words)]

    def start_worker(
        self, *, queues: str = "default:20", grace: float = 5, schedules: bool = False, **env: str
    ) -> WorkerProcess:
        """Returns before it is ready."""
        worker = WorkerProcess.make(
            env={**self.env, **env}, queues=queues, grace=grace, schedules=schedules
        ).start()
        self.workers.append(worker)
        return worker

    def run_child(self, module: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", module, *arguments],
            cwd=BASE_DIR,
            env={**os.environ, **self.env},
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )

    def end(self) -> None:
        for worker in self.workers:
            worker.kill()
            worker.log.unlink()
        self.workers.clear()
