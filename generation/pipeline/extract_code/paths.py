"""Is this word the path of a file? How sure the answer must be depends on where the word stands."""

import re
from functools import lru_cache

from generation.frameworks.languages import BARE_FILE_NAMES, EXTENSIONS

MAX_PATH = 300
_NOT_IN_PATHS = re.compile(r"[\x00-\x1f\x7f<>|\"*?`：，。；！？、]")
_NEED_NO_DOT = ("file", *sorted(name for name in BARE_FILE_NAMES if "." not in name and "file" not in name))
_END = ".:* \t\r\n"
_AROUND = " \t\r\n`*\"'“”‘’„«»"
_NO_BEGINNING = ("//", "--", "#")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff]")
_EXTENSION = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,7}")
_DOT_FILE = re.compile(
    r"\.(?:env|git|docker|npm|eslint|prettier|babel|editor|py|nv)[\w.-]*|\.\w+(?:ignore|rc)"
)
# Words of prose end at blanks, marks and brackets, and where a script without blanks begins.
_PLAIN = r"[^\s`*\"“”„«»‘’<>|()\[\],;:!?\u2e80-\u9fff\uac00-\ud7af\uff00-\uffef]"
_WORD = re.compile(
    rf"\w+://\S+|`([^`\n]+)`|\"([^\"\n]+)\"|((?:{_PLAIN}++|\[[\w.]+\](?=[\w.(/-]))(?:{_PLAIN}++|\[[\w.]+\])*+)(?!\()"
)

# What looks like a file and is none: libraries as they are written in prose, domains, members of objects.
_LIBRARIES = frozenset(
    """
    node next vue react express three d3 chart p5 nuxt nest alpine ember backbone moment angular solid howler
    phaser discord socket babylon knockout meteor require underscore fabric konva ml5 plotly leaflet anime
    """.split()
)
_DOMAINS = frozenset({"com", "org", "net", "io", "dev", "ai", "edu", "gov"})
_MEMBERS = frozenset(
    {"console.log", "process.env", "import.meta.env", "res.json", "response.json", "req.json", "request.json"}
)
_ONLY_IN_CAPITALS = frozenset({"license", "readme", "changelog", "authors", "notice", "codeowners"})


def clean_path(text: str) -> str:
    """As written, without quotes, backticks, asterisks, a leading "./" and what cannot be seen."""
    path = text if text.isascii() else _INVISIBLE.sub("", text)
    path = path.strip(_AROUND).replace("\\", "/")
    while path.startswith("./"):
        path = path[2:]
    return path


def could_be_path(text: str) -> bool:
    """Nothing speaks against it: enough where only a path can stand, as in an attribute."""
    return (
        0 < len(text) <= MAX_PATH
        and not _NOT_IN_PATHS.search(text)
        and "://" not in text
        and text == text.strip()
    )


def is_path(text: str) -> bool:
    """It looks like a path wherever it stands: a known name, a known extension, or folders and any extension."""
    name = text.rpartition("/")[2]
    stem, dot, extension = name.rpartition(".")
    is_known = name.lower() in BARE_FILE_NAMES
    if not (dot or is_known) or " " in text or "=" in text or text.startswith(_NO_BEGINNING):
        return False
    if not could_be_path(text):
        return False
    if is_known:
        return name.lower() not in _ONLY_IN_CAPITALS or name.isupper()
    if _DOT_FILE.fullmatch(name):
        return True
    if not stem or text.lower() in _MEMBERS or _is_library(stem, extension):
        return False
    return f".{extension.lower()}" in EXTENSIONS or ("/" in text and bool(_EXTENSION.fullmatch(extension)))


def could_be_name(text: str) -> bool:
    """Of a word that stands alone or is marked: any extension will do that is no domain's."""
    stem, dot, extension = text.rpartition(".")
    is_extension = bool(_EXTENSION.fullmatch(extension)) and extension.islower() and extension not in _DOMAINS
    is_word = bool(stem) and bool(dot) and could_be_path(text) and text.lower() not in _MEMBERS
    return is_word and is_extension and not _is_library(stem, extension)


@lru_cache(maxsize=256)  # the line above a block is looked at several times
def path_words(text: str) -> tuple[tuple[str, str, str], ...]:
    """The paths among the words of a line, each with what stands before and behind it."""
    words = ((found, found[1] or found[2] or found[3] or "") for found in _WORD.finditer(text))
    paths = ((found, clean_path(word.rstrip(".:,;"))) for found, word in words if may_hold_path(word))
    return tuple((path, text[: found.start()], text[found.end() :]) for found, path in paths if is_path(path))


def may_hold_path(text: str) -> bool:
    """A cheap look at a line: without a dot inside, or a name that needs none, there is no path in it."""
    if "." in text.rstrip(_END):
        return True
    lower = text.lower()
    return any(name in lower for name in _NEED_NO_DOT)


def _is_library(stem: str, extension: str) -> bool:
    """ "Node.js" and "Three.js", but not "node.js"."""
    return extension in {"js", "JS"} and stem.lower() in _LIBRARIES and not stem.islower()
