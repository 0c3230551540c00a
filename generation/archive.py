"""The files of a generation as a zip, made while it is sent."""

import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

from generation.models import File

# The earliest time that a zip can hold: the same files give the same bytes.
EPOCH = (1980, 1, 1, 0, 0, 0)


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


def stream_zip(files: Iterable[File]) -> Iterator[bytes]:
    """One piece a file, then the directory. Paths are safe since `organise_files`."""
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
        for file in files:
            entry = zipfile.ZipInfo(file.path, date_time=EPOCH)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, file.content.encode())
            yield outlet.take()
    yield outlet.take()
