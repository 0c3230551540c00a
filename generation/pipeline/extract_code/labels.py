"""Lines that are nothing but the name of a file: plain, bold, a heading, inline code, a comment, `File: …`."""

import re
from functools import lru_cache

from generation.pipeline.extract_code.comments import path_in_comment
from generation.pipeline.extract_code.paths import (
    clean_path,
    could_be_name,
    is_path,
    may_hold_path,
    path_words,
)

MAX_LABEL = 400  # characters; a longer line is no label
_TABLE = "|"
_MAX_KEY = 50
_MAX_REMARK = 80

# Before a name: quote marks, heading, list marker, number, and symbols such as emoji.
_LEAD = re.compile(
    r"(?:>\s*|#{1,6}\s*|(?:[-*+•–]|-{2,})\s+|\(?\d{1,3}(?:\.\d{1,2})*[.):]?\s+|[^\w\s`*\"'“«\[(<{./\\@~#>-]+\s*)+"
)
_TAGS = re.compile(r"</?(?:b|strong|code|h[1-6]|summary|details|i|em|u|p|span)\b[^<>]*>", re.IGNORECASE)
_PAIRS = ("[]", "()", "<>", "{}")
# What may stand directly before the name, and begin what stands behind it.
_FILE_WORDS = frozenset(
    "file filename filepath path name new full the datei fichier archivo arquivo файл 文件 文件名".split()
)
_BEFORE = tuple(":：=-–—([{<>|·")
_BEHIND = tuple(":：-–—)]}>([|·#")


@lru_cache(maxsize=256)  # the line above a block is looked at several times
def label(line: str) -> str | None:
    """The path, when the line has nothing else but a key before it ("Step 2:") and a remark behind it."""
    if len(line) > MAX_LABEL or line.startswith(_TABLE) or not may_hold_path(line):
        return None
    text = undecorated(line)
    whole = clean_path(text.rstrip(" :："))
    is_marked = text != line.strip() or " " not in text
    if is_path(whole) or (is_marked and " " not in whole and could_be_name(whole)):
        return whole
    for path, before, behind in path_words(text)[:1]:
        if _is_key(before) and _is_remark(behind):
            return path
    return path_in_comment(line, None)


def is_title(line: str) -> bool:
    """A heading, or a line that begins in bold."""
    return line.lstrip(" >").startswith(("#", "**", "__"))


def undecorated(line: str) -> str:
    """The line without what only sets it off."""
    text = _TAGS.sub("", line).strip() if "<" in line else line.strip()
    for _ in range(2):
        lead = None if text[:1].isalpha() or text.startswith("__") else _LEAD.match(text)
        stripped = text[lead.end() if lead else 0 :].replace("**", "").rstrip(" =-~#*\t")
        if stripped == text:
            break
        text = stripped
    if text[:1] + text[-1:] in _PAIRS and text[0] not in text[1:]:
        text = text[1:-1]
    return text.strip("_") if text[:1] == text[-1:] == "_" else text


def _is_key(before: str) -> bool:
    """Nothing, "File", or a few words and a colon or dash."""
    text = before.strip(" `*\"'_")
    if not text or (len(text) <= _MAX_KEY and text.endswith(_BEFORE)):
        return True
    return all(word in _FILE_WORDS or word.isdigit() for word in text.lower().split())


def _is_remark(behind: str) -> bool:
    """Nothing, or what a bracket, colon or dash begins."""
    text = behind.strip(" `*\"'_")
    return not text or (len(text) <= _MAX_REMARK and text.startswith(_BEHIND))
