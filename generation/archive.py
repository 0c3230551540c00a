"""The files of a generation as a zip, made while it is sent."""

import zipfile
from collections.abc import Iterable, Iterator

from accounts.zip_stream import stream_zip, zip_entry
from generation.models import File


def zip_files(files: Iterable[File]) -> Iterator[bytes]:
    """One piece a file, then the directory. Paths are safe since `organise_files`."""
    return stream_zip(entry_of(file, path=file.path) for file in files)


def entry_of(file: File, *, path: str) -> tuple[zipfile.ZipInfo, Iterable[bytes]]:
    content = file.content.encode()
    return zip_entry(path, size=len(content)), [content]
