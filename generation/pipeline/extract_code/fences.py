"""CommonMark fences, and what models make of them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from generation.frameworks.languages import language_named, language_of_path
from generation.pipeline.extract_code.draft import Draft
from generation.pipeline.extract_code.names import Name, name_in_info
from generation.pipeline.extract_code.scanner import bare, indent_of
from generation.pipeline.records import ExtractionEvent

_OPENER = re.compile(
    r"^(?P<quote>(?:[ \t]{0,3}>[ \t]?)*)(?P<lead>[ \t]*(?:(?:[-*+•]|\d{1,3}[.)])[ \t]+)?)"
    r"(?:(?P<ticks>`{3,})(?P<info>[^`]*)|(?P<tildes>~{3,})(?P<tilde_info>.*))$"
)
MAX_QUOTES = 9
_QUOTE = re.compile(r"^[ \t]{0,3}>[ \t]?")


@dataclass(frozen=True, slots=True)
class Fence:
    mark: str
    info: str
    width: int
    quotes: int

    def inner(self, line: str) -> str:
        """The line without the fence's own indentation and quote marks."""
        for _ in range(self.quotes):
            line = _QUOTE.sub("", line, count=1)
        blank = indent_of(line[: self.width])
        return line[blank:]


def fence_in(line: str) -> Fence | None:
    """The fence that the line opens, if it does."""
    if "```" not in line and "~~~" not in line:
        return None
    found = _OPENER.match(bare(line))
    if not found:
        return None
    return Fence(
        mark=found["ticks"] or found["tildes"],
        info=(found["info"] or found["tilde_info"] or "").strip(),
        width=len(found["lead"]),
        quotes=min(found["quote"].count(">"), MAX_QUOTES),
    )


class FencedBlock:
    def __init__(self, fence: Fence, *, name: Name | None, seen: set[str], opener: str) -> None:
        language, path = name_in_info(fence.info)
        name = Name(path, sure=True) if path else name
        self._fence = fence
        self.opening = f"{fence.mark}{fence.info}"
        self._draft = Draft(name=name, language=language, seen=seen, opener=opener)
        self._is_markdown = _is_markdown(language, name)
        self._nested: list[str] = []
        self._maybe_closer: str | None = None
        self._last = ""
        self._is_first = True
        self.is_done = False
        self.rest = ""

    def read(self, line: str) -> Iterator[ExtractionEvent]:
        inner = self._fence.inner(line)
        if self._maybe_closer is not None:
            if not line.strip() or fence_in(inner):
                self.rest = line
                yield from self._close(self._maybe_closer)
                return
            self._nested.append(self._fence.mark)
            yield from self._add(self._maybe_closer)
            self._maybe_closer = None
        is_repeated_opener = (
            self._is_first and self._fence.info and bare(line).strip() == bare(self._opening())
        )
        self._is_first = False
        if not is_repeated_opener:
            yield from self._read_markdown(inner) if self._is_markdown else self._read_code(inner)

    def end(self) -> Iterator[ExtractionEvent]:
        if self._maybe_closer is not None:
            yield from self._close(self._maybe_closer)
        else:
            yield from self._draft.close(complete=False)

    def _opening(self) -> str:
        return f"{self._fence.mark}{self._fence.info}"

    def _add(self, line: str) -> Iterator[ExtractionEvent]:
        self._last = line
        yield from self._draft.add(line)

    def _close(self, closer: str) -> Iterator[ExtractionEvent]:
        self.is_done = True
        yield from self._draft.close(complete=True, closer=closer)

    def _read_code(self, line: str) -> Iterator[ExtractionEvent]:
        text = bare(line).strip()
        mark = self._fence.mark
        if not text.endswith(mark) and not text.startswith(mark):
            yield from self._add(line)
        elif _is_bare_fence(text, mark):
            yield from self._close(line)
        elif _closes_before_prose(text, mark):
            self.rest = text[len(mark) :].lstrip() + "\n"
            yield from self._close(f"{mark}\n")
        elif text.endswith(mark) and text.count(mark[0]) == len(mark):
            yield from self._add(line[: line.rindex(mark)] + "\n")
            yield from self._close(f"{mark}\n")
        else:
            yield from self._add(line)

    def _read_markdown(self, line: str) -> Iterator[ExtractionEvent]:
        """Fences inside are content; the block ends where its own closer is."""
        fence = fence_in(line)
        if fence is None or fence.mark[0] != self._fence.mark[0] or len(fence.mark) < len(self._fence.mark):
            yield from self._add(line)
        elif fence.info:
            self._nested.append(fence.mark)
            yield from self._add(line)
        elif self._nested:
            self._nested.pop()
            yield from self._add(line)
        elif indent_of(line):
            self._nested.append(fence.mark)
            yield from self._add(line)
        elif _may_open(self._last):
            self._maybe_closer = line
        else:
            yield from self._close(line)


def _is_markdown(language: str | None, name: Name | None) -> bool:
    if language and language_named(language) != "text":
        return language_named(language) == "markdown"
    return name is not None and language_of_path(name.path) == "markdown"


def _is_bare_fence(text: str, mark: str) -> bool:
    return len(text) >= len(mark) and not text.strip(mark[0])


def _closes_before_prose(text: str, mark: str) -> bool:
    """ "``` And now the styles:" is a closer; "```css" and "``` css" may be content."""
    after = text[len(mark) :]
    return text.startswith(mark) and after[:1].isspace() and len(after.split()) >= 3 and mark[0] not in after


def _may_open(line_before: str) -> bool:
    """A bare fence after a blank line or after a colon may open a block inside of the markdown."""
    text = line_before.strip()
    return not text or text.endswith(":")
