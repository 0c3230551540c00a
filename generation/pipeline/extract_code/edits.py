"""Edits in place of files: SEARCH/REPLACE blocks and unified diffs. One against nothing makes a new file."""

import re
from collections.abc import Sequence
from typing import Protocol

from generation.pipeline.extract_code.paths import clean_path, could_be_path

_SEARCH = re.compile(r"[<-]{5,9} ?(?:SEARCH|ORIGINAL)\b")
_DIVIDER = re.compile(r"={5,9}")
_REPLACE = re.compile(r"[>+]{5,9} ?(?:REPLACE|UPDATED)\b")
_SIDE = re.compile(r"(?:---|\+\+\+) (?:[ab]/)?([^\t\r\n]+)")
_OF_DIFF = (
    " ", "+", "-", "@", "\\", "diff ", "index ", "new file", "deleted file", "old mode", "new mode", "similarity",
    "rename ", "Binary ",
)  # fmt: skip


class Transform(Protocol):
    """What is to be kept of each line of an edit against nothing, from its first on."""

    def __call__(self, line: str) -> str: ...

    def is_over(self, line: str) -> bool:
        """Is this line, the next one, of something else?"""
        ...


def is_search(line: str) -> bool:
    return line.startswith(("<<<<<", "-----")) and bool(_SEARCH.match(line))


def is_replace(line: str) -> bool:
    return line.startswith((">>>>>", "+++++")) and bool(_REPLACE.match(line))


def is_divider(line: str) -> bool:
    return bool(_DIVIDER.fullmatch(line.strip()))


def starts_diff(line: str) -> bool:
    return line.startswith("diff --git ") or (line.startswith("--- ") and bool(_SIDE.match(line)))


def is_of_diff(line: str) -> bool:
    return line.startswith(_OF_DIFF)


def path_of_diff(header: Sequence[str]) -> str | None:
    """The path that the header of a unified diff names, the new one before the old one."""
    for mark in ("+++ ", "--- "):
        for line in header:
            found = _SIDE.match(line) if line.startswith(mark) else None
            path = clean_path(found[1]) if found else ""
            if path and not path.endswith("dev/null"):
                return path if could_be_path(path) else None
    return None


def new_file_in(head: Sequence[str]) -> Transform | None:
    """How to read the edit with these first lines as a new file; None if it changes one that is there."""
    if any(line.startswith("--- /dev/null") for line in head):
        return AddedLines()
    if len(head) > 1 and is_search(head[0]) and is_divider(head[1]):
        return ReplacingLines()
    return None


class AddedLines:
    """The new side of a diff against /dev/null: all lines below its header, if they have their plus or not."""

    def __init__(self) -> None:
        self._in_header = True

    def __call__(self, line: str) -> str:
        if self._in_header:
            is_added = line.startswith("+") and not line.startswith("+++ ")
            self._in_header = not line.startswith(("+", "@@"))
        else:
            is_added = not line.startswith(("-", "@@", "\\"))
        return line.removeprefix("+" if line.startswith("+") else " ") if is_added else ""

    def is_over(self, line: str) -> bool:
        return not self._in_header and starts_diff(line)


class ReplacingLines:
    """The new side of a SEARCH/REPLACE block whose old side is empty."""

    def __init__(self) -> None:
        self._is_new_side = self._is_replaced = False

    def __call__(self, line: str) -> str:
        if not self._is_new_side:
            self._is_new_side = is_divider(line)
            return ""
        self._is_replaced = is_replace(line)
        self._is_new_side = not self._is_replaced
        return line if self._is_new_side else ""

    def is_over(self, line: str) -> bool:
        return self._is_replaced and bool(line.strip())
