"""What a model thinks aloud before it answers: drafts, left aside."""

import re
from collections.abc import Iterator

from generation.pipeline.records import ExtractionEvent

_OPENER = re.compile(r"^\s*<(think|thinking|reasoning|scratchpad)>", re.IGNORECASE)


def thinking_in(line: str) -> tuple["Thinking", str] | None:
    """The block that the line opens, and the rest of the line."""
    found = _OPENER.match(line) if "<" in line else None
    return (Thinking(found[1]), line[found.end() :]) if found else None


class Thinking:
    def __init__(self, tag: str) -> None:
        self._closer = f"</{tag.lower()}>"
        self.is_done = False
        self.rest = ""

    def read(self, line: str) -> Iterator[ExtractionEvent]:
        _, closer, after = _partition(line, self._closer)
        if closer:
            self.is_done = True
            self.rest = after.lstrip()
        return iter(())

    def end(self) -> Iterator[ExtractionEvent]:
        return iter(())


def _partition(line: str, closer: str) -> tuple[str, str, str]:
    at = line.lower().find(closer)
    return (line, "", "") if at < 0 else (line[:at], closer, line[at + len(closer) :])
