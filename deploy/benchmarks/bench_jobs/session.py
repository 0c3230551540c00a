"""One contender in one case: prepare, start the worker, enqueue, wait."""

import json
import os
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bench_jobs.contender import TASKS, Case, Contender
from bench_jobs.processes import (
    NotMeasured,
    child,
    cpu_seconds,
    machine_cpu_seconds,
    rss_mb,
    run_to_end,
)
from bench_jobs.records import RECORD, Records, read_records
from bench_jobs.servers import Servers, environment

PATIENCE_S = 45.0  # a message whose worker went silent comes back after 30
LOOK_EVERY_S = 0.01
WARM_UP = 1_000_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Usage:
    """CPU seconds so far; `strangers` are the processes that are not of this run."""

    moment: float
    worker: float
    servers: float
    strangers: float


class Session:
    """A context: everything that it starts is gone at the end."""

    def __init__(self, contender: Contender, case: Case, *, folder: Path) -> None:
        self._contender = contender
        self._case = case
        self._folder = folder
        self._stack = ExitStack()
        self._records = folder / "records"
        self._expected = 0
        self.rss_mb = 0.0
        # When a fifth of the tasks were done: what it grows from there on it would grow for ever.
        self.early_rss_mb = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def prepare(self) -> None:
        """The servers are up, the schema is in, the process that enqueues waits for orders."""
        contender = self._contender
        if not contender.python.exists():
            raise NotMeasured(
                f"{contender.python.parent.parent.name} is not there: `make bench-jobs` makes it"
            )
        self._servers = Servers(contender.servers, folder=self._folder, stack=self._stack)
        self._env = environment(
            {
                **self._servers.addresses,
                **contender.variables(self._folder),
                "PYTHONPATH": os.pathsep.join((str(TASKS), str(contender.cwd))),
                "BENCH_RECORDS": str(self._records),
            }
        )
        for command in contender.set_up:
            run_to_end(command, env=self._env, cwd=contender.cwd)
        self._driver = self._stack.enter_context(
            child(
                (str(contender.python), str(TASKS / "driver.py"), contender.driver),
                env=self._env,
                cwd=contender.cwd,
                log=self._folder / "driver.log",
                talks=True,
            )
        )

    def start_worker(self) -> None:
        self._worker = self._stack.enter_context(
            child(
                self._contender.workers[self._case],
                env=self._env,
                cwd=self._contender.cwd,
                log=self._folder / "worker.log",
            )
        )

    def enqueue(self, count: int, *, first: int = 0) -> float:
        """Seconds that the calls took. A task of `sleep` writes a second record at its end."""
        kind = "sleep" if self._case == "sleep" else "noop"
        self._expected += count * (2 if kind == "sleep" else 1)
        return float(self._tell({"do": "enqueue", "kind": kind, "first": first, "count": count}))

    def pace(self, count: int, *, rate: float, first: int = 0) -> list[float]:
        """The moments just before each of the calls."""
        self._expected += count
        moments = self._tell({"do": "pace", "kind": "noop", "first": first, "count": count, "rate": rate})
        return [float(moment) for moment in moments]

    def wait(self) -> None:
        """Returns when the tasks have written all that they should, or nothing more for a long time."""
        size, since = -1, time.monotonic()
        while size < self._expected * RECORD.size:
            self._check_worker()
            if time.monotonic() - since > PATIENCE_S:
                break
            now = self._size()
            if not self.early_rss_mb and now * 5 >= self._expected * RECORD.size:
                self.early_rss_mb = rss_mb([self._worker.pid])
            if now != size:
                size, since = now, time.monotonic()
            time.sleep(LOOK_EVERY_S)
        self.rss_mb = max(self.rss_mb, rss_mb([self._worker.pid]))

    def wait_for_first(self) -> None:
        """So that what a worker does before its first task counts as start, not as work."""
        deadline = time.monotonic() + PATIENCE_S
        while not self._size() and time.monotonic() < deadline:
            self._check_worker()
            time.sleep(LOOK_EVERY_S)

    def records(self, count: int) -> Records:
        return read_records(self._records, indices=range(count))

    def stored(self, count: int) -> int | None:
        """How many results of success are stored; given a few seconds to become `count`."""
        deadline = time.monotonic() + 10
        while True:
            stored = self._tell({"do": "stored"})
            if stored is None or stored >= count or time.monotonic() > deadline:
                return None if stored is None else int(stored)
            time.sleep(0.2)

    def usage(self) -> Usage:
        everybody = cpu_seconds([os.getpid(), *self._servers.pids])
        return Usage(
            moment=time.monotonic(),
            worker=cpu_seconds([self._worker.pid]),
            servers=cpu_seconds(self._servers.pids),
            strangers=machine_cpu_seconds() - everybody,
        )

    def _check_worker(self) -> None:
        if self._worker.poll() is not None:
            raise NotMeasured(f"its worker ended: {_last_line(self._folder / 'worker.log')}")

    def _size(self) -> int:
        return self._records.stat().st_size if self._records.exists() else 0

    def _tell(self, command: Mapping[str, Any]) -> Any:
        assert self._driver.stdin
        assert self._driver.stdout
        try:
            self._driver.stdin.write(json.dumps(command).encode() + b"\n")
            self._driver.stdin.flush()
        except BrokenPipeError:
            pass  # the answer below says why
        answer = self._driver.stdout.readline()
        if not answer:
            raise NotMeasured(f"nothing can be enqueued: {_last_line(self._folder / 'driver.log')}")
        return json.loads(answer)


def _last_line(log: Path) -> str:
    said = log.read_text(errors="replace").strip().splitlines()
    return said[-1][:200] if said else "it said nothing"
