"""Edits with no fence around them."""

from collections.abc import Iterator

from generation.pipeline.extract_code.draft import Draft, Setting
from generation.pipeline.extract_code.edits import is_of_diff, is_replace
from generation.pipeline.extract_code.fences import has_mark
from generation.pipeline.extract_code.source import Source
from generation.pipeline.records import ExtractionEvent


class SearchReplaceBlock:
    """From the SEARCH marker to the line of the REPLACE marker."""

    refused = ""
    holds_file = True

    def __init__(self, setting: Setting) -> None:
        self._draft = Draft(setting)
        self.is_done = False

    def read(self, source: Source) -> Iterator[ExtractionEvent]:
        while not self.is_done and (line := source.line()) is not None:
            yield from self._draft.add(line)
            if is_replace(line):
                self.is_done = True
                yield from self._draft.close(complete=True)

    def end(self) -> Iterator[ExtractionEvent]:
        yield from self._draft.close(complete=False)


class DiffBlock:
    """From the header of a unified diff on, as long as the lines are of a diff."""

    refused = ""
    holds_file = True

    def __init__(self, setting: Setting) -> None:
        self._draft = Draft(setting)
        self._blank: list[str] = []
        self.is_done = False

    def read(self, source: Source) -> Iterator[ExtractionEvent]:
        while not self.is_done and (line := source.line()) is not None:
            if not line.strip():
                self._blank.append(line)
            elif is_of_diff(line) and not has_mark(line[:4]):
                for held in (*self._blank, line):
                    yield from self._draft.add(held)
                self._blank = []
            else:
                source.give_back(len(line), as_line=True)
                self.is_done = True
                yield from self._draft.close(complete=True)

    def end(self) -> Iterator[ExtractionEvent]:
        yield from self._draft.close(complete=True)
