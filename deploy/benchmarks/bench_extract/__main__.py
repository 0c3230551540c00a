"""`make bench-extract`: how fast answers are read, and that nothing makes it slow."""

import argparse
import os
import platform
import sys
from collections.abc import Sequence

from bench_extract import table
from bench_extract.contenders import CONTENDERS, OURS
from bench_extract.corpus import score
from bench_extract.hostile import HOSTILE
from bench_extract.measure import Growth, growth, peak_bytes
from bench_extract.ordinary import measure_ordinary

MAX_EXPONENT = 1.15
SIZES = (1_000_000, 5_000_000, 20_000_000)
QUICK_SIZES = (250_000, 1_000_000, 4_000_000)
HELD_SIZE = 1_000_000
# The other contenders begin with less, and stop before a size that would take them too long.
SMALL_SIZES = (50_000, 200_000)
BUDGET_S = 10.0
NOISE_S = 0.2  # what takes less, even at its longest, is fast enough whatever is fitted to it


def main() -> int:
    """1 when a target is missed."""
    options = parse()
    print(
        f"{os.cpu_count()} cores, Python {platform.python_version()}; CPU time, the best of several runs\n",
        flush=True,
    )
    missed = [] if options.only else measure_ordinary(repeat=options.repeat)
    missed += measure_hostile(QUICK_SIZES if options.quick else SIZES, only=options.only)
    corpus, scorer = os.environ.get("CORPUS"), os.environ.get("SCORER")
    if corpus and scorer and score(corpus, scorer):
        missed.append("the scorer failed")
    print("\n" + ("\n".join(f"MISSED: {one}" for one in missed) or "All targets are met."))
    return int(bool(missed))


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench-extract", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="hostile answers of up to 4 MB in place of 20 MB"
    )
    parser.add_argument("--repeat", type=int, default=9, help="so many runs over the ordinary answers")
    parser.add_argument("--only", default="", help="only the hostile answers with this in their name")
    return parser.parse_args()


def measure_hostile(sizes: Sequence[int], *, only: str) -> list[str]:
    """Prints a line for each answer when it is there; returns what was missed."""
    named = [name for name in HOSTILE if only in name]
    width = max(map(len, named), default=0)
    shown = ", ".join(f"{size / 1e6:g}" for size in sizes)
    others = [name for name in CONTENDERS if name != OURS]
    print(f"\nhostile answers: MB/s at {shown} MB, exponent of growth; held: KB while 1 MB comes in chunks")
    print(f"{'':{width}}  {'ours':>20}   exp.  held", *(f"{name:>16}   exp." for name in others))
    missed = []
    for name in named:
        make = HOSTILE[name]
        own = growth(CONTENDERS[OURS], make, sizes)
        theirs = [
            growth(CONTENDERS[other], make, (*SMALL_SIZES, *sizes), budget_s=BUDGET_S) for other in others
        ]
        rates = " ".join(f"{table.rate(size / took / 1e6):>6}" for size, took in own.seconds.items())
        held = f"{peak_bytes(make(HELD_SIZE)) / 1e3:>6,.0f}"
        print(
            f"{name:{width}}  {rates:>20}  {table.power(own.exponent):>5}{held}",
            *map(_shown, theirs),
            flush=True,
        )
        if is_too_steep(own):
            missed.append(f"{name}: time grows with the power of {own.exponent:.2f}, not of {MAX_EXPONENT}")
    return missed


def is_too_steep(own: Growth) -> bool:
    return max(own.seconds.values()) > NOISE_S and (own.exponent or 0.0) > MAX_EXPONENT


def _shown(other: Growth) -> str:
    return f"{table.rate(other.mb_per_s):>16}  {table.power(other.exponent):>5}"


if __name__ == "__main__":
    sys.exit(main())
