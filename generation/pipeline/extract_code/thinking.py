"""What a model thinks aloud before it answers: drafts, left aside."""

import re
from collections.abc import Iterator

from generation.pipeline.extract_code.source import Source
from generation.pipeline.records import ExtractionEvent, ProblemFound

_WORDS = "think|thinking|thought|thoughts|reasoning|reflection|scratchpad|antthinking|analysis"
# How thinking begins, and how what is said after it does.
_OPENER = re.compile(
    rf"\s*(?:<((?:{_WORDS})(?:-[\w-]+)?)>|(<\|begin_of_thought\|>)|(◁think▷)|(\[THINK\]))", re.IGNORECASE
)
_CLOSER = re.compile(rf"\s*(?:</(?:{_WORDS})>|<\|end_of_thought\|>|◁/think▷|\[/THINK\])", re.IGNORECASE)
_CLOSED_BY = ("</{}>", "<|end_of_thought|>", "◁/think▷", "[/THINK]")
_FIRST = ("</", "◁/", "[/")


def thinking_in(line: str) -> tuple["Thinking", int] | None:
    """The block that the line opens, and where it begins in the line."""
    found = _OPENER.match(line)
    if not found or not found.lastindex:
        return None
    closer = _CLOSED_BY[found.lastindex - 1].format(found[1])
    return Thinking(closer), found.end()


def thinking_ends(line: str) -> int | None:
    """Where thinking ends that nothing opened, as when the opening tag was part of the prompt."""
    found = _CLOSER.match(line) if line.lstrip().startswith(_FIRST) else None
    return found.end() if found else None


class Thinking:
    holds_file = False
    refused = ""

    def __init__(self, closer: str) -> None:
        self._closer = closer.lower()
        self.is_done = False

    def read(self, source: Source) -> Iterator[ExtractionEvent]:
        while (line := source.line()) is not None:
            at = line.lower().find(self._closer)
            if at >= 0:
                self.is_done = True
                after = line[at + len(self._closer) :].lstrip()
                if after:
                    source.give_back(len(after), as_line=True)
                break
        yield from ()

    def end(self) -> Iterator[ExtractionEvent]:
        yield ProblemFound(
            rule="thinking_only", path=None, message="The answer ended while the model was thinking."
        )
