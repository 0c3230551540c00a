"""SEARCH/REPLACE blocks: https://aider.chat/docs/more/edit-formats.html, and what models make of them."""

import re

from generation.pipeline.apply_edits.blocks import Block, Reading

MAX_READINGS = 16

_OPENER = re.compile(r"[ \t]*(<{5,9}) ?(?:SEARCH|ORIGINAL)\b")
_DIVIDER = re.compile(r"[ \t]*(={5,9})[ \t]*")
_CLOSER = re.compile(r"[ \t]*(>{5,9}) ?(?:(?:REPLACE|UPDATED)\b.*)?[ \t]*")


def opens_block(line: str) -> bool:
    return bool(_OPENER.match(line))


def read_block(lines: list[str], at: int) -> tuple[Block, int]:
    """The block that is opened at `at`, and where the lines go on after it."""
    dividers: list[int] = []
    for stop in range(at + 1, len(lines)):
        if _DIVIDER.fullmatch(lines[stop]):
            dividers.append(stop)
        elif dividers and _CLOSER.fullmatch(lines[stop]):
            return _block(lines, at, dividers, stop), stop + 1
        elif opens_block(lines[stop]):
            return _broken(lines, at, stop, "it has no >>>>>>> REPLACE line"), stop
    flaw = "it ends before its >>>>>>> REPLACE line" if dividers else "it has no ======= line"
    return _broken(lines, at, len(lines), flaw), len(lines)


def _block(lines: list[str], at: int, dividers: list[int], stop: int) -> Block:
    """Which of several dividers is the divider is for the file to say; the longest SEARCH that fits it wins.

    Lines of equals signs are content too: headings, and the conflicts that git leaves.
    """
    width = _width(_OPENER, lines[at])
    alike = [divider for divider in dividers if _width(_DIVIDER, lines[divider]) == width] or dividers
    return Block(
        raw="\n".join(lines[at : stop + 1]),
        readings=tuple(
            Reading(tuple(lines[at + 1 : divider]), tuple(lines[divider + 1 : stop]))
            for divider in alike[-MAX_READINGS:][::-1]
        ),
    )


def _broken(lines: list[str], at: int, stop: int, flaw: str) -> Block:
    return Block(raw="\n".join(lines[at:stop]), flaw=flaw)


def _width(mark: re.Pattern[str], line: str) -> int:
    found = mark.match(line)
    return len(found[1]) if found else 0
