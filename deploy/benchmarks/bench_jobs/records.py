"""What the tasks wrote down, and what follows from it. Pure, apart from the one read."""

import struct
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path

RECORD = struct.Struct("<qd")


@dataclass(frozen=True, kw_only=True, slots=True)
class Records:
    """The moment of the first start and of the last end of each task, and how many ran more than once."""

    starts: Mapping[int, float]
    ends: Mapping[int, float]
    doubled: int


def read_records(file: Path, *, indices: range) -> Records:
    """Those of `indices`; the others were for warming up."""
    starts: dict[int, float] = {}
    ends: dict[int, float] = {}
    runs: Counter[int] = Counter()
    whole = file.stat().st_size // RECORD.size * RECORD.size if file.exists() else 0
    for index, moment in RECORD.iter_unpack(file.read_bytes()[:whole] if whole else b""):
        if index in indices:
            starts.setdefault(index, moment)
            runs[index] += 1
        elif ~index in indices:
            ends[~index] = moment
    return Records(starts=starts, ends=ends, doubled=sum(count > 1 for count in runs.values()))


def rate(moments: Sequence[float]) -> float | None:
    """Per second, from the first to the last."""
    span = max(moments) - min(moments) if moments else 0.0
    return (len(moments) - 1) / span if span > 0 else None


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that `share` of them do not exceed."""
    return sorted(values)[ceil(share * len(values)) - 1]
