"""The comments of a part, with what stands around them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from generation.pipeline.check_quality.trees import Part

# How a line begins that is a comment in one language or another; for those without a grammar.
_MARKED_LINE = re.compile(
    r"^[ \t]*+((?://|/\*|#|--|<!--|\{#|\{\{!|\{\{--|<%#|<%--|%|;|@\*|rem\b|::|')[^\n]{0,300})",
    re.IGNORECASE | re.MULTILINE,
)
_NO_COMMENTS = frozenset(
    {"markdown", "text", "rst", "latex", "csv", "diff", "json", "jsonl", "notebook", "http", "mermaid"}
)
_OPENS = re.compile(
    r"(?:[{(\[:>]|\b(?:then|do|else|begin|try|function\s*\w*\(.*\)|def\s+[\w.!?=]+(?:\(.*\))?|=>)|->)\s*$"
)
_CLOSES = re.compile(r"^\s*(?:[})\]]|</|end\b|fi\b|done\b|esac\b|\]\]|\Z)")
_TRIVIAL = re.compile(
    r"^\s*(?:pass|\.\.\.|;|return(?:\s+(?:null|nil|none|undefined|false|true|0|''|\"\"|\[\]|\{\}|Ok\(\(\)\)))?;?"
    r"|(?:throw|raise)\b.*(?:not.?implemented|unsupported|todo|unimplemented).*|(?:todo|unimplemented)!\(.*\);?|panic\(\"(?:not implemented|todo).*|fatalError\(.*"
    r"|TODO\(.*\))\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Comment:
    """`line` counts from 1 within the part. `continues` one that ends on the line above."""

    text: str
    line: int
    last_line: int
    continues: bool
    before: str
    after: str


def comments_in(part: Part) -> Iterator[Comment]:
    if part.language in _NO_COMMENTS:
        return
    last = -1
    for text, line, before, after in _from_tree(part) if part.root else _from_marks(part):
        last_line = line + text.rstrip("\n").count("\n")
        is_alone = not before.strip(" \t{(")
        yield Comment(
            text=text,
            line=line,
            last_line=last_line,
            continues=is_alone and last == line - 1,
            before=before,
            after=after,
        )
        last = last_line if is_alone else -1


def _from_tree(part: Part) -> Iterator[tuple[str, int, str, str]]:
    source = part.source
    for node in part.comments():
        begins = source.rfind(b"\n", max(node.start_byte - 400, 0), node.start_byte) + 1
        ends = source.find(b"\n", node.end_byte, node.end_byte + 400)
        before = source[max(begins, node.start_byte - 400) : node.start_byte].decode(errors="ignore")
        after = source[node.end_byte : max(ends, node.end_byte)].decode(errors="ignore")
        yield part.text_of(node), node.start_point.row + 1, before, after


def _from_marks(part: Part) -> Iterator[tuple[str, int, str, str]]:
    line, counted = 1, 0
    for match in _MARKED_LINE.finditer(part.text):
        line += part.text.count("\n", counted, match.start())
        counted = match.start()
        yield match[1], line, "", ""


def stands_alone(comment: Comment, lines: list[str]) -> bool:
    """Is there no code beside it in its block: nothing at all, or `pass`, or an exception that says so?"""
    before, after = comment.before.strip(), comment.after.strip()
    if before and _TRIVIAL.match(before):
        return True
    above = before or _nearest(lines, range(comment.line - 2, max(comment.line - 6, -1), -1))
    if not (_OPENS.search(above) or _TRIVIAL.match(above)):
        return False
    if after:
        return bool(_CLOSES.match(after))
    return _ends_block(lines, comment.last_line, _indent(lines[comment.line - 1]))


def _ends_block(lines: list[str], start: int, indent: int) -> bool:
    for line in lines[start : start + 8]:
        if not line.strip() or _is_comment(line):
            continue
        if _CLOSES.match(line) or _indent(line) < indent:
            return True
        if not _TRIVIAL.match(line):
            return False
    return len(lines) <= start + 8


def _nearest(lines: list[str], numbers: range) -> str:
    """The nearest line of code; a documenting text between quotes is none."""
    return next(
        (lines[number] for number in numbers if lines[number].strip() and not _is_comment(lines[number])), ""
    )


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith(("#", "//", "/*", "*", "--", "<!--", '"""', "'''"))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
