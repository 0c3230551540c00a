"""What stands in an element that holds a file."""

import re
from collections.abc import Iterator
from dataclasses import replace

from generation.pipeline.extract_code.draft import Draft, Setting
from generation.pipeline.extract_code.elements import MAX_TAG, Element, element_in
from generation.pipeline.extract_code.fences import fence_in
from generation.pipeline.extract_code.names import Name
from generation.pipeline.extract_code.paths import clean_path, could_be_path
from generation.pipeline.extract_code.paths_seen import PathsSeen
from generation.pipeline.extract_code.source import Source, bare
from generation.pipeline.records import ExtractionEvent, MessageDelta

_NAMING_CHILD = re.compile(r"\s*<(path|file_?path|file_?name|name)>([^<>]*)</\1>\s*", re.IGNORECASE)
_CONTENT_CHILD = re.compile(r"\s*<(content|contents|code|file_content)>", re.IGNORECASE)
_OTHER_CHILD = re.compile(r"\s*<[\w-]+>[^<>]*</[\w-]+>\s*")
_BEHIND_TEXT = ('"', "'", "`", ")", ";", ",", "\\", "|")
_CDATA, _END_OF_CDATA = "<![CDATA[", "]]>"


class ElementBlock:
    """Its content runs to the closing tag. A fence or CDATA just inside is packaging."""

    refused = ""

    def __init__(self, element: Element, *, seen: PathsSeen) -> None:
        name = Name(element.path, "info") if element.path else None
        self._closer = f"</{element.tag}>"
        self._draft = Draft(
            Setting(format="element", seen=seen, name=name, language=element.language, is_file=True)
        )
        self._is_file = element.is_file
        self._package = ""
        self._is_begun = False
        self._held = ""
        self.is_done = False

    @property
    def holds_file(self) -> bool:
        return self._is_file

    def read(self, source: Source) -> Iterator[ExtractionEvent]:
        while not self.is_done:
            if self._takes_text and (text := source.lines_before(self._closer)):
                yield from self._draft.add(text)
            line = source.line()
            if line is None:
                return
            at = _end_in(line, self._closer)
            if at is None:
                yield from self._read_line(line)
            else:
                after = line[at + len(self._closer) :].lstrip()
                if after:
                    source.give_back(len(after), as_line=True)
                yield from self._close(line[:at])

    def end(self) -> Iterator[ExtractionEvent]:
        if self._is_file:
            yield from self._draft.close(complete=False)

    @property
    def _takes_text(self) -> bool:
        return self._is_file and self._is_begun and not self._package and self._draft.takes_text

    def _close(self, last: str) -> Iterator[ExtractionEvent]:
        self.is_done = True
        last = last.rstrip(" \t")
        if self._package == _END_OF_CDATA:
            last = last.removesuffix(_END_OF_CDATA)
        if last:
            yield from self._read_line(last)
        if self._is_file:
            yield from self._draft.close(complete=True)

    def _read_line(self, line: str) -> Iterator[ExtractionEvent]:
        if not self._is_file:
            yield MessageDelta(text=line)
        elif self._is_begun:
            yield from self._read_content(line)
        elif line.strip():
            self._is_begun = True
            yield from self._read_first(line)

    def _read_first(self, line: str) -> Iterator[ExtractionEvent]:
        fence, text = fence_in(line), line.lstrip()
        if fence:
            self._package = fence.mark
        elif text.startswith(_CDATA):
            self._package = _END_OF_CDATA
            if (rest := text.removeprefix(_CDATA)).strip():
                yield from self._read_content(rest)
        else:
            yield from self._draft.add(line)

    def _read_content(self, line: str) -> Iterator[ExtractionEvent]:
        """The end of the packaging is held until it is known to be the last line."""
        if self._held and line.strip():
            yield from self._draft.add(self._held)
            self._held = ""
        if self._package and line.strip() == self._package:
            self._held = line
        elif not self._held:
            yield from self._draft.add(line)


class ElementHead:
    """A tag that goes on in the next line, or an element whose path and content are its children."""

    def __init__(self, opener: str, element: Element | None, *, seen: PathsSeen) -> None:
        self._raw = [opener]
        self._element = element
        self._seen = seen
        self._block: ElementBlock | None = None
        self.is_done = False
        self.refused = ""

    @property
    def holds_file(self) -> bool:
        return self._block is not None and self._block.holds_file

    def read(self, source: Source) -> Iterator[ExtractionEvent]:
        while not self._block and not self.is_done:
            line = source.line()
            if line is None:
                return
            self._raw.append(line)
            if self._element:
                self._read_child(line, self._element, source)
            elif ">" in line:
                self._read_tag(line, source)
            if sum(map(len, self._raw)) > MAX_TAG and not self._block:
                self._refuse()
        if self._block:
            yield from self._block.read(source)
            self.is_done = self._block.is_done

    def end(self) -> Iterator[ExtractionEvent]:
        if self._block:
            yield from self._block.end()
        else:
            self._refuse()

    def _read_tag(self, line: str, source: Source) -> None:
        tag = " ".join(part.rstrip("\r\n") for part in self._raw)
        element = element_in(tag)
        if element and element.path and not tag[: element.start].strip():
            self._begin(element, tag[element.end :], line, source)
        else:
            self._refuse()

    def _read_child(self, line: str, element: Element, source: Source) -> None:
        if naming := _NAMING_CHILD.fullmatch(line):
            path = clean_path(naming[2])
            self._element = replace(element, path=path if could_be_path(path) else None)
        elif content := _CONTENT_CHILD.match(line):
            self._begin(replace(element, tag=content[1]), line[content.end() :], line, source)
        elif line.strip() and not _OTHER_CHILD.fullmatch(line):
            self._refuse()

    def _begin(self, element: Element, rest: str, line: str, source: Source) -> None:
        if rest.strip():
            source.give_back(len(rest.rstrip("\r\n")) + len(line) - len(bare(line)))
        self._block = ElementBlock(element, seen=self._seen)

    def _refuse(self) -> None:
        self.is_done = True
        self.refused = "".join(self._raw)


def _end_in(line: str, closer: str) -> int | None:
    """Where the closing tag stands. What ends a string or a call behind it makes it content."""
    at = line.find(closer)
    return None if at < 0 or line.startswith(_BEHIND_TEXT, at + len(closer)) else at
