"""The text between blocks: told to the reader, and asked for the name of what follows."""

from collections.abc import Iterator

from generation.pipeline.extract_code.names import MAX_LABEL_CHARS, Name, is_section, label, name_above
from generation.pipeline.extract_code.paths import paths_in
from generation.pipeline.records import MessageDelta


class Prose:
    """Holds back a line that is only a label, until it is seen whether a block follows it."""

    def __init__(self) -> None:
        self._held = ""
        self._nearest = ""
        self._section = ""
        self._is_first = True

    @property
    def is_at_start(self) -> bool:
        """Nothing has been said yet but perhaps a label."""
        return self._is_first

    @property
    def nearest(self) -> str:
        """The last line that is not blank, since the last block."""
        return self._nearest

    def read(self, line: str) -> Iterator[MessageDelta]:
        if not line.strip():
            if self._held:
                self._held += line
            else:
                yield MessageDelta(text=line)
            return
        self._is_first = self._is_first and not self._nearest and bool(label(line))
        yield from self.end()
        self._nearest = line
        if line.startswith("#") or is_section(line):
            self._section = line if is_section(line) else ""
        if label(line):
            self._held = line
        else:
            yield MessageDelta(text=line)

    def name(self) -> Name | None:
        """The name that the nearest line gives to the block which opens now, or else its section."""
        if found := name_above(self._nearest):
            return found
        section = label(self._section) if self._section else None
        return (
            Name(section, sure=False) if section and not paths_in(self._nearest[:MAX_LABEL_CHARS]) else None
        )

    def take_label(self) -> str:
        """The label that the block takes over; it is not told as prose."""
        held, self._held = self._held, ""
        self._nearest, self._section, self._is_first = "", "", False
        return held

    def end(self) -> Iterator[MessageDelta]:
        if self._held:
            yield MessageDelta(text=self._held)
        self._held = ""
