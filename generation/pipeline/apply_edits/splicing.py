"""A match and its new lines become the new text: only what the block changes is changed."""

from collections.abc import Iterator

from generation.pipeline.apply_edits.blocks import DoesNotFit, Lines
from generation.pipeline.apply_edits.elisions import is_placeholder
from generation.pipeline.apply_edits.file_text import FileText
from generation.pipeline.apply_edits.matching import Match, Piece
from generation.pipeline.line_diff import common_runs

Line = tuple[str, str]


def spliced(text: FileText, match: Match) -> FileText:
    """Lines that SEARCH and REPLACE share stay as the file has them, new ones get the file's line ending.

    Raises `DoesNotFit`.
    """
    lines = list(text.lines)
    endings = _all_ended(text)
    for piece in reversed(match.pieces):
        new = list(_new_lines(text, endings, piece))
        lines[piece.start : piece.stop] = [line for line, _ in new]
        endings[piece.start : piece.stop] = [ending for _, ending in new]
    final_newline = text.ends_with_newline
    if match.reading.final_newline is not None and match.stop == len(text.lines):
        final_newline = match.reading.final_newline
    if endings and not final_newline:
        endings[-1] = ""
    return FileText(tuple(lines), tuple(endings), text.mark)


def filled(text: FileText, lines: Lines, *, final_newline: bool) -> FileText:
    """A new file, or an empty one, with those lines."""
    endings = [text.ending] * len(lines)
    if endings and not final_newline:
        endings[-1] = ""
    return FileText(lines, tuple(endings), text.mark)


def _new_lines(text: FileText, endings: list[str], piece: Piece) -> Iterator[Line]:
    at = 0
    for run in common_runs(piece.search, piece.replace):
        yield from _fitted(text, piece, at, run.new)
        there = slice(piece.start + run.old, piece.start + run.old + run.length)
        yield from zip(text.lines[there], endings[there], strict=True)
        at = run.new + run.length
    yield from _fitted(text, piece, at, len(piece.replace))


def _fitted(text: FileText, piece: Piece, start: int, stop: int) -> Iterator[Line]:
    ending = text.ending
    for line in piece.replace[start:stop]:
        if is_placeholder(line):
            raise DoesNotFit(f"its REPLACE leaves lines out ({line.strip()}), which would be lost")
        fitted = piece.reindent(line)
        if fitted is None:
            raise DoesNotFit("its SEARCH is not indented as the file is, and its REPLACE is indented less")
        yield fitted, ending


def _all_ended(text: FileText) -> list[str]:
    """The last line too, so that others may follow it."""
    endings = list(text.endings)
    if not text.ends_with_newline:
        endings[-1] = text.ending
    return endings
