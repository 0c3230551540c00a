"""The files of a project, to be looked up by the names that other files give them."""

import posixpath
import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from generation.frameworks.languages import language_of_path
from generation.pipeline.records import ProjectFile

_STATIC = frozenset({"html", "css", "javascript", "json", "markdown", "text", "svg", "xml", None})


class Project:
    def __init__(self, files: Iterable[ProjectFile]) -> None:
        self.files = {file.path: file for file in files}
        self._declared: dict[str, dict[str, str]] = {}

    @cached_property
    def folders(self) -> frozenset[str]:
        """Every folder that holds a file, however deep; the root is the empty one."""
        return frozenset(folder for path in self.files for folder in folders_of(path))

    @cached_property
    def stems(self) -> frozenset[str]:
        """Every path without some or all of its extensions, and the folders of index files."""
        return frozenset(stem for path in self.files for stem in _stems(path))

    @cached_property
    def python_folders(self) -> frozenset[str]:
        """The folders that hold Python, however deep."""
        paths = (path for path in self.files if path.endswith((".py", ".pyi")))
        return frozenset(folder for path in paths for folder in folders_of(path))

    @cached_property
    def direct_python_folders(self) -> frozenset[str]:
        return frozenset(posixpath.dirname(path) for path in self.files if path.endswith(".py"))

    @cached_property
    def is_static(self) -> bool:
        """Is it all served as it lies there, without a build or a server of its own?"""
        languages = {language_of_path(path) for path in self.files}
        return "package.json" not in self.by_name and languages <= _STATIC

    @cached_property
    def endings(self) -> frozenset[str]:
        """Every path, seen from each of its folders: what is in here is somewhere."""
        return frozenset(ending for path in self.files for ending in _endings(path))

    @cached_property
    def endings_of_stems(self) -> frozenset[str]:
        return frozenset(ending for stem in self.stems for ending in _endings(stem))

    @cached_property
    def by_name(self) -> dict[str, str]:
        """A path for each name of a file, to be named as what may be meant."""
        return {posixpath.basename(path): path for path in reversed(self.files)}

    def declared(self, name: str, pattern: re.Pattern[str]) -> dict[str, str]:
        """What files of that name declare, and the folder in which each does."""
        if name not in self._declared:
            files = [file for path, file in self.files.items() if posixpath.basename(path) == name]
            found = ((file.path, pattern.search(file.content)) for file in files)
            self._declared[name] = {match[1]: posixpath.dirname(path) for path, match in found if match}
        return self._declared[name]


def folders_of(path: str) -> Iterator[str]:
    while path:
        path = posixpath.dirname(path)
        yield path


def beside(path: str, target: str) -> str | None:
    """Where a relative target lies, seen from a file; None outside of the project."""
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
    return None if joined == ".." or joined.startswith(("../", "/")) else joined


def _endings(path: str) -> Iterator[str]:
    while path:
        yield path
        path = path.partition("/")[2]


def _stems(path: str) -> Iterator[str]:
    yield path
    folder, name = posixpath.split(path)
    while "." in name.lstrip("."):
        name = name.rpartition(".")[0]
        yield posixpath.join(folder, name)
    if name in {"index", "mod", "main"} and folder:
        yield folder
