"""The language of a text that nobody named, by how such texts begin."""

import re

# Blank lines and comments before the first line that tells anything; each turn takes a whole line.
_PREAMBLE = re.compile(
    r"(?:[ \t]*+(?://[^\n]*|#(?![!\[]|include|define|import|pragma)[^\n]*|--[^\n]*|['\"]use \w+['\"];?)?\n)*+"
)
_BLOCK_COMMENT = re.compile(r"\s*+/\*(?:[^*]|\*(?!/))*+\*/\s*+")

_BEGINNINGS: tuple[tuple[str, str], ...] = (
    ("svg", r"\s*+(?:<\?xml[^>]*\?>\s*+)?<svg\b"),
    ("html", r"(?i)\s*+<(?:!--|(?:!doctype html|html|head|body|div|nav|section)\b)"),
    ("php", r"\s*+<\?php\b"),
    ("xml", r"\s*+<\?xml\b|\s*+<project\b|\s*+<[a-z]+:?\w* xmlns"),
    ("bash", r"#!.*\b(?:ba|z|k|da)?sh\b"),
    ("python", r"#!.*\bpython|from [\w.]+ import |import \w+(?:\.\w+)*(?: as \w+)?[ \t]*$|def \w+\(.*:[ \t]*$|class \w+.*:[ \t]*$"),
    (
        "javascript",
        r"#!.*\bnode\b|import [\w{*'\"].*['\"]|const [\w{\[].* = |let \w+ = |export (?:default|const|function) "
        r"|(?:async )?function \w+\(|module\.exports\b",
    ),
    ("dockerfile", r"(?:FROM|ARG) \S+(?: AS \w+)?[ \t]*$"),
    ("java", r"package [\w.]+;|import java[\w.]*;|public (?:class|interface|enum|record) "),
    ("go", r"package \w+[ \t]*$"),
    ("csharp", r"using [\w.]+;|namespace [\w.]+"),
    ("cpp", r"#include <(?:iostream|vector|string|map|memory|algorithm|bits/)"),
    ("c", r"#include [<\"]"),
    ("rust", r"use (?:std|crate|super|serde|tokio)\b|(?:pub )?(?:async )?fn \w+|#!?\[|mod \w+;"),
    ("sql", r"(?i)(?:create (?:table|database|view|index|type)|insert into|select [^\n]*|alter table|drop table)\b"),
    ("css", r"(?::root|[.#*@]?[\w-]+)[\w .#:,>*()-]*\{[ \t]*(?:$|[\w-]+:)|@import |@tailwind "),
    ("json", r"\s*+[{\[]\s*+(?:[\"{\[\]}]|-?\d)"),
    ("toml", r"\[[\w.\"-]+\][ \t]*\n\s*+[\w.-]+\s*+="),
    ("dotenv", r"[A-Z][A-Z0-9_]*=\S"),
    ("makefile", r"(?:\.PHONY:.*\n\s*+)?[\w-]+:.*\n\t"),
    ("yaml", r"(?:---\n)?[A-Za-z_][\w-]*:(?:[ \t].*)?(?:\n(?:[ \t]+\S|- |[A-Za-z_][\w-]*:)|\s*+\Z)"),
    ("ruby", r"require ['\"]|class \w+(?: < [\w:]+)?[ \t]*$|module [A-Z]\w*[ \t]*$"),
)  # fmt: skip
_PATTERNS = tuple((language, re.compile(pattern, re.MULTILINE)) for language, pattern in _BEGINNINGS)


def language_of_text(head: str) -> str | None:
    """The slug of a language, or None."""
    preamble = _PREAMBLE.match(head)
    start = preamble.end() if preamble else 0
    if comment := _BLOCK_COMMENT.match(head, start):
        start = comment.end()
    return next((language for language, pattern in _PATTERNS if pattern.match(head, start)), None)
