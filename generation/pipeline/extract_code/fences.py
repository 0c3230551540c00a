"""Fences: what CommonMark says of them, and what models make of that. Everything here looks at one line."""

import re
from typing import NamedTuple

from generation.frameworks.languages import language_named
from generation.pipeline.extract_code.info_strings import is_info

_TAB = 4
_LIST_MARKER = r"(?:[-*+•]|\d{1,9}[.)])[ \t]+"
_OPENER = re.compile(
    r"(?P<quotes>(?:[ \t]{0,3}>)*)"
    rf"(?P<lead>[ \t]*(?P<markers>(?:{_LIST_MARKER}){{0,3}}))"
    r"(?P<mark>`{3,}(?=[^`]*$)|~{3,})(?P<info>.*)"
)
_WORD = re.compile(r"[\w+#.-]*")
_QUOTE = re.compile(r"[ \t]{0,3}>[ \t]?")


class Fence(NamedTuple):
    """An opening fence. `indent` is in columns, after `quotes` marks of block quotes.

    `opener` is its line from the mark on.
    """

    mark: str
    info: str
    indent: int = 0
    quotes: int = 0
    follows_marker: bool = False
    opener: str = ""


def has_mark(line: str) -> bool:
    return "```" in line or "~~~" in line


def fence_in(line: str) -> Fence | None:
    """The fence that the line opens, if it does."""
    found = _OPENER.fullmatch(line.rstrip()) if has_mark(line) else None
    if not found:
        return None
    lead = found["lead"]
    return Fence(
        mark=found["mark"],
        info=found["info"].strip(),
        indent=columns(lead[1:] if found["quotes"] and lead.startswith(" ") else lead) if lead else 0,
        quotes=found["quotes"].count(">"),
        follows_marker=bool(found["markers"]),
        opener=found[0][found.start("mark") :],
    )


def fence_after_prose(line: str) -> tuple[str, Fence] | None:
    """The fence at the end of a line of prose ("The code: ```js"), and the prose."""
    text = line.rstrip()
    at = text.rfind("```")
    if at < 0:
        return None
    prose, info = text[:at].rstrip("`"), text[at + 3 :]
    may_follow = prose.rstrip().endswith((":", "：")) or (prose.endswith(" ") and language_named(info))
    if not may_follow or not prose.strip() or "```" in prose or not _WORD.fullmatch(info):
        return None
    return prose, Fence(text[len(prose) : at + 3], info, opener=text[len(prose) :])


def columns(blank: str) -> int:
    """The width of the text, with tabs to every fourth column."""
    return len(blank.expandtabs(_TAB))


def indent_of(line: str) -> int:
    """In columns."""
    return columns(line[: len(line) - len(line.lstrip(" \t"))])


def dedented(line: str, width: int) -> str:
    """The line without up to `width` columns of its indentation."""
    if not width or line[:1] not in (" ", "\t"):
        return line
    body = line.lstrip(" \t")
    own = columns(line[: len(line) - len(body)])
    if own <= width:
        return body
    kept = line
    while kept and columns(line[: len(line) - len(kept)]) < width:
        kept = kept[1:]
    over = columns(line[: len(line) - len(kept)]) - width
    return " " * over + kept


def unquoted(line: str, quotes: int) -> str | None:
    """The line without its marks of block quotes; None when it has fewer."""
    at = 0
    for _ in range(quotes):
        found = _QUOTE.match(line, at)
        if not found:
            return None
        at = found.end()
    return line[at:]


def split_at_closer(line: str, fence: Fence) -> tuple[str, str] | None:
    """What stands before and after the closing fence in the line: code that it is stuck to, or prose.

    None when the line does not close: an info string after the mark makes it content.
    """
    mark, text = fence.mark, line.strip()
    if text == mark and not _is_deeper(line, fence):
        return "", ""
    if text.startswith(mark):
        after = text.lstrip(mark[0])
        if mark[0] in after or is_info(after) or _is_deeper(line, fence):
            return None
        return "", after.strip()
    if text.endswith(mark) and text.count(mark[0]) == len(mark):
        return line[: line.rindex(mark)], ""
    return None


def _is_deeper(line: str, fence: Fence) -> bool:
    """Four columns deeper than its opener a fence is text, as in a docstring."""
    return indent_of(line) >= fence.indent + 4
