"""Lines that stand for others which are left out: `...`, `// ... existing code ...`."""

import re

from generation.pipeline.apply_edits.blocks import Lines

_COMMENT = re.compile(
    r"\s*(?://+|#+|--+|/\*+|<!--+|\{/\*+|%+|;+|\*+|\"\"\"|''')?\s*(.*?)\s*(?:\*+/\}?|--+>)?\s*"
)
_DOTS = ("...", "…")
_LEFT_OUT = frozenset("existing rest remaining unchanged same previous other omitted before".split())
MAX_LENGTH = 120


def is_elision(line: str) -> bool:
    """Nothing but dots, dots at both ends, or a comment that begins with dots and says what is left out."""
    remark = _remark(line)
    if not remark.startswith(_DOTS):
        return False
    words = frozenset(re.findall(r"[^\W\d_]+", remark.lower()))
    return not words or remark.endswith(_DOTS) or (_is_comment(line) and bool(words & _LEFT_OUT))


def is_placeholder(line: str) -> bool:
    """An elision that cannot be code: Python has a bare `...`."""
    return _is_comment(line) and is_elision(line)


def split_at_elisions(lines: Lines) -> list[Lines]:
    """The parts between them: one more than there are elisions."""
    marks = [at for at, line in enumerate(lines) if is_elision(line)]
    starts, stops = [0, *(at + 1 for at in marks)], [*marks, len(lines)]
    return [lines[start:stop] for start, stop in zip(starts, stops, strict=True)]


def _remark(line: str) -> str:
    found = _COMMENT.fullmatch(line) if len(line) <= MAX_LENGTH else None
    return found[1] if found else ""


def _is_comment(line: str) -> bool:
    return _remark(line) != line.strip()
