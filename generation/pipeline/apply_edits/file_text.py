"""The text of a file as lines, so that what is not edited stays byte for byte."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

BLANKS = " \t\r\f\v"
BYTE_ORDER_MARK = "\ufeff"
MAX_PLACES = 100  # more of them help nobody

Key = Callable[[str], str]


def unchanged(line: str) -> str:
    return line


def without_trailing_blanks(line: str) -> str:
    return line.rstrip(BLANKS)


def without_blanks(line: str) -> str:
    return line.strip(BLANKS)


@dataclass(frozen=True)
class FileText:
    """`endings` are those of the lines: "\\n", "\\r\\n", or none after the last one."""

    lines: tuple[str, ...]
    endings: tuple[str, ...]
    mark: str = ""
    _cache: dict[Key, str] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def parse(cls, text: str) -> "FileText":
        mark = BYTE_ORDER_MARK if text.startswith(BYTE_ORDER_MARK) else ""
        *ended, last = text.removeprefix(mark).split("\n")
        lines = [line.removesuffix("\r") for line in ended]
        endings = ["\r\n" if line.endswith("\r") else "\n" for line in ended]
        if last:
            lines.append(last)
            endings.append("")
        return cls(tuple(lines), tuple(endings), mark)

    def __str__(self) -> str:
        pairs = zip(self.lines, self.endings, strict=True)
        return self.mark + "".join(part for pair in pairs for part in pair)

    @cached_property
    def ending(self) -> str:
        """The one that most lines have."""
        return "\r\n" if self.endings.count("\r\n") > self.endings.count("\n") else "\n"

    @property
    def ends_with_newline(self) -> bool:
        return not self.endings or bool(self.endings[-1])

    @property
    def size(self) -> int:
        """What it costs to look through it."""
        return len(self.lines) + len(self._joined(unchanged)) // 20

    @property
    def is_blank(self) -> bool:
        return not any(without_blanks(line) for line in self.lines)

    def places(self, search: Sequence[str], key: Key) -> Iterator[int]:
        """Where those lines stand, compared by what `key` makes of them: at most MAX_PLACES line indexes."""
        whole = self._joined(key)
        part = _join([key(line) for line in search])
        at = line = found = 0
        while search and found < MAX_PLACES and (place := whole.find(part, at)) >= 0:
            line += whole.count("\n", at, place)
            yield line
            line += 1
            found += 1
            at = place + 1

    def _joined(self, key: Key) -> str:
        if key not in self._cache:
            self._cache[key] = _join([key(line) for line in self.lines])
        return self._cache[key]


def _join(lines: Sequence[str]) -> str:
    return "\n".join(["", *lines, ""])
