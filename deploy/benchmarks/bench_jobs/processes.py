"""Child processes of a run: started, looked at, and gone when the block ends."""

import os
import signal
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

STOP_SIGNALS = (signal.SIGTERM, signal.SIGKILL)
STOP_PATIENCE_S = 10.0


class NotMeasured(Exception):
    """Says in one sentence why there is no figure."""


@contextmanager
def child(
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path,
    log: Path,
    talks: bool = False,
) -> Iterator[subprocess.Popen[bytes]]:
    """A process group of its own. With `talks`, its standard input and output are pipes."""
    with log.open("ab") as said:
        process = subprocess.Popen(
            argv,
            env=env,
            cwd=cwd,
            stdin=subprocess.PIPE if talks else subprocess.DEVNULL,
            stdout=subprocess.PIPE if talks else said,
            stderr=said,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    for number in STOP_SIGNALS:
        try:
            os.killpg(process.pid, number)
            process.wait(timeout=STOP_PATIENCE_S)
        except ProcessLookupError:
            break
        except subprocess.TimeoutExpired:
            continue
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe:
            pipe.close()


def run_to_end(argv: Sequence[str], *, env: Mapping[str, str], cwd: Path) -> None:
    """Raises `NotMeasured` with the last line that it said."""
    done = subprocess.run(argv, env=env, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise NotMeasured(f"{' '.join(argv[-2:])}: {said[-1] if said else done.returncode}")


def cpu_seconds(pids: Iterable[int]) -> float:
    """Of the processes and all that descend from them, also of those that have ended, so far."""
    return sum(_cpu_seconds(process) for process in _families(pids))


def _cpu_seconds(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0  # its parent has them now
    return float(times.user + times.system + times.children_user + times.children_system)


def machine_cpu_seconds() -> float:
    """Of everything that runs on the machine, so far."""
    times = psutil.cpu_times()
    return float(times.user + times.nice + times.system + times.irq + times.softirq + times.steal)


def rss_mb(pids: Iterable[int]) -> float:
    """Pages that processes share are counted once for each."""
    return sum(process.memory_info().rss for process in _families(pids)) / 1e6


def _families(pids: Iterable[int]) -> list[psutil.Process]:
    parents = [psutil.Process(pid) for pid in pids]
    families = [process for parent in parents for process in (parent, *parent.children(recursive=True))]
    return list({process.pid: process for process in families}.values())
