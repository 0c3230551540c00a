"""The diff of one file as git writes it: https://git-scm.com/docs/diff-format."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from generation.pipeline.line_diff import Run, common_runs

CONTEXT_LINES = 3
_PLAIN_PATH = re.compile(r"[!#-\[\]-~]+")  # ASCII without blanks, quotes, backslashes


@dataclass(frozen=True, slots=True)
class _Gap:
    """Lines between two runs of common ones: those removed and those added."""

    old: int
    old_stop: int
    new: int
    new_stop: int


@dataclass(frozen=True, kw_only=True, slots=True)
class FileDiff:
    text: str
    lines_added: int
    lines_removed: int


def file_diff(
    *, path: str, old_path: str | None, old: str | None, new: str | None, similarity: int | None = None
) -> FileDiff:
    """`old` is None for a new file, `new` for a deleted one; a `similarity` is a renamed one's."""
    old_lines, new_lines = _lines(old or ""), _lines(new or "")
    gaps = _gaps(common_runs(old_lines, new_lines), len(old_lines), len(new_lines))
    old_name, new_name = _quoted(f"a/{old_path or path}"), _quoted(f"b/{path}")
    parts = [f"diff --git {old_name} {new_name}\n"]
    if old is None:
        parts.append("new file mode 100644\n")
        old_name = "/dev/null"
    if new is None:
        parts.append("deleted file mode 100644\n")
        new_name = "/dev/null"
    if old_path and similarity is not None:
        parts += _rename(old_path, path, similarity)
    if gaps:
        parts += (f"--- {old_name}\n", f"+++ {new_name}\n")
    elif old is None or new is None:
        parts.append(_empty_index(is_new=old is None))
    for group in _grouped(gaps):
        parts += _hunk(old_lines, new_lines, group)
    return FileDiff(
        text="".join(parts),
        lines_added=sum(gap.new_stop - gap.new for gap in gaps),
        lines_removed=sum(gap.old_stop - gap.old for gap in gaps),
    )


def _rename(old_path: str, path: str, similarity: int) -> Iterator[str]:
    yield f"similarity index {similarity}%\n"
    yield f"rename from {_quoted(old_path)}\n"
    yield f"rename to {_quoted(path)}\n"


def _empty_index(*, is_new: bool) -> str:
    """The hash of nothing: without it GNU patch does not delete an empty file."""
    return f"index {'0000000..e69de29' if is_new else 'e69de29..0000000'}\n"


def _quoted(path: str) -> str:
    """As git quotes: the bytes of what is not plain in octal, between double quotes."""
    if _PLAIN_PATH.fullmatch(path):
        return path
    return '"' + "".join(_escaped(byte) for byte in path.encode(errors="replace")) + '"'


def _escaped(byte: int) -> str:
    char = chr(byte)
    return char if char == " " or _PLAIN_PATH.fullmatch(char) else f"\\{byte:03o}"


def _lines(text: str) -> list[str]:
    """With their "\\n", which alone ends a line."""
    *lines, last = text.split("\n")
    return [f"{line}\n" for line in lines] + ([last] if last else [])


def _gaps(runs: list[Run], old_size: int, new_size: int) -> list[_Gap]:
    edges = [Run(0, 0, 0), *runs, Run(old_size, new_size, 0)]
    gaps = (
        _Gap(left.old + left.length, right.old, left.new + left.length, right.new)
        for left, right in pairwise(edges)
    )
    return [gap for gap in gaps if gap.old < gap.old_stop or gap.new < gap.new_stop]


def _grouped(gaps: list[_Gap]) -> Iterator[list[_Gap]]:
    """Gaps of which the context overlaps or touches make one hunk."""
    group: list[_Gap] = []
    for gap in gaps:
        if group and gap.old - group[-1].old_stop > 2 * CONTEXT_LINES:
            yield group
            group = []
        group.append(gap)
    if group:
        yield group


def _hunk(old: list[str], new: list[str], gaps: list[_Gap]) -> Iterator[str]:
    before = min(CONTEXT_LINES, gaps[0].old)
    after = min(CONTEXT_LINES, len(old) - gaps[-1].old_stop)
    old_span = _span(gaps[0].old - before, gaps[-1].old_stop + after)
    new_span = _span(gaps[0].new - before, gaps[-1].new_stop + after)
    yield f"@@ -{old_span} +{new_span} @@\n"
    at = gaps[0].old - before
    for gap in gaps:
        yield from _marked(" ", old[at : gap.old])
        yield from _marked("-", old[gap.old : gap.old_stop])
        yield from _marked("+", new[gap.new : gap.new_stop])
        at = gap.old_stop
    yield from _marked(" ", old[at : at + after])


def _span(start: int, stop: int) -> str:
    """Lines count from 1; an empty span is named by the line before it."""
    size = stop - start
    first = start + 1 if size else start
    return f"{first}" if size == 1 else f"{first},{size}"


def _marked(mark: str, lines: list[str]) -> Iterator[str]:
    for line in lines:
        yield f"{mark}{line}" if line.endswith("\n") else f"{mark}{line}\n\\ No newline at end of file\n"
