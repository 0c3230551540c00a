"""Two hundred requests at once for ten tokens: how many go on."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count

from bench_limits.contenders import Contender

TOKENS = 10
REQUESTS = 200
THREADS = 32

_races = count()


@dataclass(frozen=True, kw_only=True, slots=True)
class Race:
    name: str
    passed: tuple[int, ...]


def race(contender: Contender, *, rounds: int) -> Race:
    return Race(name=contender.name, passed=tuple(_passed(contender) for _ in range(rounds)))


def _passed(contender: Contender) -> int:
    ask, caller = contender.make(TOKENS), f"racer {next(_races)}"
    with ThreadPoolExecutor(max_workers=THREADS) as threads:
        return sum(threads.map(lambda _: ask(caller), range(REQUESTS)))
