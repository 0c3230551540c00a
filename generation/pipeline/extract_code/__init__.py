"""Stage 5: files and prose out of an answer, while it comes in.

`extractor` feeds one reader at a time from `source`: prose until something opens, then the reader of that
format (a `block.Block`) until it closes. `draft` and `judging` decide whether a block is a file, `names`
and its neighbours under which path. How to add a format: the README of the pipeline.
"""

from generation.pipeline.extract_code.extractor import Extractor
from generation.pipeline.records import ExtractionEvent

__all__ = ["Extractor", "extract_all"]


def extract_all(text: str) -> list[ExtractionEvent]:
    """The events of a whole answer."""
    extractor = Extractor()
    return [*extractor.feed(text), *extractor.close()]
