"""A path that a model wrote, made into one that is safe to write anywhere."""

import re
import unicodedata
from pathlib import PurePosixPath

MAX_SEGMENT_BYTES = 200  # file systems stop at 255; a suffix must still fit
MAX_PATH_BYTES = 800
MAX_DEPTH = 32

_DRIVE_OR_SCHEME = re.compile(r"^(?:[A-Za-z][A-Za-z0-9+.-]*://|[A-Za-z]:)+")
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_DEVICE = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)(?=\.|$)", re.IGNORECASE)


class UnsafePath(ValueError):
    """The path cannot be repaired; its text says why."""


def safe_path(path: str) -> str:
    """A relative POSIX path that stays inside its folder on every system; empty if no name is left.

    Idempotent. Traversal, roots, drives and what no file system can hold are taken out. Raises
    `UnsafePath` for what must not be written even so.
    """
    visible = "".join(char for char in unicodedata.normalize("NFC", path) if _is_visible(char))
    inside = _DRIVE_OR_SCHEME.sub("", visible.strip(" \"'`*").replace("\\", "/"))
    segments = [_safe_segment(segment) for segment in inside.split("/")]
    segments = [segment for segment in segments if segment]
    if any(segment.lower() == ".git" for segment in segments):
        raise UnsafePath("it lies inside .git")
    if len(segments) > MAX_DEPTH or len("/".join(segments).encode()) > MAX_PATH_BYTES:
        raise UnsafePath("it is too long")
    return "/".join(segments)


def _is_visible(char: str) -> bool:
    return unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def _safe_segment(segment: str) -> str:
    segment = _FORBIDDEN.sub("_", segment.strip().lstrip("~").strip()).rstrip(". ")
    if _DEVICE.match(segment):
        segment = f"_{segment}"
    if len(segment.encode()) > MAX_SEGMENT_BYTES:
        segment = _shortened(segment)
    return segment


def _shortened(segment: str) -> str:
    suffix = PurePosixPath(segment).suffix
    suffix = suffix if len(suffix.encode()) <= 20 else ""
    room = MAX_SEGMENT_BYTES - len(suffix.encode())
    return segment.encode()[:room].decode(errors="ignore").rstrip(". ") + suffix


def numbered(path: str, number: int) -> str:
    """`src/index.html` and 2 is `src/index-2.html`."""
    name = PurePosixPath(path)
    return str(name.with_name(f"{name.stem}-{number}{name.suffix}"))
