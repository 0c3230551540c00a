"""Zip archives that are made while they are sent."""

import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

# The earliest time that a zip can hold: the same content gives the same bytes.
EPOCH = (1980, 1, 1, 0, 0, 0)
REGULAR_FILE = 0o100000
UNIX = 3
UNKNOWN = -1


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


def zip_entry(
    path: str, *, size: int = UNKNOWN, compressed: bool = True, executable: bool = False
) -> zipfile.ZipInfo:
    """`size` in bytes, where it is known: without it the entry is one that may be larger than 4 GiB."""
    entry = zipfile.ZipInfo(path, date_time=EPOCH)
    entry.file_size = size
    entry.create_system = UNIX
    entry.external_attr = (REGULAR_FILE | (0o755 if executable else 0o644)) << 16
    entry.compress_type = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
    return entry


def stream_zip(entries: Iterable[tuple[zipfile.ZipInfo, Iterable[bytes]]]) -> Iterator[bytes]:
    """Holds one piece at a time, and the names of all entries: let there be no more than some thousands."""
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
        for entry, pieces in entries:
            with archive.open(entry, "w", force_zip64=entry.file_size == UNKNOWN) as target:
                for piece in pieces:
                    target.write(piece)
                    if written := outlet.take():
                        yield written
            yield outlet.take()
    yield outlet.take()
