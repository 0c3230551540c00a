"""Stage 5: files and prose out of an answer, while it comes in.

One line scanner feeds one reader at a time: prose until something opens, then the reader of that
format until it closes. To add a format, write a reader (`block.Block`) and name it in `_opened_by`.
"""

from collections.abc import Iterable, Iterator

from generation.pipeline.extract_code.bare_code import BareCode, code_begins, is_rule
from generation.pipeline.extract_code.block import Block
from generation.pipeline.extract_code.fences import FencedBlock, fence_in
from generation.pipeline.extract_code.prose import Prose
from generation.pipeline.extract_code.scanner import LineScanner
from generation.pipeline.extract_code.tags import ElementBlock, element_in, is_wrapper
from generation.pipeline.extract_code.thinking import thinking_in
from generation.pipeline.records import ExtractionEvent


class Extractor:
    """Feed it the answer in chunks of any size, then close it. It never raises."""

    def __init__(self) -> None:
        self._scanner = LineScanner()
        self._prose = Prose()
        self._block: Block | None = None
        self._seen: set[str] = set()

    @property
    def open_fence(self) -> str | None:
        """The line that opened the fence in which the answer is at the moment."""
        return self._block.opening if isinstance(self._block, FencedBlock) else None

    def feed(self, text: str) -> list[ExtractionEvent]:
        return list(self._read(self._scanner.feed(text)))

    def close(self) -> list[ExtractionEvent]:
        """The end of the answer. A file still open is closed as not complete."""
        last = self._scanner.close()
        events = list(self._read([last] if last else []))
        if self._block:
            events.extend(self._block.end())
            self._block = None
        events.extend(self._prose.end())
        return events

    def _read(self, lines: Iterable[str]) -> Iterator[ExtractionEvent]:
        for line in lines:
            yield from self._read_line(line)

    def _read_line(self, line: str) -> Iterator[ExtractionEvent]:
        if self._prose.is_at_start and self._block is None:
            line = line.removeprefix("\ufeff")
        while line:
            if self._block is None and (opened := self._opened_by(line)):
                self._block, line = opened
            elif self._block is None:
                if not is_wrapper(line):
                    yield from self._prose.read(line)
                line = ""
            else:
                yield from self._block.read(line)
                line = ""
                if self._block.is_done:
                    line, self._block = self._block.rest, None

    def _opened_by(self, line: str) -> tuple[Block, str] | None:
        """The block that a line of prose opens, and what of the line is already the block's."""
        if found := thinking_in(line):
            return found
        if fence := fence_in(line):
            name, label = self._prose.name(), self._prose.take_label()
            return FencedBlock(fence, name=name, seen=self._seen, opener=label + line), ""
        if element := element_in(line):
            self._prose.take_label()
            return ElementBlock(element, seen=self._seen), element.rest
        if language := self._bare_code_begins(line):
            name, is_ruled = self._prose.name(), is_rule(self._prose.nearest)
            self._prose.take_label()
            return BareCode(language, name=name, seen=self._seen, is_ruled=is_ruled), line
        return None

    def _bare_code_begins(self, line: str) -> str | None:
        may_begin = self._prose.is_at_start or is_rule(self._prose.nearest)
        return code_begins(line) if may_begin else None


def extract_all(text: str) -> list[ExtractionEvent]:
    """The events of a whole answer."""
    extractor = Extractor()
    return [*extractor.feed(text), *extractor.close()]
