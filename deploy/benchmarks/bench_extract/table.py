"""The figures for people. Pure."""

from collections.abc import Sequence

NOTHING = "–"


def rate(mb_per_s: float | None) -> str:
    if mb_per_s is None:
        return NOTHING
    return f"{mb_per_s:.2f}" if mb_per_s < 10 else f"{mb_per_s:,.0f}"


def power(exponent: float | None) -> str:
    return NOTHING if exponent is None else f"{exponent:.2f}"


def render(rows: Sequence[Sequence[str]]) -> str:
    """The first row is the heading; the first column is set to the left, all others to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            (
                row[0].ljust(widths[0]),
                *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)),
            )
        )
        for row in rows
    )
