"""Ordinary answers: how fast each contender reads them."""

from collections.abc import Mapping, Sequence

from bench_extract import table
from bench_extract.answers import MARKDOWN, OTHERS
from bench_extract.contenders import CONTENDERS, MARKDOWN_IT, OURS
from bench_extract.measure import seconds

MIN_RATIO = 3.0  # times the speed of markdown-it-py, on the answers in Markdown together
ANSWERS = {"project": 40}
OTHER_ANSWERS = 20  # of each kind that is not named above

Seconds = Mapping[str, float]


def measure_ordinary(*, repeat: int) -> list[str]:
    """Prints the table; returns what was missed."""
    rows: list[Sequence[str]] = [
        ("ordinary answers", "KB each", *(f"{name}, MB/s" for name in CONTENDERS), "ours")
    ]
    in_markdown: list[tuple[int, Seconds]] = []
    for kind, make in {**MARKDOWN, **OTHERS}.items():
        texts = [make(number) for number in range(ANSWERS.get(kind, OTHER_ANSWERS))]
        size = sum(len(text.encode()) for text in texts)
        took = seconds(CONTENDERS, texts, repeat=repeat)
        rows.append(_row(kind, size, took, each=size / len(texts)))
        if kind in MARKDOWN:
            in_markdown.append((size, took))
    total = sum(size for size, _ in in_markdown)
    took = {name: sum(one[name] for _, one in in_markdown) for name in CONTENDERS}
    print(table.render([*rows, _row("all in Markdown", total, took)]), flush=True)
    ratio = took[MARKDOWN_IT] / took[OURS]
    missed = f"ordinary answers in Markdown: {ratio:.2f} × the speed of markdown-it-py, not {MIN_RATIO:g} ×"
    return [missed] if ratio < MIN_RATIO else []


def _row(kind: str, size: int, took: Seconds, *, each: float | None = None) -> Sequence[str]:
    rates = (table.rate(size / one / 1e6) for one in took.values())
    ratio = f"{took[MARKDOWN_IT] / took[OURS]:.1f} × markdown-it-py"
    return (kind, f"{each / 1e3:.1f}" if each else "", *rates, ratio)
