"""What every format's reader is to the extractor."""

from collections.abc import Iterator
from typing import Protocol

from generation.pipeline.records import ExtractionEvent


class Block(Protocol):
    """Reads lines from the one after its opening on.

    It sets `is_done` with the line that ends it, and leaves in `rest` what of the text is not its own:
    that is read again as prose.
    """

    is_done: bool
    rest: str

    def read(self, line: str) -> Iterator[ExtractionEvent]: ...

    def end(self) -> Iterator[ExtractionEvent]:
        """The answer is over, and this block was not closed."""
        ...
