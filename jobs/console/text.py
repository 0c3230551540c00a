"""Text that is safe in a terminal, cut and laid out in columns."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")

NARROWEST = 12
GAP = "  "


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """An elastic one is cut when the terminal is narrow, from its `cut` end; a dispensable one left out."""

    heading: str
    elastic: bool = False
    dispensable: bool = False
    cut: str = "right"


def plain(text: str) -> str:
    """Without anything that a terminal would obey: what a vendor said may hold escape sequences."""
    return "".join(
        char if char.isprintable() or char in "\n\t" else char.encode("unicode_escape").decode()
        for char in text
    )


def cut(text: str, width: int, *, side: str = "right") -> str:
    if len(text) <= width:
        return text
    return "…" + text[len(text) - width + 1 :] if side == "left" else text[: width - 1] + "…"


def lay_out(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], *, width: int | None
) -> list[list[str]]:
    """Padded cells, the headings first. Without a `width` nothing is cut."""
    table = [[column.heading for column in columns], *([_one_line(cell) for cell in row] for row in rows)]
    widths = [max(len(row[n]) for row in table) for n in range(len(columns))]
    elastic = [n for n, column in enumerate(columns) if column.elastic]
    excess = sum(widths) + len(GAP) * (len(columns) - 1) - width if width else 0
    while excess > 0 and any(widths[n] > NARROWEST for n in elastic):
        widths[max(elastic, key=widths.__getitem__)] -= 1
        excess -= 1
    dispensable = [n for n, column in enumerate(columns) if column.dispensable]
    if excess > 0 and dispensable:
        return lay_out(
            _without(columns, dispensable[-1]), [_without(row, dispensable[-1]) for row in rows], width=width
        )
    return [
        [cut(cell, widths[n], side=columns[n].cut).ljust(widths[n]) for n, cell in enumerate(row)]
        for row in table
    ]


def _without(items: Sequence[T], position: int) -> list[T]:
    return [item for n, item in enumerate(items) if n != position]


def _one_line(text: str) -> str:
    return " ".join(plain(text).split())


def pretty_json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


def shorten(value: Any, *, longest: int) -> Any:
    """The same JSON with the long texts in it cut, and their length told."""
    if isinstance(value, str) and len(value) > longest:
        return f"{value[:longest]}… ({len(value):,} characters)"
    if isinstance(value, list):
        return [shorten(item, longest=longest) for item in value]
    if isinstance(value, dict):
        return {key: shorten(item, longest=longest) for key, item in value.items()}
    return value
