"""A block between its opening and the moment when it is known to be a file, and under which name."""

from collections.abc import Iterator

from generation.frameworks.languages import language_named
from generation.pipeline.extract_code import names
from generation.pipeline.extract_code.edits import (
    Transform,
    is_search,
    makes_new_file,
    path_of_diff,
    starts_diff,
)
from generation.pipeline.extract_code.json_files import files_in_json
from generation.pipeline.extract_code.kinds import is_file, needs_judging
from generation.pipeline.extract_code.names import Name
from generation.pipeline.extract_code.scanner import bare
from generation.pipeline.records import ExtractionEvent, FileClosed, FileDelta, FileOpened, MessageDelta

# First lines before which no comment can stand; the name may be on the line after.
_PREAMBLES = ("<?php", "#!", "<!doctype", "<?xml", "'use ", '"use ', "@echo off", "# -*-", "syntax =")
_HEADER_LINES = 4  # "diff --git", "new file mode" or "index", "---", "+++"


class Draft:
    """Holds lines back only until the block can be judged, then lets each through.

    `seen` are the paths of the answer so far: a sentence names a file only the first time.
    """

    def __init__(self, *, name: Name | None, language: str | None, seen: set[str], opener: str = "") -> None:
        self._name = name
        self._language = language or None
        self._seen = seen
        self._opener = opener
        self._held: list[str] = []
        self._is_open = False
        self._waits = False
        self._transform: Transform | None = None

    def add(self, line: str) -> Iterator[ExtractionEvent]:
        if self._is_open:
            yield from self._content(line)
            return
        self._held.append(line)
        if self._waits or not self._head_is_read():
            return
        self._waits = self._waits_for_the_end()
        if not self._waits:
            yield from self._open()

    def close(self, *, complete: bool, closer: str = "") -> Iterator[ExtractionEvent]:
        if not self._is_open:
            text = "".join(self._held)
            if files := self._files_inside(text):
                yield from _whole_files(files, complete=complete)
                return
            if not self._is_file(text):
                yield MessageDelta(text=f"{self._opener}{text}{closer}")
                return
            yield from self._open()
        yield FileClosed(complete=complete)

    def _open(self) -> Iterator[ExtractionEvent]:
        self._is_open = True
        path = self._path()
        head = self._head()
        edit = bool(head) and (is_search(head[0]) or starts_diff(head[0]))
        self._transform = makes_new_file(head) if edit else None
        if path:
            self._seen.add(path)
        yield FileOpened(path=path, language=self._language, edit=edit and self._transform is None)
        for line in self._held:
            yield from self._content(line)
        self._held = []

    def _content(self, line: str) -> Iterator[ExtractionEvent]:
        text = self._transform(line) if self._transform else line
        if text:
            yield FileDelta(text=text)

    def _head(self) -> list[str]:
        return [line for line in self._held[:50] if line.strip()][:_HEADER_LINES]

    def _head_is_read(self) -> bool:
        head = self._head()
        if not head:
            return len(self._held) >= 50
        first = head[0]
        if starts_diff(first):
            return len(head) == _HEADER_LINES
        unfinished = first.strip().lower().startswith(_PREAMBLES) or is_search(first) or names.label(first)
        return len(head) >= (2 if unfinished else 1)

    def _waits_for_the_end(self) -> bool:
        if self._path() is not None:
            return False
        return needs_judging(self._language) or language_named(self._language or "") == "json"

    def _path(self) -> str | None:
        """The name by all that is known: a label, the first line, a sentence above."""
        inside = self._path_inside()
        above = self._name
        if above is None or (not above.sure and inside):
            return inside
        if not names.agree(above.path, self._language) and (not above.sure or needs_judging(self._language)):
            return inside
        if not above.sure and above.path in self._seen:
            return inside
        return (names.fuller(above.path, inside) if inside else None) or above.path

    def _path_inside(self) -> str | None:
        head = self._head()
        if not head:
            return None
        if starts_diff(head[0]):
            return path_of_diff(head)
        if len(head) > 1 and is_search(head[1]) and (path := names.label(head[0])):
            return self._take_label(head[0], path)
        if len(head) > 1 and (path := names.bare_name(head[0], self._language)):
            return self._take_label(head[0], path)
        second = head[1:2] if head[0].strip().lower().startswith(_PREAMBLES) else []
        found = (names.comment(bare(line), self._language) for line in [head[0], *second])
        return next((path for path in found if path), None)

    def _take_label(self, line: str, path: str) -> str:
        """The line is the file's name and not of its content."""
        del self._held[: self._held.index(line) + 1]
        self._name = Name(path, sure=True)
        return path

    def _is_file(self, text: str) -> bool:
        if self._path() is not None:
            return True
        return bool(text.strip()) and (not needs_judging(self._language) or is_file(self._language, text))

    def _files_inside(self, text: str) -> list[tuple[str, str]]:
        if self._path() is not None or not text.lstrip().startswith(("{", "[")):
            return []
        return files_in_json(text)


def _whole_files(files: list[tuple[str, str]], *, complete: bool) -> Iterator[ExtractionEvent]:
    for path, content in files:
        yield FileOpened(path=path, language=None)
        yield FileDelta(text=content)
        yield FileClosed(complete=complete)
