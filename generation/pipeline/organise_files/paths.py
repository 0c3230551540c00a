"""A path that a model wrote, made into one that is safe to write anywhere."""

import re
import unicodedata
from pathlib import PurePosixPath

MAX_SEGMENT_BYTES = 200  # file systems stop at 255; a suffix must still fit
MAX_PATH_BYTES = 300  # a column of the database holds 400 characters, and numbers may still be added
MAX_DEPTH = 32
MAX_ROUNDS = 8

_DRIVE_OR_SCHEME = re.compile(r"^(?:[A-Za-z][A-Za-z0-9+.-]*://|[A-Za-z]:)+")
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_SPACE = re.compile(r"\s+")
_AROUND = " \"'`*"
_END = re.compile(r"[\s.]+$")
_DEVICE = re.compile(
    r"^(con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³]|conin\$|conout\$)(?=\s*(?:\.|$))", re.IGNORECASE
)
# What git reads as its own folder, in the names that old and other file systems have for it.
_GIT = re.compile(r"^(?:\.git|git~\d+)$", re.IGNORECASE)
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_OF_PATHS = frozenset('./\\:~<>"|?*')


class UnsafePath(ValueError):
    """The path cannot be repaired; its text says why."""


def safe_path(path: str) -> str:
    """A relative POSIX path that stays inside its folder on every system; empty if no name is left.

    Idempotent. Traversal, roots, drives and what no file system can hold are taken out. Raises
    `UnsafePath` for what must not be written even so.
    """
    if len(path) > 16 * MAX_PATH_BYTES:
        raise UnsafePath("it is too long")
    for _ in range(MAX_ROUNDS):
        repaired = _repaired(path)
        if repaired == path:
            break
        path = repaired
    else:
        raise UnsafePath("it cannot be read")
    segments = path.split("/")
    if any(_GIT.match(segment) for segment in segments):
        raise UnsafePath("it lies inside .git")
    if len(segments) > MAX_DEPTH or len(path.encode()) > MAX_PATH_BYTES:
        raise UnsafePath("it is too long")
    return path


def key_of(path: str) -> str:
    """The same for two paths that any file system takes for one: case, and ways to write a letter."""
    upper = unicodedata.normalize("NFKC", path).upper()
    return unicodedata.normalize("NFKC", upper).casefold()


def _repaired(path: str) -> str:
    visible = "".join(_written(char) for char in path if _is_visible(char))
    inside = _DRIVE_OR_SCHEME.sub("", unicodedata.normalize("NFC", visible).strip(_AROUND).replace("\\", "/"))
    segments = [_safe_segment(segment) for segment in inside.split("/")]
    return "/".join(segment for segment in segments if segment)


def _is_visible(char: str) -> bool:
    return unicodedata.category(char) not in _HIDDEN


def _written(char: str) -> str:
    """Letters that some systems turn into marks of paths become harmless: the dot of a wide font is one."""
    if char.isascii():
        return char
    is_mark = not _OF_PATHS.isdisjoint(unicodedata.normalize("NFKC", char))
    return "_" if is_mark else char


def _safe_segment(segment: str) -> str:
    segment = _SPACE.sub(" ", _FORBIDDEN.sub("_", segment)).lstrip("~ ")
    segment = _END.sub("", segment)
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
