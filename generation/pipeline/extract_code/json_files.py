"""Files inside JSON: `{"files": [{"path", "content"}]}`, `{"a.py": "…"}`, an agent's write command, and their like.

A file opens when its path is known and its content begins; content that comes before its path is held.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from generation.pipeline.extract_code.json_tokens import JsonTokens, Token
from generation.pipeline.extract_code.paths import MAX_PATH, clean_path, could_be_name, could_be_path, is_path
from generation.pipeline.extract_code.paths_seen import PathsSeen
from generation.pipeline.records import (
    ExtractionEvent,
    FileClosed,
    FileDelta,
    FileOpened,
    MessageDelta,
    ProblemFound,
)

Role = Literal["key", "path", "name", "content", "body", "entry", "message", "encoded", "other"]

# What a key says of its text; keys are compared in lower case, without "_" and "-". A "name" may be a path and a
# "body" the content, when the object has nothing better; "encoded" is JSON in a string.
_ROLES: dict[str, Role] = {
    **dict.fromkeys("path filepath filename file relativepath targetfile".split(), "path"),
    **dict.fromkeys("name title".split(), "name"),
    **dict.fromkeys(
        "content contents code filecontent filecontents filetext newcontent text".split(), "content"
    ),
    **dict.fromkeys("body source value data".split(), "body"),
    **dict.fromkeys("message explanation summary".split(), "message"),
    **dict.fromkeys("arguments input parameters".split(), "encoded"),
}
# Objects under these keys have paths as keys.
_FOLDERS = frozenset("files sources codefiles project filecontents".split())


@dataclass(slots=True)
class _Object:
    """An object that is open, or a list: what it has told of a file so far."""

    is_folder: bool = False
    key: str = ""
    path: str | None = None
    name: str | None = None
    content: list[str] | None = None
    body: list[str] | None = None
    is_done: bool = False


@dataclass(slots=True)
class _String:
    """The string that is open, for the object that it stands in. `is_told` when it goes straight to a file."""

    role: Role
    of: _Object = field(default_factory=_Object)
    parts: list[str] = field(default_factory=list)
    is_told: bool = False


class JsonFiles:
    """Nothing of a JSON is told before it has `found` a file in it."""

    def __init__(self, seen: PathsSeen, *, may_be_encoded: bool = True) -> None:
        self._tokens = JsonTokens()
        self._seen = seen
        self._objects: list[_Object] = []
        self._string = _String("other")
        self._messages: list[str] = []
        self._inner = JsonFiles(seen, may_be_encoded=False) if may_be_encoded else None
        self.found = False

    @property
    def is_over(self) -> bool:
        """No more of it can be JSON: `rest` was not read."""
        return self._tokens.is_over or self._tokens.is_broken

    @property
    def rest(self) -> str:
        return self._tokens.rest

    def feed(self, piece: str) -> Iterator[ExtractionEvent]:
        for token in self._tokens.feed(piece):
            yield from self._take(token)

    def end(self) -> Iterator[ExtractionEvent]:
        """No more will come. What is open is kept as far as it came."""
        string = self._string
        if string.is_told:
            yield FileClosed(complete=False)
        elif self.found and string.role == "content":
            yield from self._file(string.of.path, string.parts, complete=False)
        if self.found and (self._tokens.is_inside or self._tokens.is_broken):
            rule = "broken_json" if self._tokens.is_broken else "truncated_json"
            yield ProblemFound(
                rule=rule, path=None, message="The JSON with the files in it does not come to its end."
            )

    def _take(self, token: Token) -> Iterator[ExtractionEvent]:
        kind, text = token
        if kind == "text":
            yield from self._more(text)
        elif kind == "end":
            yield from self._end_string()
        elif kind in ("key", "value"):
            yield from self._begin_string(is_key=kind == "key")
        elif kind in ("{", "["):
            self._objects.append(self._opened(is_object=kind == "{"))
        else:
            yield from self._end_object(self._objects.pop())

    def _opened(self, *, is_object: bool) -> _Object:
        parent = self._objects[-1] if self._objects else _Object()
        path = _as_path(parent.key) if is_object else None
        return _Object(is_folder=_plain(parent.key) in _FOLDERS, path=path)

    def _begin_string(self, *, is_key: bool) -> Iterator[ExtractionEvent]:
        of = self._objects[-1]
        role: Role = "key" if is_key else self._role_in(of)
        self._string = string = _String(role, of)
        if is_key:
            of.key = ""
        elif role == "content" and (path := of.path or of.name):
            yield from self._begin_file(string, path)
        elif role == "entry" and of.is_folder:
            yield from self._begin_file(string, clean_path(of.key))

    def _role_in(self, of: _Object) -> Role:
        role = _ROLES.get(_plain(of.key), "other")
        if role == "message" and len(self._objects) > 1:
            return "other"
        if role == "content" and (of.is_done or of.content is not None):
            return "other"
        is_entry = role == "other" and (_as_path(of.key) or (of.is_folder and could_be_name(of.key)))
        return "entry" if is_entry else role

    def _more(self, text: str) -> Iterator[ExtractionEvent]:
        string = self._string
        if string.is_told:
            yield FileDelta(text=text)
        elif string.role == "key":
            string.of.key = (string.of.key + text)[: MAX_PATH + 1]
        elif string.role == "encoded" and self._inner:
            yield from self._inner.feed(text)
        elif string.role != "other":
            string.parts.append(text)
            if string.role == "entry" and "\n" in text:
                yield from self._begin_file(string, clean_path(string.of.key))

    def _end_string(self) -> Iterator[ExtractionEvent]:
        string, self._string = self._string, _String("other")
        of, text = string.of, "".join(string.parts)
        match string.role:
            case _ if string.is_told:
                yield FileClosed(complete=True)
            case "path":
                of.path = _as_path(text, is_certain=True) or of.path
            case "name":
                of.name = _as_path(text)
            case "content":
                of.content = string.parts
            case "body":
                of.body = string.parts
            case "entry" if "/" in of.key and not _as_path(text) and "://" not in text:
                yield from self._file(clean_path(of.key), string.parts)
            case "message":
                yield from self._message(text)
            case "encoded" if self._inner:
                yield from self._inner.end()
                self.found = self.found or self._inner.found
                self._inner = JsonFiles(self._seen, may_be_encoded=False)
        if string.role == "path" and of.path and of.content is not None and not of.is_done:
            yield from self._file(of.path, of.content)
            of.is_done = True

    def _end_object(self, of: _Object) -> Iterator[ExtractionEvent]:
        """Now nothing better will come than what there is."""
        path, content = of.path or of.name, of.content if of.content is not None else of.body
        if path and content is not None and not of.is_done:
            yield from self._file(path, content)

    def _begin_file(self, string: _String, path: str) -> Iterator[ExtractionEvent]:
        string.is_told = string.of.is_done = True
        yield from self._open(path)
        for text in string.parts:
            yield FileDelta(text=text)
        string.parts = []

    def _file(
        self, path: str | None, parts: list[str], *, complete: bool = True
    ) -> Iterator[ExtractionEvent]:
        yield from self._open(path)
        yield FileDelta(text="".join(parts))
        yield FileClosed(complete=complete)

    def _open(self, path: str | None) -> Iterator[ExtractionEvent]:
        if not self.found:
            self.found = True
            yield from (MessageDelta(text=message) for message in self._messages)
            self._messages = []
        if path:
            self._seen.add(path)
        yield FileOpened(path=path, language=None, format="json")

    def _message(self, text: str) -> Iterator[ExtractionEvent]:
        """What the answer says beside its files."""
        if self.found:
            yield MessageDelta(text=f"{text}\n")
        else:
            self._messages.append(f"{text}\n")


def _plain(key: str) -> str:
    return key.lower().replace("_", "").replace("-", "")


def _as_path(text: str, *, is_certain: bool = False) -> str | None:
    """`is_certain`: only a path can stand there, and anything that could be one will do."""
    path = clean_path(text)
    is_one = is_path(path) or (is_certain and could_be_path(path) and not path.endswith("/"))
    return path if is_one else None
