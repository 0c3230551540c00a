"""Comments that hold nothing but the name of their file, in any language."""

from generation.frameworks.languages import language_named
from generation.pipeline.extract_code.paths import clean_path, is_path, may_hold_path

MAX_COMMENT = 400  # characters

# How comments begin, the longer before the shorter, and how those that must be closed end.
_MARKS = (
    ("{{!--", "--}}"), ("{{--", "--}}"), ("{{!", "}}"), ("{{/*", "*/}}"), ("<!--", "-->"), ("<%--", "--%>"), ("<%#", "%>"),
    ("{/*", "*/}"), ("/*", "*/"), ("{#", "#}"), ("{-", "-}"), ("(*", "*)"), ("@*", "*@"), ('"""', '"""'), ("'''", "'''"),
    ("@REM ", ""), ("REM ", ""), ("//", ""), ("--", ""), ("::", ""), ("||", ""), ("#", ""), (";", ""), ("%", ""), ("!", ""),
    ("{", "}"), ("'", ""), ('"', ""),
)  # fmt: skip
_BY_FIRST = {
    first: [mark for mark in _MARKS if mark[0][0] == first] for first in {mark[0][0] for mark in _MARKS}
}
_ORNAMENT = " \t=-*#/~<>|;%!:"
_SYMBOLS = "📄📁📂📝🗂️ "
_KEYS = ("filename", "file name", "file path", "filepath", "file", "path", "title", "in", "@file")


def commented(line: str) -> str | None:
    """The text of a line that is a comment as a whole, without ornament."""
    text = line.strip()
    if len(text) > MAX_COMMENT:
        return None
    for opener, closer in _BY_FIRST.get(text[:1].upper(), ()):
        inner = text[len(opener) :]
        if text[: len(opener)].upper() == opener and (not closer or inner.endswith(closer)):
            return inner.removesuffix(closer).strip(_ORNAMENT)
    return None


def path_in_comment(line: str, language: str | None) -> str | None:
    """The path, when the line is a comment that holds it alone, but for a key before and a remark behind."""
    text = commented(line)
    if not text or not may_hold_path(text) or language_named(language or "") == "markdown":
        return None
    text = _without_key(text.lstrip(_SYMBOLS))
    for candidate in (text, *(text.partition(mark)[0] for mark in _REMARKS)):
        path = clean_path(candidate.rstrip(" :"))
        if is_path(path):
            return path
    return None


_REMARKS = (" (", " [", " - ", " – ", " — ", ": ", " : ", " # ")


def _without_key(text: str) -> str:
    lower = text.lower()
    for key in _KEYS:
        if lower.startswith(key) and (rest := text[len(key) :]) and not rest[0].isalnum():
            return rest.lstrip(" :=-\t")
    return text
