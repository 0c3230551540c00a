"""Brackets in languages whose grammar is too narrow for what is written in them: style sheets and SQL."""

import re
from collections.abc import Iterator

from generation.pipeline.check_quality.findings import Finding
from generation.pipeline.check_quality.syntax import match_brackets
from generation.pipeline.check_quality.trees import Part

# Every alternative also matches its unclosed form, so that no character is looked at twice.
_BLOCK_COMMENT = r"/\*.*?(?:\*/|\Z)"
_QUOTED = r'"(?:[^"\\\n]|\\.)*+(?:"|(?=\n)|\Z)|' + r"'(?:[^'\\\n]|\\.)*+(?:'|(?=\n)|\Z)"
_URL = r"url\(\s*+(?![\"'\s])[^)\n]*+(?:\)|(?=\n)|\Z)"
_BRACKET = r"(?P<bracket>[()\[\]{}])"
_CSS = re.compile(rf"{_BLOCK_COMMENT}|{_QUOTED}|{_URL}|{_BRACKET}", re.DOTALL)
_SCSS = re.compile(rf"{_BLOCK_COMMENT}|(?<![:\w])//[^\n]*|{_QUOTED}|{_URL}|{_BRACKET}", re.DOTALL)
_SQL = re.compile(
    rf"{_BLOCK_COMMENT}|--[^\n]*|^[ \t]*+#[^\n]*|'[^']*+(?:'|\Z)|\"[^\"]*+(?:\"|\Z)|`[^`]*+(?:`|\Z)"
    r"|(?P<dollar>\$\w{0,60}\$)|(?P<bracket>[()])",
    re.DOTALL | re.MULTILINE,
)
_TOKENS = {"css": _CSS, "scss": _SCSS, "less": _SCSS, "sql": _SQL}


def bracket_fault(part: Part) -> Finding | None:
    """The first bracket that does not match, or the comment that never ends."""
    tokens = _TOKENS.get(part.language)
    if tokens is None:
        return None
    unmatched = match_brackets(_brackets(tokens, part))
    if unmatched is None:
        return None
    return Finding(tool=part.language, rule="syntax", line=unmatched.line, message=unmatched.message)


def _brackets(tokens: re.Pattern[str], part: Part) -> Iterator[tuple[str, int]]:
    line, counted = part.first_line, 0
    for match in tokens.finditer(part.text):
        if bracket := match["bracket"]:
            line += part.text.count("\n", counted, match.start())
            counted = match.start()
            yield bracket, line
