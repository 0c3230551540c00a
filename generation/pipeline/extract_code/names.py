"""Where models write the name of a file: info strings, labels, sentences and first-line comments."""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from generation.frameworks.languages import language_named, language_of_path
from generation.pipeline.extract_code.paths import clean_path, is_path, may_be_path, paths_in

# A longer line is no label; the patterns below need not be fast on it.
MAX_LABEL_CHARS = 400

_KEYED = re.compile(
    r"(?:^|[\s{,])(?:filename|file_name|filepath|file_path|title|file|path|name)\s*[=:]\s*"
    r"(?:\"([^\"]+)\"|'([^']+)'|([^\s,}]+))",
    re.IGNORECASE,
)
_ATTRIBUTES = re.compile(r"\{[^}]*\}|\w+=(?:\"[^\"]*\"|'[^']*'|\S+)")

_MARKER = re.compile(r"^(?:>\s*)*(?:#{1,6}\s+|[-*+]\s+|\(?\d{1,3}[.)]\s+)*")
_PREFIX = re.compile(
    r"^(?:(?:new|full|relative)\s+)?(?:file\s*name|file\s*path|file|path|title|source)\s*(?:[:=]|\s-|\s)\s*",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\])?\s*[:：]?\s*(?:\([^()]*\))?\s*$")
_DESCRIPTION = re.compile(r"\s+[-–—:]\s+.*$|:\s+.*$")

_SAYS_FILE = re.compile(
    r"\b(?:creat\w*|add\w*|sav\w*|writ\w*|put\w*|past\w*|plac\w*|edit\w*|updat\w*|modif\w*|open\w*|mak\w*|named|called"
    r"|following|here|contents?|code|file|implement\w*|replac\w*|chang\w*|populat\w*|fill\w*|looks?\s+like|script|example)\b",
    re.IGNORECASE,
)
_SAYS_USE = re.compile(
    r"\b(?:run|runs|running|execut\w*|install\w*|start\w*|launch\w*|output|import\w*|call\w*\s+it)\b",
    re.IGNORECASE,
)

_COMMENT = re.compile(
    r"^\s*(?:\{/\*|/\*+|<!--|\{\{!--|<%--|<%#|\{#|\(\*|//+|#+|--+|;+|%+|\"\"\"|'''|'|REM\b|::|!|@\*|\|\|)\s*(.*?)"
    r"\s*(?:\*+/\}?|-->|--\}\}|--%>|%>|#\}|\*\)|\"\"\"|'''|\*@)?\s*$",
    re.IGNORECASE,
)

_FAMILIES = (
    {"javascript", "jsx", "typescript", "tsx", "vue", "svelte"},
    {"c", "cpp", "objectivec", "cuda"},
    {
        "html",
        "jinja",
        "erb",
        "blade",
        "php",
        "ejs",
        "handlebars",
        "twig",
        "razor",
        "xml",
        "svg",
        "vue",
        "svelte",
    },
    {"json", "jsonc", "javascript", "notebook"},
    {"css", "scss", "sass", "less"},
    {"java", "kotlin", "groovy"},
)


@dataclass(frozen=True, slots=True)
class Name:
    """`sure` is false for a name out of a sentence, which may only speak of the file."""

    path: str
    sure: bool


def name_in_info(info: str) -> tuple[str | None, str | None]:
    """Language and path of a fence's info string: `lang:path`, `lang path`, `lang title="path"`, `path`."""
    info = info.strip()[:MAX_LABEL_CHARS]
    if keyed := _KEYED.search(info):
        path = clean_path(keyed[1] or keyed[2] or keyed[3])
        if is_path(path, certain="." in path):
            first = info[: keyed.start()].strip().split(" ")[0].strip("{}.:,")
            return first or None, path
    words = _ATTRIBUTES.sub(" ", info).split()
    if not words:
        return None, None
    head, colon, tail = words[0].partition(":")
    tail = clean_path(tail)
    if colon and tail and is_path(tail, certain=True):
        return head or None, tail
    if is_path(clean_path(words[0])) and (language_named(words[0]) is None or "." in words[0]):
        return None, clean_path(words[0])
    paths = [path for path in map(clean_path, words[1:]) if is_path(path)]
    return words[0].strip("{}.,"), paths[0] if len(paths) == 1 else None


def label(line: str) -> str | None:
    """The path, when the line is nothing but a label: plain, bold, heading, inline code, `File:`."""
    if len(line) > MAX_LABEL_CHARS:
        return None
    text = _undecorated(line)
    is_marked = text != line.strip()
    text = _PREFIX.sub("", text, count=1)
    for candidate in (text, _SUFFIX.sub("", text), _DESCRIPTION.sub("", text)):
        path = clean_path(candidate.strip("[] ").rstrip(":"))
        if is_path(path) or (is_marked and may_be_path(path)):
            return path
    return None


def is_section(line: str) -> bool:
    """A heading, or a line all in bold, that is a label: it may name a block that is not directly below."""
    return line.lstrip().startswith(("#", "**")) and label(line) is not None


def mention(line: str) -> str | None:
    """The path, when the line says that what follows is that file ("Create `bot.js` and add this:")."""
    if len(line) > MAX_LABEL_CHARS:
        return None
    text = line.strip()
    is_heading = text.startswith(("#", "**", "__")) or len(text.split()) <= 4
    text = _undecorated(line)
    paths = paths_in(text)
    if len(paths) != 1 or _SAYS_USE.search(text.partition(paths[0])[0]):
        return None
    if is_heading and len(text.split()) <= 9:
        return paths[0]
    says_so = text.rstrip("*_ ").endswith((":", "：")) and _SAYS_FILE.search(text)
    return paths[0] if says_so else None


def name_above(line: str) -> Name | None:
    """The name that the nearest line above a block gives it."""
    if path := label(line):
        return Name(path, sure=True)
    if path := mention(line):
        return Name(path, sure=False)
    return None


def _undecorated(line: str) -> str:
    text = _MARKER.sub("", line.strip(), count=1)
    for mark in ("**", "__"):
        if text.startswith(mark) and text.rstrip(": ").endswith(mark) and len(text) > 4:
            text = text.replace(mark, "") if mark == "**" else text.rstrip(": ")[2:-2]
    return text.replace("**", "") if text.startswith("**") else text


def comment(line: str, language: str | None) -> str | None:
    """The path, when the line is a comment that holds one."""
    found = _COMMENT.match(line) if len(line) <= MAX_LABEL_CHARS else None
    if not found or language_named(language or "") == "markdown":
        return None
    text = _PREFIX.sub("", found[1], count=1)
    for candidate in (text, _SUFFIX.sub("", text), _DESCRIPTION.sub("", text)):
        path = clean_path(candidate)
        if is_path(path):
            return path
    return None


def bare_name(line: str, language: str | None) -> str | None:
    """The path, when the line is nothing else, in a block of the very language that such files hold."""
    path = line.strip()
    of_block = language_named(language or "")
    is_name = of_block not in (None, "text") and is_path(path) and language_of_path(path) == of_block
    return path if is_name else None


def agree(path: str, language: str | None) -> bool:
    """Can a file of this name hold a block of this language? Unknown ones can."""
    of_path, of_block = language_of_path(path), language_named(language or "")
    if of_path is None or of_block is None or of_block in (of_path, "text"):
        return True
    return any(of_path in family and of_block in family for family in _FAMILIES)


def fuller(one: str, other: str) -> str | None:
    """The longer of two spellings of one path; None when they name different files."""
    if PurePosixPath(one).name != PurePosixPath(other).name:
        return None
    return max(one, other, key=len)
