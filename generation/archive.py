"""The files of a generation as a zip, made while it is sent."""

import zipfile
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any, Protocol

from generation.models import File, Generation

# The earliest time that a zip can hold: the same files give the same bytes.
EPOCH = (1980, 1, 1, 0, 0, 0)
REGULAR_FILE = 0o100000
UNIX = 3
COMPRESSION = 6
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


class _Outlet:
    """A file that can only be written to; `take` gives what was written since the last time."""

    def __init__(self) -> None:
        self._written = bytearray()

    def write(self, data: Any) -> int:
        self._written += data
        return len(data)

    def flush(self) -> None:
        pass

    def take(self) -> bytes:
        taken = bytes(self._written)
        self._written.clear()
        return taken


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


def stream_zip(files: Iterable[StoredFile]) -> Iterator[bytes]:
    """One piece a file, in the order of the files, then the directory. Raises `UnsafeEntry`.

    Every file is written by the same system at the same time, so that the bytes depend on nothing else.
    """
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
        for file in files:
            archive.writestr(_entry(file), file.content.encode(), compresslevel=COMPRESSION)
            yield outlet.take()
    yield outlet.take()


def _entry(file: StoredFile) -> zipfile.ZipInfo:
    """Paths are safe since `organise_files`; this is the last look before they leave."""
    path = PurePosixPath(file.path)
    if path.is_absolute() or ".." in path.parts or str(path) != file.path or not _is_portable(file.path):
        raise UnsafeEntry(file.path)
    entry = zipfile.ZipInfo(file.path, date_time=EPOCH)
    entry.create_system = UNIX
    entry.external_attr = (REGULAR_FILE | (0o755 if _is_script(path, file.content) else 0o644)) << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _is_portable(path: str) -> bool:
    return not any(char in path for char in "\\:\0") and path not in {"", "."}


def _is_script(path: PurePosixPath, content: str) -> bool:
    return content.startswith("#!") or path.suffix.lower() in _SCRIPTS or path.name in _SCRIPT_NAMES
