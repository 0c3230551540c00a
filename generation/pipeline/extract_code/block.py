"""What every format's reader is to the extractor."""

from collections.abc import Iterable
from typing import Protocol

from generation.pipeline.extract_code.source import Source
from generation.pipeline.records import ExtractionEvent


class Block(Protocol):
    """Opened by a line of prose, it takes what is there of the source, until `is_done`."""

    @property
    def is_done(self) -> bool: ...

    @property
    def holds_file(self) -> bool: ...

    @property
    def refused(self) -> str:
        """Whole lines that are not its own after all, once it is done: they are read again as prose."""
        ...

    def read(self, source: Source) -> Iterable[ExtractionEvent]: ...

    def end(self) -> Iterable[ExtractionEvent]:
        """The answer is over, and this block was not closed."""
        ...
