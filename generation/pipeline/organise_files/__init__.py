"""Stage 6: files as the model wrote them become files of a project, while they come in."""

import re
from copy import copy
from dataclasses import dataclass, field
from itertools import count

from generation.frameworks import Framework
from generation.frameworks.languages import language_named, language_of_path
from generation.pipeline.organise_files.content import LineEnds, storable
from generation.pipeline.organise_files.look_ahead import LookAhead
from generation.pipeline.organise_files.naming import name_for
from generation.pipeline.organise_files.paths import UnsafePath, key_of, numbered, safe_path
from generation.pipeline.records import Check, ProjectFile, Severity

__all__ = ["LookAhead", "OpenFile", "Organiser", "SizeLimits"]

_LANGUAGE = re.compile(r"[\w.+#-]{1,40}")
MAX_PROBLEMS = 100  # a hostile answer has no end of them


@dataclass(frozen=True, kw_only=True, slots=True)
class SizeLimits:
    """Sizes are in bytes of UTF-8."""

    files: int = 500
    file_bytes: int = 2_000_000
    total_bytes: int = 10_000_000


@dataclass(kw_only=True, slots=True)
class OpenFile:
    """A file that is being written, or was. `path` is safe and its own."""

    path: str
    language: str
    line_ends: LineEnds
    parts: list[str] = field(default_factory=list)
    size: int = 0
    complete: bool = False
    is_cut_off: bool = False

    def as_written(self) -> ProjectFile:
        content = "".join(self.parts)
        return ProjectFile(path=self.path, language=self.language, content=content, complete=self.complete)


class Organiser:
    """Gives each file that is opened a path of its own, and keeps what is written to it.

    A path once given stays. A file that is opened again under the same path starts anew.
    """

    def __init__(self, framework: Framework, limits: SizeLimits | None = None) -> None:
        self._framework = framework
        self._limits = limits or SizeLimits()
        # By `key_of` their paths; the folders also by the paths that were asked for.
        self._files: dict[str, OpenFile] = {}
        self._folders: dict[str, str] = {}
        self._given: dict[str, str] = {}
        self._problems: list[Check] = []
        self._total = 0

    def open(
        self, path: str | None, language: str | None, *, edit: bool = False, head: str = ""
    ) -> OpenFile | None:
        """The file to write to; None if it is refused, which `problems` then tells.

        An edit is added to an earlier edit of the same file, so that none of them is lost. A file
        without a path is named by its `head`, the first lines of what will be written to it.
        """
        language = _known(language)
        try:
            wanted = safe_path(path or "")
        except UnsafePath as error:
            self._report("unsafe_path", "", f"A file named {path!r:.200} is left out: {error}.")
            return None
        if len(self._files) >= self._limits.files and not self._is_there(wanted):
            self._report_once("too_many_files", "", f"Only {self._limits.files} files are kept.")
            return None
        own_path = self._named(wanted) if wanted else self._unnamed(head, language)
        if path and own_path != path:
            self._report("path_repaired", own_path, f"The model named this file {path!r:.200}.", "info")
        return self._start(own_path, language, edit=edit)

    def write(self, file: OpenFile, text: str) -> str:
        """Adds to the file; returns what of the text was kept, with the file's own line ends."""
        text = file.line_ends.feed(storable(text))
        size = len(text) if text.isascii() else len(text.encode())
        room = min(self._limits.file_bytes - file.size, self._limits.total_bytes - self._total)
        if size > room:
            text = text.encode()[: max(room, 0)].decode(errors="ignore")
            size = len(text.encode())
            file.is_cut_off = True
            self._report_once("too_large", file.path, "The file is cut off at the limit of size.")
        file.parts.append(text)
        file.size += size
        self._total += size
        return text

    def close(self, file: OpenFile, *, complete: bool) -> None:
        file.complete = complete and not file.is_cut_off
        if file.line_ends.changed:
            self._report_once("line_ends", file.path, "Its line ends were CRLF; they are LF now.", "info")

    def remove(self, path: str) -> bool:
        """Forget the file, as if it had never been opened. False when there is none."""
        try:
            file = self._files.pop(key_of(self._given.get(path) or safe_path(path)), None)
        except UnsafePath:
            return False
        if file is not None:
            self._total -= file.size
        return file is not None

    def copy(self) -> "Organiser":
        """As it is now, for a time when none of its files is being written."""
        twin = copy(self)
        twin._files, twin._folders = dict(self._files), dict(self._folders)
        twin._given, twin._problems = dict(self._given), list(self._problems)
        return twin

    def files(self) -> tuple[ProjectFile, ...]:
        """All files, in the order in which they were first opened."""
        return tuple(file.as_written() for file in self._files.values())

    @property
    def has_usable_file(self) -> bool:
        """Is there any file with more than blanks in it?"""
        return any(part.strip() for file in self._files.values() for part in file.parts)

    def problems(self) -> tuple[Check, ...]:
        return tuple(self._problems)

    def _start(self, path: str, language: str | None, *, edit: bool) -> OpenFile:
        earlier = self._files.get(key_of(path))
        if earlier and edit:
            return earlier
        language = language_of_path(path) or language or "text"
        file = OpenFile(path=path, language=language, line_ends=LineEnds(path))
        if earlier:
            self._total -= earlier.size
        self._files[key_of(path)] = file
        return file

    def _is_there(self, wanted: str) -> bool:
        there = self._files.get(key_of(wanted))
        return wanted in self._given or (there is not None and there.path == wanted)

    def _named(self, wanted: str) -> str:
        """The path that was given to this one before, or one of its own without a clash."""
        if wanted not in self._given:
            own_path = self._placed(wanted)
            there = self._files.get(key_of(own_path))
            is_same = there is not None and there.path == own_path
            self._given[wanted] = own_path if is_same else self._free(own_path)
        return self._given[wanted]

    def _unnamed(self, head: str, language: str | None) -> str:
        try:
            wanted = safe_path(name_for(head, language, self._framework))
        except UnsafePath:
            wanted = ""
        return self._free(self._placed(wanted or "notes.txt"))

    def _placed(self, path: str) -> str:
        """The path below its folders as they are spelled already, and not below a file."""
        folder, _, name = path.rpartition("/")
        return f"{self._folder(folder)}/{name}" if folder else name

    def _folder(self, path: str) -> str:
        key = key_of(path)
        if key not in self._folders:
            placed = self._placed(path)
            own_path = placed if key_of(placed) not in self._files else self._free(placed)
            self._folders[key] = self._folders[key_of(own_path)] = own_path
        return self._folders[key]

    def _free(self, path: str) -> str:
        candidates = (numbered(path, number) for number in count(2))
        return path if not self._is_taken(path) else next(c for c in candidates if not self._is_taken(c))

    def _is_taken(self, path: str) -> bool:
        key = key_of(path)
        return key in self._files or key in self._folders

    def _report(self, rule: str, path: str, message: str, severity: Severity = "error") -> None:
        if len(self._problems) < MAX_PROBLEMS:
            self._problems.append(
                Check(tool="files", rule=rule, severity=severity, path=path, line=None, message=message)
            )

    def _report_once(self, rule: str, path: str, message: str, severity: Severity = "error") -> None:
        if not any(problem.rule == rule and problem.path == path for problem in self._problems):
            self._report(rule, path, message, severity)


def _known(language: str | None) -> str | None:
    """The slug of a language, or the word that the model has for one that has none here."""
    word = (language or "").strip().lower()
    return language_named(word) or (word if _LANGUAGE.fullmatch(word) else None)
