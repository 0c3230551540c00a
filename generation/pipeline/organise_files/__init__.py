"""Stage 6: files as the model wrote them become files of a project, while they come in."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import PurePosixPath

from generation.frameworks import Framework
from generation.frameworks.languages import LANGUAGES, language_named, language_of_path
from generation.pipeline.organise_files.paths import UnsafePath, numbered, safe_path
from generation.pipeline.records import Check, ProjectFile, Severity

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
    parts: list[str] = field(default_factory=list)
    size: int = 0
    complete: bool = False
    is_cut_off: bool = False


class Organiser:
    """Gives each file that is opened a path of its own, and keeps what is written to it.

    A path once given stays. A file that is opened again under the same path starts anew.
    """

    def __init__(self, framework: Framework, limits: SizeLimits | None = None) -> None:
        self._framework = framework
        self._limits = limits or SizeLimits()
        self._files: dict[str, OpenFile] = {}
        self._folders: dict[str, str] = {}
        self._problems: list[Check] = []
        self._total = 0

    def open(self, path: str | None, language: str | None, *, edit: bool = False) -> OpenFile | None:
        """The file to write to; None if it is refused, which `problems` then tells.

        An edit is added to an earlier edit of the same file, so that none of them is lost.
        """
        language = (language_named(language) or language.strip().lower()) if language else None
        try:
            wanted = safe_path(path or "")
        except UnsafePath as error:
            self._report("unsafe_path", "", f"A file named {path!r:.200} is left out: {error}.")
            return None
        if len(self._files) >= self._limits.files and wanted.casefold() not in self._files:
            self._report_once("too_many_files", "", f"Only {self._limits.files} files are kept.")
            return None
        own_path = self._named(wanted) if wanted else self._unnamed(language)
        key = own_path.casefold()
        if path and own_path != path:
            self._report("path_repaired", own_path, f"The model named this file {path!r:.200}.", "info")
        return self._start(key, own_path, language, edit=edit)

    def write(self, file: OpenFile, text: str) -> str:
        """Adds to the file; returns what of the text was kept."""
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

    def files(self) -> tuple[ProjectFile, ...]:
        """All files, in the order in which they were first opened."""
        return tuple(
            ProjectFile(
                path=file.path, language=file.language, content="".join(file.parts), complete=file.complete
            )
            for file in self._files.values()
        )

    @property
    def has_usable_file(self) -> bool:
        """Is there any file with more than blanks in it?"""
        return any(part.strip() for file in self._files.values() for part in file.parts)

    def problems(self) -> tuple[Check, ...]:
        return tuple(self._problems)

    def _start(self, key: str, path: str, language: str | None, *, edit: bool) -> OpenFile:
        earlier = self._files.get(key)
        if earlier and edit:
            return earlier
        file = OpenFile(path=path, language=language_of_path(path) or language or "text")
        if earlier:
            self._total -= earlier.size
        for folder in _folders_of(path):
            self._folders.setdefault(folder.casefold(), folder)
        self._files[key] = file
        return file

    def _named(self, path: str) -> str:
        """The safe path, in the spelling of the folders that are there already, without a clash."""
        wanted = PurePosixPath(path)
        folder = ""
        for segment in wanted.parts[:-1]:
            inner = f"{folder}{segment}"
            inner = self._folders.get(inner.casefold(), inner)
            if inner.casefold() in self._files:
                inner = self._free(inner)
            folder = f"{inner}/"
        own_path = f"{folder}{wanted.name}"
        there = self._files.get(own_path.casefold())
        if there and there.path == own_path:
            return own_path
        return self._free(own_path) if self._is_taken(own_path) else own_path

    def _unnamed(self, language: str | None) -> str:
        return self._free(_conventional_name(self._framework, language))

    def _free(self, path: str) -> str:
        candidates = (numbered(path, number) for number in count(2))
        return path if not self._is_taken(path) else next(c for c in candidates if not self._is_taken(c))

    def _is_taken(self, path: str) -> bool:
        key = path.casefold()
        return key in self._files or key in self._folders

    def _report(self, rule: str, path: str, message: str, severity: Severity = "error") -> None:
        if len(self._problems) < MAX_PROBLEMS:
            self._problems.append(
                Check(tool="files", rule=rule, severity=severity, path=path, line=None, message=message)
            )

    def _report_once(self, rule: str, path: str, message: str) -> None:
        if not any(problem.rule == rule and problem.path == path for problem in self._problems):
            self._report(rule, path, message)


def _folders_of(path: str) -> Iterator[str]:
    return (str(parent) for parent in PurePosixPath(path).parents if str(parent) != ".")


def _conventional_name(framework: Framework, language: str | None) -> str:
    if language is None:
        language = framework.language
    if name := framework.files.get(language):
        return name
    known = LANGUAGES.get(language)
    return known.file if known else "notes.txt"
