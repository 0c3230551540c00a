"""How long a call takes. Everybody in turn, again and again: a disturbance hits all of them alike."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from bench_jobs.records import percentile

from bench_limits.contenders import PER_MINUTE, Contender

CALLS = 100
# So many that a throttle which keeps a list of moments for each has short ones.
CALLERS = [f"01a21570-b1a5-77ff-8c0c-{number:012}" for number in range(CALLS)]


@dataclass(frozen=True, kw_only=True, slots=True)
class Latency:
    name: str
    p50_us: float
    p99_us: float


def measure(contenders: Sequence[Contender], *, rounds: int) -> list[Latency]:
    asking = {one.name: one.make(PER_MINUTE) for one in contenders}
    took: dict[str, list[float]] = {name: [] for name in asking}
    for _ in range(rounds):
        for name, ask in asking.items():
            for caller in CALLERS:
                started = time.perf_counter()
                ask(caller)
                took[name].append((time.perf_counter() - started) * 1e6)
    return [
        Latency(name=name, p50_us=median(times), p99_us=percentile(times, 0.99))
        for name, times in took.items()
    ]
