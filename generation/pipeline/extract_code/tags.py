"""Files in elements: `<file path=…>`, `<boltAction type="file" filePath=…>`, `<dyad-write path=…>`, …"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from generation.pipeline.extract_code.draft import Draft
from generation.pipeline.extract_code.fences import fence_in
from generation.pipeline.extract_code.names import Name
from generation.pipeline.extract_code.paths import clean_path, is_path
from generation.pipeline.extract_code.scanner import bare
from generation.pipeline.records import ExtractionEvent, MessageDelta

# Each element that holds a file, and the attributes that may name it.
_NAMED_BY = {
    "file": ("path", "name", "filepath", "file_path", "filename"),
    "boltaction": ("filepath",),
    "dyad-write": ("path",),
    "lov-write": ("file_path",),
    "antartifact": ("title",),
}
# Elements that only wrap others: they are not worth telling.
_WRAPPERS = re.compile(r"^\s*(?:</?(?:boltArtifact|lov-code|files|project)\b[^<>]*>\s*)+$", re.IGNORECASE)
_OPENER = re.compile(
    r"^(?:\s*<[\w-]+[^<>]*>)*?\s*<(file|boltAction|dyad-write|lov-write|antArtifact)\b((?:\"[^\"]*\"|'[^']*'|[^<>\"'])*)(?<!/)>",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"([\w-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")


@dataclass(frozen=True, slots=True)
class Element:
    """An opening tag. `path` is None for an artifact with a title that is no path."""

    tag: str
    path: str | None
    language: str | None
    is_file: bool
    rest: str


def is_wrapper(line: str) -> bool:
    return "<" in line and bool(_WRAPPERS.match(bare(line)))


def element_in(line: str) -> Element | None:
    """The element that the line opens, if it is one that may hold a file."""
    if "<" not in line or not (found := _OPENER.match(line)):
        return None
    tag = found[1].lower()
    attributes = {a[1].lower(): a[2] if a[2] is not None else a[3] for a in _ATTRIBUTE.finditer(found[2])}
    named = next((attributes[key] for key in _NAMED_BY[tag] if key in attributes), None)
    path = clean_path(named) if named else None
    if tag == "antartifact":
        path = path if path and is_path(path) else None
    elif tag == "file" and path is None:
        return None
    is_file = tag == "antartifact" or (path is not None and attributes.get("type", "file") == "file")
    return Element(found[1], path, attributes.get("language"), is_file, line[found.end() :])


class ElementBlock:
    def __init__(self, element: Element, *, seen: set[str]) -> None:
        name = Name(element.path, sure=True) if element.path else None
        self._closer = re.compile(rf"</{element.tag}\s*>", re.IGNORECASE)
        self._draft = Draft(name=name, language=element.language or ("" if name else "code"), seen=seen)
        self._is_file = element.is_file
        self._is_fenced = False
        self._is_begun = False
        self._held_fence = ""
        self.is_done = False
        self.rest = ""

    def read(self, line: str) -> Iterator[ExtractionEvent]:
        closer = self._closer.search(line) if "</" in line else None
        if closer is None:
            yield from self._content(line)
            return
        self.is_done = True
        self.rest = line[closer.end() :].lstrip(" \t\r\n")
        if last := line[: closer.start()].rstrip(" \t"):
            yield from self._content(last)
        yield from self._end(complete=True)

    def end(self) -> Iterator[ExtractionEvent]:
        yield from self._end(complete=False)

    def _content(self, line: str) -> Iterator[ExtractionEvent]:
        if not self._is_file:
            yield MessageDelta(text=line)
            return
        if not self._is_begun:
            self._is_begun = bool(line.strip())
            if not self._is_begun:
                return
            if fence_in(line):
                self._is_fenced = True
                return
        yield from self._fenced_content(line) if self._is_fenced else self._draft.add(line)

    def _fenced_content(self, line: str) -> Iterator[ExtractionEvent]:
        """A fence just inside is packaging: the closer is held until it is known to be the last."""
        if self._held_fence and line.strip():
            yield from self._draft.add(self._held_fence)
            self._held_fence = ""
        if not line.strip("`~ \t\r\n") and line.strip():
            self._held_fence = line
        elif not (self._held_fence and not line.strip()):
            yield from self._draft.add(line)

    def _end(self, *, complete: bool) -> Iterator[ExtractionEvent]:
        if self._is_file:
            yield from self._draft.close(complete=complete)
