"""JSON that may hold files, in a fence or with nothing around it. It flows while it comes, within a line too."""

import re
from collections.abc import Iterator

from generation.pipeline.extract_code.json_files import JsonFiles
from generation.pipeline.extract_code.paths_seen import PathsSeen
from generation.pipeline.extract_code.source import Source
from generation.pipeline.records import ExtractionEvent

_START = re.compile(r"\s*(?:\{[\s\"}]|\[[\s\"{\[\]])")
_MAX_INDENT = 64


def may_begin_json(text: str) -> bool:
    return text.lstrip()[:1] in ("{", "[")


def begins_json(text: str) -> bool:
    """An object or a list that may hold something else than numbers."""
    return may_begin_json(text) and _START.match(text) is not None


class JsonBlock:
    """Reads JSON up to its end, or up to a line that begins with `mark`, and tells the files in it.

    Without a file, all that was read is `refused`: whole lines, to be read as something else.
    """

    def __init__(self, seen: PathsSeen, *, mark: str = "") -> None:
        self._files = JsonFiles(seen)
        self._mark = mark
        self._raw: list[str] = []
        self.is_done = False
        self.refused = ""

    @property
    def holds_file(self) -> bool:
        return self._files.found

    def read(self, source: Source) -> Iterator[ExtractionEvent]:
        while not self.is_done:
            is_at_mark = self._is_at_mark(source)
            if is_at_mark:
                yield from self.end()
            elif is_at_mark is False and (piece := source.piece()):
                yield from self._read_piece(piece, source)
            else:
                return

    def end(self) -> Iterator[ExtractionEvent]:
        self.is_done = True
        yield from self._files.end()
        self.refused, self._raw = "".join(self._raw), []

    def _read_piece(self, piece: str, source: Source) -> Iterator[ExtractionEvent]:
        """What comes behind JSON without a file is read to the end of its line, to be refused with it."""
        if not self._files.is_over:
            yield from self._files.feed(piece)
        if not self._files.found:
            self._raw.append(piece)
            if self._files.is_over and source.begins_line:
                yield from self.end()
            return
        self._raw = []
        if self._files.is_over:
            source.give_back(len(self._files.rest))
            yield from self.end()

    def _is_at_mark(self, source: Source) -> bool | None:
        """None when it cannot be told yet."""
        if not self._mark or not source.begins_line:
            return False
        ahead = source.peek(_MAX_INDENT)
        text = ahead.lstrip(" \t")
        if len(text) < len(self._mark) and len(ahead) < _MAX_INDENT and self._mark.startswith(text):
            return None
        return text.startswith(self._mark)
