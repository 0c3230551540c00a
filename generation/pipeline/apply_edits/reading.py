"""An edit as the model wrote it becomes a list of what is to be done to which file."""

import re

from generation.pipeline.apply_edits.blocks import Block, FileEdit
from generation.pipeline.apply_edits.records import Edit
from generation.pipeline.apply_edits.search_replace import opens_block, read_block
from generation.pipeline.apply_edits.unified_diff import read_file, read_hunks, starts_diff, starts_hunk

NO_BLOCK = "it holds no SEARCH/REPLACE block and no hunk"

_FENCE = re.compile(r"\s*(?:`{3,}|~{3,})(.*)")
_PATH = re.compile(r"(?=.{1,300}$)\S*[./]\S*\w")
_DECORATION = "`*#:>\"' \t"


def read_edit(edit: Edit) -> list[FileEdit]:
    """In the order in which they stand there. Blocks and diffs may follow one another."""
    lines = [line.removesuffix("\r") for line in edit.text.split("\n")]
    found: list[FileEdit] = []
    path = edit.path
    at = 0
    while at < len(lines):
        if opens_block(lines[at]):
            block, at = read_block(lines, at)
            found.append(_change(path, block))
        elif starts_diff(lines, at):
            file, at = read_file(lines, at, edit.path)
            found.append(file)
            path = file.paths[0] if file.paths else path
        elif starts_hunk(lines[at]):
            blocks, at = read_hunks(lines, at)
            found += (_change(path, block) for block in blocks)
        else:
            path = _label(lines[at]) or path
            at += 1
    if not found and edit.text.strip():
        found.append(_change(edit.path, Block(raw=edit.text, flaw=NO_BLOCK)))
    return found


def _change(path: str | None, block: Block) -> FileEdit:
    return FileEdit(paths=(path,) if path else (), blocks=(block,))


def _label(line: str) -> str | None:
    """The path that a line between blocks names: alone, decorated, or in the info string of a fence."""
    fence = _FENCE.fullmatch(line)
    words = re.split(r"[\s:=]+", fence[1]) if fence else [line]
    name = words[-1].strip(_DECORATION)
    return name if _PATH.fullmatch(name) else None
