"""Elements that hold a file: `<file path=…>`, `<boltAction type="file" filePath=…>`, `<write_to_file><path>…`, …

To read another one, give it a line in the table.
"""

import re
from dataclasses import dataclass

from generation.pipeline.extract_code.paths import clean_path, is_path

MAX_TAG = 1_000  # characters

# Each element that holds a file, in lower case, and the attributes that may name it.
_ANY = ("path", "filepath", "file_path", "filename", "name", "src")
_NAMED_BY = {
    "file": _ANY,
    "write_file": _ANY,
    "write_to_file": _ANY,
    "create_file": _ANY,
    "boltaction": ("filepath",),
    "dyad-write": ("path",),
    "dyad-search-replace": ("path",),
    "lov-write": ("file_path",),
    "antartifact": ("title",),
}
# Elements that only wrap others: they are not worth telling.
_WRAPPERS = ("boltArtifact", "lov-code", "files", "project", "artifact", "code_changes")

_ATTRIBUTES = r"(?:\s+[\w:-]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'<>]+))?)*"
_OPENER = re.compile(rf"<({'|'.join(_NAMED_BY)})\b({_ATTRIBUTES})\s*(/?)>", re.IGNORECASE)
_BEGINS_OPENER = re.compile(rf"\s*<(?:{'|'.join(_NAMED_BY)})\s[^<>]*", re.IGNORECASE)
_WRAPPER = re.compile(
    rf"\s*(?:</?(?:{'|'.join(_WRAPPERS)})\b[^<>]*>\s*|</(?:{'|'.join(_NAMED_BY)})>\s*)+", re.IGNORECASE
)
_LEAD = re.compile(r"\s*(?:(?:[-*+]|\d{1,3}[.)])\s+)?(?:<[\w-]+[^<>]*>\s*)*")
_ATTRIBUTE = re.compile(r"([\w:-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>]+))")


@dataclass(frozen=True, slots=True)
class Element:
    """An opening tag. Without a path its children may name it, or nothing does. `start` and `end` are in the line."""

    tag: str
    path: str | None
    language: str | None
    is_file: bool
    is_named_by_child: bool
    start: int
    end: int


def element_in(line: str) -> Element | None:
    """The element that the line opens, where it begins or ends, if it is one that may hold a file."""
    found = _OPENER.search(line) if "<" in line else None
    if not found or found[3]:
        return None
    is_lead = _LEAD.fullmatch(line, 0, found.start()) is not None
    is_last = not line[found.end() :].strip()
    element = _element(found)
    is_opened = (is_lead or is_last) and not element.is_named_by_child
    return element if is_opened or (is_lead and is_last) else None


def begins_tag(line: str) -> bool:
    """A tag of such an element begins in the line, and does not end in it."""
    return "<" in line and _BEGINS_OPENER.fullmatch(line) is not None


def is_wrapper(line: str) -> bool:
    return "<" in line and _WRAPPER.fullmatch(line) is not None


def _element(found: re.Match[str]) -> Element:
    tag = found[1].lower()
    attributes = {a[1].lower(): next(filter(None, a.groups()[1:]), "") for a in _ATTRIBUTE.finditer(found[2])}
    named = next((attributes[key] for key in _NAMED_BY[tag] if key in attributes), "")
    path = clean_path(named)
    is_certain = tag != "antartifact"
    is_file = attributes.get("type", "file") == "file" or not is_certain
    path = path if is_certain or is_path(path) else ""
    return Element(
        tag=found[1],
        path=path or None,
        language=attributes.get("language"),
        is_file=is_file,
        is_named_by_child=is_file and not path and is_certain,
        start=found.start(),
        end=found.end(),
    )
