"""CPU time, how it grows, and what is held meanwhile."""

import math
import time
import tracemalloc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from generation.pipeline.extract_code import Extractor

Reader = Callable[[str], object]

CHUNK = 16_384  # characters
SHORT_S = 0.1  # what takes less is measured again


@dataclass(frozen=True, kw_only=True, slots=True)
class Growth:
    """Seconds by size, in characters. `exponent` is None where there are no two sizes to fit it to."""

    seconds: Mapping[int, float]

    @property
    def mb_per_s(self) -> float | None:
        size = max(self.seconds, default=0)
        return size / self.seconds[size] / 1e6 if size else None

    @property
    def exponent(self) -> float | None:
        """The slope of time over size, both as logarithms: 1 for linear, 2 for quadratic."""
        points = [(math.log(size), math.log(took)) for size, took in self.seconds.items()]
        if len(points) < 2:
            return None
        mean_x, mean_y = (sum(values) / len(points) for values in zip(*points, strict=True))
        return sum((x - mean_x) * (y - mean_y) for x, y in points) / sum((x - mean_x) ** 2 for x, _ in points)


def seconds(readers: Mapping[str, Reader], texts: Sequence[str], *, repeat: int) -> dict[str, float]:
    """The best of several runs of each over all of the texts, in turns: what else runs slows all of them."""
    runs = [{name: _once(reader, texts) for name, reader in readers.items()} for _ in range(repeat)]
    return {name: min(run[name] for run in runs) for name in readers}


def growth(
    reader: Reader, make: Callable[[int], str], sizes: Sequence[int], *, budget_s: float = math.inf
) -> Growth:
    """Stops before a size that would take longer than the budget, if the time grew with the square."""
    measured: dict[int, float] = {}
    for size in sizes:
        last = max(measured, default=size)
        if measured and measured[last] * (size / last) ** 2 > budget_s:
            break
        text = make(size)
        took = _once(reader, [text])
        measured[size] = took if took > SHORT_S else min(took, *(_once(reader, [text]) for _ in range(4)))
    return Growth(seconds=measured)


def peak_bytes(text: str) -> int:
    """What our reader holds at most while the text comes in chunks, beside the events of a chunk."""
    extractor = Extractor()
    chunks = [text[at : at + CHUNK] for at in range(0, len(text), CHUNK)]
    tracemalloc.start()
    for chunk in chunks:
        extractor.feed(chunk)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def _once(reader: Reader, texts: Sequence[str]) -> float:
    start = time.process_time()
    for text in texts:
        reader(text)
    return max(time.process_time() - start, 1e-6)
