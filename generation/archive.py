"""The files of a generation as a zip, made while it is sent."""

import zipfile
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Protocol

from accounts.zip_stream import stream_zip, zip_entry
from generation.models import File, Generation

_SCRIPTS = (".sh", ".bash", ".zsh", ".fish", ".command")
_SCRIPT_NAMES = ("gradlew", "mvnw")

# As much of the files is read at once; a larger one is read alone.
BATCH_BYTES = 1_000_000


class StoredFile(Protocol):
    @property
    def path(self) -> str: ...

    @property
    def content(self) -> str: ...


class UnsafeEntry(ValueError):
    """A path that would be written outside of the folder that a zip is unpacked into."""


def files_in_order(generation: Generation) -> Iterator[File]:
    """By the letters of their paths, whatever order the database has for them."""
    batch: list[int] = []
    size = 0
    for _, file_id, bytes_ in sorted(generation.files.values_list("path", "id", "size")):
        if batch and size + bytes_ > BATCH_BYTES:
            yield from _read(generation, batch)
            batch, size = [], 0
        batch.append(file_id)
        size += bytes_
    yield from _read(generation, batch)


def _read(generation: Generation, ids: list[int]) -> Iterator[File]:
    found = generation.files.in_bulk(ids)
    return (found[file_id] for file_id in ids if file_id in found)


def zip_files(files: Iterable[StoredFile]) -> Iterator[bytes]:
    """The files as a zip, in their order. Raises `UnsafeEntry`."""
    return stream_zip(entry_of(file) for file in files)


def entry_of(file: StoredFile, *, folder: str = "") -> tuple[zipfile.ZipInfo, Iterable[bytes]]:
    """Paths are safe since `organise_files`; this is the last look before they leave."""
    path = PurePosixPath(file.path)
    if path.is_absolute() or ".." in path.parts or str(path) != file.path or not _is_portable(file.path):
        raise UnsafeEntry(file.path)
    content = file.content.encode()
    is_script = _is_script(path, file.content)
    return zip_entry(f"{folder}{file.path}", size=len(content), executable=is_script), [content]


def _is_portable(path: str) -> bool:
    return not any(char in path for char in "\\:\0") and path not in {"", "."}


def _is_script(path: PurePosixPath, content: str) -> bool:
    return content.startswith("#!") or path.suffix.lower() in _SCRIPTS or path.name in _SCRIPT_NAMES
