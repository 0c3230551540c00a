"""`make bench-detect`: how long a prompt takes, beside one plain pass over its words, and how that grows."""

import argparse
import json
import math
import os
import platform
import re
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from bench_detect.prompts import HOSTILE, LONG, SHORT
from generation.frameworks import load_frameworks
from generation.pipeline.detect_framework import detect

FRAMEWORKS = load_frameworks()
TARGET_MS, TARGET_GROWTH = 1.0, 1.5
GROWS_FROM, GROWS_TO, HUGE = (
    4_000,
    32_000,
    1_000_000,
)  # characters; of more than 32,000 the middle is not read


@dataclass(frozen=True, kw_only=True)
class Row:
    """Milliseconds of the best of several runs; `ratio` is to a plain pass over the words."""

    name: str
    chars: int
    ms: float
    ratio: float


@dataclass(frozen=True, kw_only=True)
class Growth:
    """`exponent` is 1 where twice the prompt takes twice the time."""

    name: str
    ms: float
    exponent: float
    huge_ms: float


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench-detect", description=__doc__)
    parser.add_argument("--json", type=Path, help="a file for the figures")
    options = parser.parse_args()
    rows = [
        ordinary("short prompts (median)", SHORT),
        *(ordinary(f"{size:,} characters", [LONG[:size]]) for size in (500, 1_000, 2_000)),
    ]
    growths = [growth(name, piece) for name, piece in HOSTILE.items()]
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}\n")
    print_rows(rows)
    print_growths(growths)
    if options.json:
        options.json.write_text(
            json.dumps(
                {"ordinary": [asdict(row) for row in rows], "hostile": [asdict(one) for one in growths]},
                indent=2,
            )
            + "\n"
        )
    return int(
        any(row.ms > TARGET_MS for row in rows) or any(one.exponent > TARGET_GROWTH for one in growths)
    )


def ordinary(name: str, prompts: list[str]) -> Row:
    ours = statistics.median(best_ms(detect_in, prompt, runs=200) for prompt in prompts)
    plain = statistics.median(best_ms(words_of, prompt, runs=200) for prompt in prompts)
    chars = round(statistics.median(map(len, prompts)))
    return Row(name=name, chars=chars, ms=ours, ratio=ours / plain)


def growth(name: str, piece: str) -> Growth:
    short, long, huge = (
        best_ms(detect_in, piece * (size // len(piece)), runs=7) for size in (GROWS_FROM, GROWS_TO, HUGE)
    )
    exponent = math.log(long / short) / math.log(GROWS_TO / GROWS_FROM)
    return Growth(name=name, ms=long, exponent=exponent, huge_ms=huge)


def detect_in(prompt: str) -> object:
    return detect(prompt, FRAMEWORKS)


def words_of(prompt: str) -> object:
    return re.findall(r"\w+", prompt)


def best_ms(call: Callable[[str], object], prompt: str, *, runs: int) -> float:
    best = math.inf
    for _ in range(runs):
        before = time.perf_counter()
        call(prompt)
        best = min(best, time.perf_counter() - before)
    return best * 1_000


def print_rows(rows: list[Row]) -> None:
    print(f"{'ordinary prompts':<26}{'characters':>11}{'ms':>9}{'× findall':>11}")
    for row in rows:
        verdict = "" if row.ms <= TARGET_MS else f"   more than {TARGET_MS:g} ms"
        print(f"{row.name:<26}{row.chars:>11,}{row.ms:>9.3f}{row.ratio:>11.0f}{verdict}")


def print_growths(growths: list[Growth]) -> None:
    print(f"\n{'hostile prompts':<26}{'32,000 ms':>11}{'exponent':>9}{'1 MB ms':>11}")
    for one in growths:
        verdict = "" if one.exponent <= TARGET_GROWTH else f"   grows faster than {TARGET_GROWTH:g}"
        print(f"{one.name:<26}{one.ms:>11.1f}{one.exponent:>9.2f}{one.huge_ms:>11.1f}{verdict}")


if __name__ == "__main__":
    raise SystemExit(main())
