"""What reads the answers: ours, and what one would take in its place."""

import re
from collections.abc import Callable, Mapping

from markdown_it import MarkdownIt

from generation.pipeline.extract_code import Extractor

OURS, MARKDOWN_IT, REGEX = "ours", "markdown-it-py", "regex"
_FENCE = re.compile(r"```[^\n]*\n(.*?)```", re.DOTALL)


def read(text: str) -> None:
    extractor = Extractor()
    extractor.feed(text)
    extractor.close()


CONTENDERS: Mapping[str, Callable[[str], object]] = {
    OURS: read,
    MARKDOWN_IT: MarkdownIt("commonmark").parse,
    REGEX: _FENCE.findall,
}
