"""Where in a file the lines of a SEARCH stand: layer after layer, and in each of them to the letter.

What a layer passes over is named by it and is white space or lines left out on purpose. Nothing is matched
by likeness. Tools that do so report success and have duplicated a function, or changed its twin; whoever
applies a wrong edit damages what worked, while a failed one can be asked for again.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from generation.pipeline.apply_edits.blocks import Lines, Reading
from generation.pipeline.apply_edits.elisions import split_at_elisions
from generation.pipeline.apply_edits.file_text import (
    BLANKS,
    FileText,
    unchanged,
    without_blanks,
    without_trailing_blanks,
)

Reindent = Callable[[str], str | None]
TAB_WIDTHS = (4, 2, 8, 3)


def as_written(line: str) -> str | None:
    return line


@dataclass(frozen=True, slots=True)
class Piece:
    """`search` stands in the file from line index `start` on. `reindent` fits a new line in, if it can."""

    start: int
    search: Lines
    replace: Lines
    reindent: Reindent = as_written

    @property
    def stop(self) -> int:
        return self.start + len(self.search)


@dataclass(frozen=True, slots=True)
class Match:
    """The pieces ascend; there are several where the SEARCH leaves out lines between them."""

    pieces: tuple[Piece, ...]
    reading: Reading

    @property
    def start(self) -> int:
        return self.pieces[0].start

    @property
    def stop(self) -> int:
        return self.pieces[-1].stop


Layer = Callable[[FileText, Reading], Iterator[Piece]]


def exact(text: FileText, reading: Reading) -> Iterator[Piece]:
    """Line endings are no part of a line."""
    for start in text.places(reading.search, unchanged):
        yield Piece(start, reading.search, reading.replace)


def trailing_blanks_ignored(text: FileText, reading: Reading) -> Iterator[Piece]:
    for start in text.places(reading.search, without_trailing_blanks):
        yield Piece(start, reading.search, reading.replace)


def indentation_shifted(text: FileText, reading: Reading) -> Iterator[Piece]:
    """All lines are indented by the same white space more, or less, than in the file."""
    for start in text.places(reading.search, without_blanks):
        if reindent := _shift(_indents(text, start, reading.search)):
            yield Piece(start, reading.search, reading.replace, reindent)


def tabs_for_spaces(text: FileText, reading: Reading) -> Iterator[Piece]:
    """Indented by tabs where the file has spaces, or the other way round, to the same depth."""
    for start in text.places(reading.search, without_blanks):
        if reindent := _retab(_indents(text, start, reading.search)):
            yield Piece(start, reading.search, reading.replace, reindent)


LAYERS: tuple[Layer, ...] = (exact, trailing_blanks_ignored, indentation_shifted, tabs_for_spaces)


def find_matches(text: FileText, readings: tuple[Reading, ...]) -> list[Match]:
    """What the first layer finds that finds anything, with blank lines at the ends and then without."""
    readings = tuple(reading for reading in readings if not reading.is_creation)
    trimmed = tuple(_without_blank_ends(reading) for reading in readings)
    for alternatives in (readings, trimmed) if trimmed != readings else (readings,):
        for layer in LAYERS:
            for reading in alternatives:
                if found := [Match((piece,), reading) for piece in layer(text, reading)]:
                    return found
    return [match for reading in readings if (match := _around_elisions(text, reading))]


def _indents(text: FileText, start: int, search: Lines) -> list[tuple[str, str]]:
    """Of each line that is not blank: its indentation in the SEARCH and in the file."""
    pairs = zip(search, text.lines[start : start + len(search)], strict=True)
    return [(_indent(line), _indent(there)) for line, there in pairs if without_blanks(line)]


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(BLANKS))]


def _shift(indents: list[tuple[str, str]]) -> Reindent | None:
    first, there = indents[0]
    if there.endswith(first):
        more = there[: len(there) - len(first)]
        if all(there == more + indent for indent, there in indents):
            return lambda line: more + line if without_blanks(line) else line
    if first.endswith(there):
        less = first[: len(first) - len(there)]
        if all(indent == less + there for indent, there in indents):
            return lambda line: _outdented(line, less)
    return None


def _outdented(line: str, less: str) -> str | None:
    if not without_blanks(line):
        return line.removeprefix(less)
    return line.removeprefix(less) if line.startswith(less) else None


def _retab(indents: list[tuple[str, str]]) -> Reindent | None:
    to_tabs = any("\t" in there for _, there in indents)
    for width in TAB_WIDTHS:
        if all(indent.expandtabs(width) == there.expandtabs(width) for indent, there in indents):
            return partial(_retabbed, width=width, to_tabs=to_tabs)
    return None


def _retabbed(line: str, *, width: int, to_tabs: bool) -> str:
    indent = _indent(line)
    spaces = indent.expandtabs(width)
    if to_tabs:
        spaces = "\t" * (len(spaces) // width) + " " * (len(spaces) % width)
    return spaces + line[len(indent) :]


def _without_blank_ends(reading: Reading) -> Reading:
    """Blank lines that both sides have go from both; more of them are kept in the REPLACE alone."""
    head = _blank_lines(reading.search)
    tail = _blank_lines(reading.search[::-1]) if head < len(reading.search) else 0
    replace_head = min(head, _blank_lines(reading.replace))
    replace_tail = min(tail, _blank_lines(reading.replace[::-1]), len(reading.replace) - replace_head)
    return Reading(
        reading.search[head : len(reading.search) - tail],
        reading.replace[replace_head : len(reading.replace) - replace_tail],
        reading.final_newline,
    )


def _blank_lines(lines: Lines) -> int:
    return next((at for at, line in enumerate(lines) if without_blanks(line)), len(lines))


def _around_elisions(text: FileText, reading: Reading) -> Match | None:
    """Both sides leave out the same lines, and what stands around them is to be found exactly, in order.

    The first part must stand once in the file, each other one once after the one before it.
    """
    search, replace = split_at_elisions(reading.search), split_at_elisions(reading.replace)
    if len(search) < 2 or len(search) != len(replace):
        return None
    pieces: list[Piece] = []
    for part, new in zip(search, replace, strict=True):
        if not part and not new:
            continue
        after = pieces[-1].stop if pieces else 0
        starts = [start for start in text.places(part, unchanged) if start >= after]
        if len(starts) != 1:
            return None
        pieces.append(Piece(starts[0], part, new))
    return Match(tuple(pieces), reading) if pieces else None
