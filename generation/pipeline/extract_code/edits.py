"""Edits in place of files: SEARCH/REPLACE blocks and unified diffs. One that makes a new file becomes it."""

import re
from collections.abc import Callable

from generation.pipeline.extract_code.paths import clean_path, is_path
from generation.pipeline.extract_code.scanner import bare

_SEARCH = re.compile(r"^<{5,9} ?(?:SEARCH|ORIGINAL)\b")
_DIVIDER = re.compile(r"^={5,9}$")
_REPLACE = re.compile(r"^>{5,9} ?(?:REPLACE|UPDATED)\b")
_OLD_SIDE = re.compile(r"^--- (?:a/)?([^\t\n]+)")
_NEW_SIDE = re.compile(r"^\+\+\+ (?:b/)?([^\t\n]+)")

Transform = Callable[[str], str]


def is_search(line: str) -> bool:
    return bool(_SEARCH.match(line))


def starts_diff(line: str) -> bool:
    return line.startswith("diff --git ") or bool(_OLD_SIDE.match(line))


def path_of_diff(lines: list[str]) -> str | None:
    """The path that the header of a unified diff names, the new one before the old one."""
    for side in (_NEW_SIDE, _OLD_SIDE):
        for line in lines:
            if (found := side.match(bare(line))) and (path := clean_path(found[1])) != "/dev/null":
                return path if is_path(path, certain=True) else None
    return None


def makes_new_file(lines: list[str]) -> Transform | None:
    """For an edit against nothing: what is to be kept of each of its lines, from the first on."""
    if any(line.startswith("--- /dev/null") for line in lines):
        return _added
    if len(lines) > 1 and is_search(lines[0]) and _DIVIDER.match(bare(lines[1])):
        return _replacement
    return None


def _added(line: str) -> str:
    return line[1:] if line.startswith("+") and not line.startswith("+++ ") else ""


def _replacement(line: str) -> str:
    marker = is_search(line) or _DIVIDER.match(bare(line)) or _REPLACE.match(line)
    return "" if marker else line
