"""What a contender is: data, from which `session` makes a run."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from bench_jobs.servers import ServerName

Case = Literal["noop", "latency", "sleep"]

HERE = Path(__file__).resolve().parent.parent
PROJECT = HERE.parent.parent
TASKS = HERE / "tasks"
BENCH_BIN = PROJECT / ".venv-bench" / "bin"
SLOTS = 500


@dataclass(frozen=True, kw_only=True)
class Contender:
    """`workers` has the command line of the worker for each case that it takes part in.

    `variables` are made in an empty folder of the case; `set_up` are commands to run before the first task.
    A slow one gets a `share` of the no-op tasks: the rate is the same, the wait is not.
    """

    group: str
    name: str
    python: Path
    driver: str
    servers: frozenset[ServerName]
    workers: Mapping[Case, Sequence[str]]
    variables: Callable[[Path], Mapping[str, str]] = lambda folder: {}
    set_up: Sequence[Sequence[str]] = ()
    cwd: Path = TASKS
    share: float = 1.0
    # What a reader must know to judge the figures.
    remark: str = ""
    absent: Mapping[Case, str] = field(default_factory=dict)
