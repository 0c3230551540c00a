"""Unified diffs: of git, of other tools, and as models write them, whose line numbers are made up."""

import re
from dataclasses import dataclass

from generation.pipeline.apply_edits.blocks import Action, Block, FileEdit, Reading
from generation.pipeline.apply_edits.search_replace import opens_block

NOWHERE = "/dev/null"

_HUNK = re.compile(r"@@+ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ESCAPE = re.compile(r"\\([0-7]{3}|.)")
_ESCAPES = {"n": 10, "t": 9, "r": 13, "a": 7, "b": 8, "f": 12, "v": 11}
_FENCE = re.compile(r"(?:`{3,}|~{3,})\w*\s*")


def starts_diff(lines: list[str], at: int) -> bool:
    return lines[at].startswith(("diff --git ", "rename from ", "copy from ")) or _is_pair(lines, at)


def starts_hunk(line: str) -> bool:
    return line.startswith("@@")


@dataclass(kw_only=True, slots=True)
class _Header:
    old: str = ""
    new: str = ""
    action: Action = "change"


def read_file(lines: list[str], at: int, path: str | None) -> tuple[FileEdit, int]:
    """The part of a diff about one file, and where the lines go on after it."""
    header, at = _read_header(lines, at)
    blocks, at = read_hunks(lines, at)
    is_moved = header.action in {"rename", "copy"}
    names = (header.old,) if is_moved else (header.new, header.old, path)
    return FileEdit(
        paths=tuple(name for name in names if name and name != NOWHERE),
        blocks=blocks,
        action=header.action,
        new_path=header.new,
    ), at


def _read_header(lines: list[str], at: int) -> tuple[_Header, int]:
    header = _Header()
    if lines[at].startswith("diff --git "):
        header.old, header.new = _names_of_git(lines[at].removeprefix("diff --git "))
        at += 1
    while at < len(lines) and not _is_pair(lines, at) and _read_extended(lines[at], header):
        at += 1
    if at < len(lines) and _is_pair(lines, at):
        _read_sides(lines[at], lines[at + 1], header)
        at += 2
    return header, at


def _read_extended(line: str, header: _Header) -> bool:
    """Lines of git between `diff --git` and `---`. False for what is none of them."""
    word, _, rest = line.partition(" ")
    if line.startswith("new file mode"):
        header.action = "create"
    elif line.startswith("deleted file mode"):
        header.action = "delete"
    elif line.startswith(("rename from ", "copy from ")):
        header.action = "rename" if word == "rename" else "copy"
        header.old = _unquoted(rest.removeprefix("from "))
    elif line.startswith(("rename to ", "copy to ")):
        header.new = _unquoted(rest.removeprefix("to "))
    else:
        return word in {"index", "old", "new", "similarity", "dissimilarity"}
    return True


def _read_sides(old_line: str, new_line: str, header: _Header) -> None:
    if header.action in {"rename", "copy"}:
        return
    old, new = _side(old_line), _side(new_line)
    if old.startswith("a/") and (new.startswith("b/") or new == NOWHERE):
        old = old.removeprefix("a/")
    if new.startswith("b/"):
        new = new.removeprefix("b/")
    header.old, header.new = old, new
    if old == NOWHERE:
        header.action = "create"
    elif new == NOWHERE:
        header.action = "delete"


def _is_pair(lines: list[str], at: int) -> bool:
    return lines[at].startswith("--- ") and at + 1 < len(lines) and lines[at + 1].startswith("+++ ")


def _side(line: str) -> str:
    """The path after "--- " or "+++ ", without the time that some tools write behind a tab."""
    return _unquoted(line[4:].split("\t", maxsplit=1)[0].strip())


def _names_of_git(rest: str) -> tuple[str, str]:
    quoted = _QUOTED.findall(rest)
    if len(quoted) == 2:
        old, new = (_unescaped(name) for name in quoted)
    elif (half := len(rest) // 2) and rest[:half].removeprefix("a/") == rest[half + 1 :].removeprefix("b/"):
        old, new = rest[:half], rest[half + 1 :]
    else:
        old, _, new = rest.partition(" b/")
    return _unquoted(old).removeprefix("a/"), _unquoted(new).removeprefix("b/")


def _unquoted(name: str) -> str:
    found = _QUOTED.fullmatch(name)
    return _unescaped(found[1]) if found else name


def _unescaped(name: str) -> str:
    """The octal escapes are the bytes of UTF-8."""
    parts = _ESCAPE.split(name)
    data = bytearray()
    for plain, escape in zip(parts[::2], [*parts[1::2], ""], strict=True):
        data += plain.encode(errors="replace")
        if len(escape) == 3:
            data.append(int(escape, 8) % 256)
        elif escape:
            data += bytes([_ESCAPES[escape]]) if escape in _ESCAPES else escape.encode(errors="replace")
    return data.decode(errors="replace")


def read_hunks(lines: list[str], at: int) -> tuple[tuple[Block, ...], int]:
    """The hunks that follow, the first of them with or without its @@ line."""
    blocks: list[Block] = []
    while at < len(lines) and not lines[at].strip():
        at += 1
    while at < len(lines) and (starts_hunk(lines[at]) or (not blocks and _is_body(lines, at))):
        block, at = _read_hunk(lines, at)
        if block.readings[0].search or block.readings[0].replace:
            blocks.append(block)
    return tuple(blocks), at


def _is_body(lines: list[str], at: int) -> bool:
    return lines[at].startswith(("+", "-", " ")) and not starts_diff(lines, at)


def _read_hunk(lines: list[str], at: int) -> tuple[Block, int]:
    header = lines[at] if starts_hunk(lines[at]) else "@@"
    numbers = _HUNK.match(header)
    old_left, new_left = (int(numbers[2] or 1), int(numbers[4] or 1)) if numbers else (0, 0)
    at += starts_hunk(lines[at])
    body: list[str] = []
    while at < len(lines) and not _ends_hunk(lines, at, is_whole=old_left <= 0 and new_left <= 0):
        old_left -= not lines[at].startswith(("+", "\\"))
        new_left -= not lines[at].startswith(("-", "\\"))
        body.append(lines[at])
        at += 1
    while body and not body[-1]:
        body.pop()
    return Block(
        raw="\n".join([header, *body]),
        readings=_readings(body),
        old_line=int(numbers[1]) if numbers else None,
        new_line=int(numbers[3]) if numbers else None,
    ), at


def _ends_hunk(lines: list[str], at: int, *, is_whole: bool) -> bool:
    """A pair of removed "-- x" and added "++ y" looks like the header of the next file."""
    line = lines[at]
    if line.startswith(("@@", "diff --git ")) or _FENCE.fullmatch(line):
        return True
    if line.startswith("<") and opens_block(line):
        return True
    if not _is_pair(lines, at):
        return False
    follows = at + 2 < len(lines) and starts_hunk(lines[at + 2])
    old, new = _side(line), _side(lines[at + 1])
    return (is_whole and follows) or NOWHERE in {old, new} or old.removeprefix("a/") == new.removeprefix("b/")


def _readings(body: list[str]) -> tuple[Reading, ...]:
    """A second one, if some lines have lost the blank before them: then all of the context may have."""
    reading = _reading(body, lost_prefix=False)
    if not any(line and line[0] not in " +-\\" for line in body):
        return (reading,)
    return reading, _reading(body, lost_prefix=True)


def _reading(body: list[str], *, lost_prefix: bool) -> Reading:
    search: list[str] = []
    replace: list[str] = []
    final_newline: bool | None = None
    mark = " "
    for line in body:
        if line.startswith("\\ No newline"):
            final_newline = mark == "-"
            continue
        mark = line[0] if line[:1] in {"+", "-"} else " "
        is_marked = mark != " " or (line.startswith(" ") and not lost_prefix)
        text = line[1:] if is_marked else line
        if mark != "+":
            search.append(text)
        if mark != "-":
            replace.append(text)
    return Reading(tuple(search), tuple(replace), final_newline)
