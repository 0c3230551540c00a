"""Who reads what: prose until a line opens a block, then that block's reader until it is done."""

from collections.abc import Iterable

from generation.pipeline.extract_code.block import Block
from generation.pipeline.extract_code.elements import is_wrapper
from generation.pipeline.extract_code.fenced_block import FencedBlock
from generation.pipeline.extract_code.json_fence import JsonFence
from generation.pipeline.extract_code.openers import Opener, Openers
from generation.pipeline.extract_code.paths_seen import PathsSeen
from generation.pipeline.extract_code.prose import Prose
from generation.pipeline.extract_code.source import Source
from generation.pipeline.extract_code.thinking import Thinking, thinking_ends
from generation.pipeline.records import DraftsDropped, ExtractionEvent


class Extractor:
    """Feed it the answer in chunks of any size, then close it. It never raises."""

    def __init__(self) -> None:
        self._source = Source()
        self._block: Block | None = None
        self._is_tried = self._has_begun = self._has_thought = False
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._prose = Prose()
        self._openers = Openers(self._source, self._prose, PathsSeen())

    @property
    def open_fence(self) -> str | None:
        """The line that opened the fence in which the answer is now, from its marks on."""
        return self._block.opener if isinstance(self._block, FencedBlock | JsonFence) else None

    def feed(self, text: str) -> list[ExtractionEvent]:
        if text and not self._has_begun:
            self._has_begun = True
            text = text.removeprefix("\ufeff")
        self._source.feed(text)
        return self._read()

    def close(self) -> list[ExtractionEvent]:
        """The end of the answer. A file still open is closed as not complete."""
        self._source.close()
        events = self._read()
        while self._block:
            events += self._behind_prose(self._block.end())
            self._leave(self._block)
            events += self._read()
        return [*events, *self._prose.end()]

    def _read(self) -> list[ExtractionEvent]:
        events: list[ExtractionEvent] = []
        while True:
            if self._block is None:
                events += self._read_prose()
            if self._block is None:
                return events
            events += self._behind_prose(self._block.read(self._source))
            if not self._block.is_done:
                return events
            self._leave(self._block)

    def _read_prose(self) -> list[ExtractionEvent]:
        """Up to a line that opens a block, or of which it cannot be told yet whether it does."""
        source, events = self._source, list[ExtractionEvent]()
        self._openers.waits = False
        while self._block is None and not self._openers.waits:
            begins_line = source.begins_line
            line = source.line()
            if line is None:
                self._begin(self._openers.opened_in_line() if begins_line else None)
                break
            if not begins_line:
                self._prose.add_rest(line)
            elif candidates := self._openers.candidates(line):
                events += self._try(line, candidates)
            else:
                self._prose.add(line)
        return [*events, *self._prose.tell()]

    def _try(self, line: str, candidates: tuple[Opener, ...]) -> list[ExtractionEvent]:
        if thought := thinking_ends(line):
            if line[thought:].strip():
                self._source.give_back(len(line) - thought, as_line=True)
            return self._drop_drafts()
        self._begin(self._openers.opened_by(line, candidates))
        if self._block is None and not self._openers.waits and not is_wrapper(line):
            self._prose.add(line)
        return []

    def _begin(self, block: Block | None) -> None:
        self._block = block
        self._is_tried = block is not None
        self._has_thought = self._has_thought or isinstance(block, Thinking)

    def _behind_prose(self, found: Iterable[ExtractionEvent]) -> list[ExtractionEvent]:
        """With its first event, or its end, a block is there to stay, and the prose above it is over."""
        events, block = list(found), self._block
        is_there = events or (block and block.is_done and not block.refused)
        if self._is_tried and is_there:
            self._is_tried = False
            return [*self._prose.leave(), *events]
        return events

    def _leave(self, block: Block) -> None:
        self._block = None
        if block.refused:
            self._openers.refuse(block)
        elif block.holds_file:
            self._prose.leave_section()

    def _drop_drafts(self) -> list[ExtractionEvent]:
        """Thinking that nothing opened ends: it began with the answer."""
        if self._has_thought:
            return []
        self._has_thought = True
        self._begin_anew()
        return [DraftsDropped()]
