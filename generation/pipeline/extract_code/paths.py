"""Is this word the path of a file?"""

import re
from pathlib import PurePosixPath

from generation.frameworks.languages import BARE_FILE_NAMES, EXTENSIONS

_PATH = re.compile(r"[\w@.+$~\[\]()#:&!,%' /\\-]{1,300}")
_DOT_FILE = re.compile(r"\.(env|git|docker|npm|eslint|prettier|babel|editor|py|nv)[\w.-]*|\.\w+(ignore|rc)")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff]")
_WORD = re.compile(r"`[^`\n]+`|\*\*[^*\n]+\*\*|[^\s`*\"“”<>|]+")

# Libraries and brands that look like file names.
_BRANDS = frozenset(
    """
    node next vue react express three d3 chart p5 nuxt nest alpine ember backbone moment angular solid
    phaser discord socket babylon knockout meteor require underscore fabric konva ml5
    """.split()
)
_DOMAINS = frozenset({"com", "org", "net", "io", "dev", "ai", "edu", "gov"})
_ONLY_IN_CAPITALS = frozenset({"license", "readme", "changelog", "authors", "notice", "codeowners"})


def clean_path(text: str) -> str:
    """As written, without quotes, backticks, asterisks, a leading "./" and what cannot be seen."""
    path = _INVISIBLE.sub("", text).strip().strip("`*\"'“”").strip().replace("\\", "/")
    while path.startswith("./"):
        path = path[2:]
    return path


def is_path(text: str, *, certain: bool = False) -> bool:
    """`certain`: the text stands where only a path can stand, so that any extension will do."""
    if not _PATH.fullmatch(text) or "://" in text or text != text.strip():
        return False
    name = PurePosixPath(text).name
    if not name or (" " in text and not certain):
        return False
    if name.lower() in BARE_FILE_NAMES:
        return name.lower() not in _ONLY_IN_CAPITALS or name.isupper()
    if _DOT_FILE.fullmatch(name):
        return True
    stem, dot, extension = name.rpartition(".")
    if not dot or not stem:
        return certain and " " not in text
    if f".{extension.lower()}" in EXTENSIONS:
        return "/" in text or not _is_brand(stem, extension)
    return (
        extension.isalnum() and not extension.isdigit() and (certain or "/" in text) and len(extension) <= 12
    )


def may_be_path(text: str) -> bool:
    """Of a word that stands alone, in bold or as a heading: any extension will do that is no domain's."""
    stem, dot, extension = text.rpartition(".")
    is_extension = extension.isalnum() and extension.islower() and extension not in _DOMAINS
    is_word = bool(dot) and " " not in text
    return is_word and is_extension and is_path(text, certain=True) and not _is_brand(stem, extension)


def _is_brand(stem: str, extension: str) -> bool:
    return extension in {"js", "JS"} and stem.lower() in _BRANDS and not stem.islower()


def paths_in(text: str) -> list[str]:
    """The different paths among the words of a line, in their order."""
    words = (clean_path(word.strip("()[],;:!?")) for word in _WORD.findall(text))
    words_without_stop = (word.rstrip(".:,;") for word in words)
    return list(dict.fromkeys(word for word in words_without_stop if is_path(word)))
