"""Info strings: what stands behind an opening fence. Models write language and path there in any order."""

import re
from dataclasses import dataclass
from functools import lru_cache

from generation.frameworks.languages import language_named
from generation.pipeline.extract_code.paths import clean_path, could_be_path, is_path

MAX_INFO = 400  # characters; what is longer is no info string that names anything
_NAMING_KEY = "data-file|file_?name|file_?path|file|path|title|name|src|source|label"
_NAMED = re.compile(
    rf"(?:^|[\s{{,:(])(?:{_NAMING_KEY})\s*[=:]\s*(?:\"([^\"]+)\"|'([^']+)'|([^\s,}}\"']+))", re.IGNORECASE
)
_ATTRIBUTE = re.compile(r"(?<![\w-])[\w-]++=(?:\"[^\"]*\"|'[^']*'|\S+)")
_BETWEEN_WORDS = re.compile(r"[\s,;|{}()<>\"'`]+")
_LINES = re.compile(r"[\d,-]+")


@dataclass(frozen=True, slots=True)
class Info:
    language: str | None
    path: str | None


@lru_cache(maxsize=256)
def read_info(info: str) -> Info:
    """`lang path`, `lang:path`, `path`, `lang title="path"`, `{.lang file=path}`, `12:15:path` and their like."""
    info = info[:MAX_INFO]
    named = _NAMED.search(info)
    path = clean_path(named[1] or named[2] or named[3]) if named else None
    if path and not (is_path(path) or ("." in path and could_be_path(path))):
        path = None
    words = _words(_ATTRIBUTE.sub(" ", info[: named.start()] if named else info))
    if not words:
        return Info(None, path)
    parts = [part for part in words[0].split(":") if part and not _LINES.fullmatch(part)]
    if path is None and len(parts) > 1 and _is_path_after_colon(parts[-1]):
        path = clean_path(parts.pop())
    if path is None:
        path = next((clean_path(word) for word in [*parts, *words[1:]] if _is_path_among_words(word)), None)
    language = parts[0].strip(".:[]") if parts else ""
    return Info(language if language and clean_path(parts[0]) != path else None, path)


def _words(text: str) -> list[str]:
    words = (word[1:-1] if word[:1] + word[-1:] == "[]" else word for word in _BETWEEN_WORDS.split(text))
    return [word for word in words if word]


def _is_path_after_colon(part: str) -> bool:
    path = clean_path(part)
    return is_path(path) or (could_be_path(path) and ("." in path or "/" in path))


def _is_path_among_words(word: str) -> bool:
    """A word that is the name of a language as well ("Dockerfile", ".python") is that."""
    return is_path(clean_path(word)) and language_named(word.lstrip(".")) is None


def is_info(text: str) -> bool:
    """Behind a mark, is this what opens a block, or prose that follows its end? It is told by its first word."""
    words = text.split()
    if not words:
        return False
    first = read_info(words[0])
    if language_named(first.language or "") or first.path or "=" in text:
        return True
    return len(words) == 1 and text[:1].isalpha() and words[0].isalnum()
