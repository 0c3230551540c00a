"""A file without a name waits for its first lines before it is opened: they tell how to call it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from generation.pipeline.records import ExtractionEvent, FileClosed, FileDelta, FileOpened

MAX_LINES = 40
MAX_CHARS = 4096


class LookAhead:
    """Lets events through; holds those of an unnamed file back until enough of it is there."""

    def __init__(self) -> None:
        self._opened: FileOpened | None = None
        self._texts: list[str] = []
        self._chars = 0
        self._lines = 0

    def feed(self, events: Iterable[ExtractionEvent]) -> Iterator[ExtractionEvent]:
        for event in events:
            match event:
                case FileOpened(path=None, edit=False):
                    self._opened = event
                case FileDelta(text=text) if self._opened:
                    self._hold(text)
                    if self._lines >= MAX_LINES or self._chars >= MAX_CHARS:
                        yield from self._release()
                case FileClosed() if self._opened:
                    yield from self._release()
                    yield event
                case _:
                    yield event

    def _hold(self, text: str) -> None:
        self._texts.append(text)
        self._chars += len(text)
        self._lines += text.count("\n")

    def _release(self) -> Iterator[ExtractionEvent]:
        if self._opened:
            text = "".join(self._texts)
            yield replace(self._opened, head=text)
            if text:
                yield FileDelta(text=text)
        self._opened, self._texts, self._chars, self._lines = None, [], 0, 0
