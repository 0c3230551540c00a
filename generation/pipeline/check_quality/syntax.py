"""What a grammar finds wrong: where it lost its way, and which brackets do not match."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from tree_sitter import Node

from generation.pipeline.check_quality.findings import Finding
from generation.pipeline.check_quality.trees import Part, nodes_of
from generation.pipeline.records import Severity

MAX_FINDINGS = 3  # one fault makes a grammar see many
MAX_SNIPPET_CHARS = 40
PAIRS = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Unmatched:
    """A bracket without its partner: `is_open` for one that nothing closes."""

    bracket: str
    line: int
    is_open: bool

    @property
    def message(self) -> str:
        if self.is_open:
            return f"The `{self.bracket}` that is opened on line {self.line} is never closed."
        return f"The `{self.bracket}` on line {self.line} closes nothing that is open."


def match_brackets(brackets: Iterator[tuple[str, int]]) -> Unmatched | None:
    """The first bracket that does not fit, of (bracket, line)."""
    open_: list[tuple[str, int]] = []
    for bracket, line in brackets:
        if bracket in PAIRS:
            open_.append((bracket, line))
        elif not open_:
            return Unmatched(bracket=bracket, line=line, is_open=False)
        elif PAIRS[open_[-1][0]] != bracket:
            return Unmatched(bracket=open_[-1][0], line=open_[-1][1], is_open=True)
        else:
            open_.pop()
    if open_:
        return Unmatched(bracket=open_[-1][0], line=open_[-1][1], is_open=True)
    return None


def faults(part: Part) -> Iterator[Finding]:
    """Where the grammar lost its way; blocking as far as the grammar is to be trusted."""
    grammar, tree, root = part.grammar, part.whole_tree, part.root
    if grammar is None or tree is None or grammar.trust == "none":
        return
    if root is None:
        yield _too_deep(part, has_error=tree.has_error)
        return
    if not root.has_error:
        return
    unmatched = match_brackets(_brackets(part, root)) if grammar.pairs else None
    is_sure = grammar.trust == "full" and not (grammar.doubts and grammar.doubts.search(part.text))
    severity: Severity = "error" if is_sure or unmatched else "warning"
    if unmatched:
        yield Finding(
            tool=part.language,
            rule="syntax",
            line=unmatched.line,
            message=unmatched.message,
            severity=severity,
        )
    found = (node for node in nodes_of(root) if node.is_error or node.is_missing)
    for node in islice(found, MAX_FINDINGS - bool(unmatched)):
        if message := _message(part, node):
            yield Finding(
                tool=part.language, rule="syntax", line=part.line_of(node), message=message, severity=severity
            )


def _too_deep(part: Part, *, has_error: bool) -> Finding:
    return Finding(
        tool=part.language,
        rule="too_deep",
        line=None,
        message="The code is nested too deeply to be checked.",
        severity="error" if has_error else "info",
    )


def _brackets(part: Part, root: Node) -> Iterator[tuple[str, int]]:
    """The brackets among the tokens: `${` opens as `{` does. A grammar knows what is a text or a comment."""
    for leaf in nodes_of(root):
        if leaf.is_named or leaf.is_missing or leaf.child_count:
            continue
        for bracket in leaf.type if leaf.type.isascii() else "":
            if bracket in "()[]{}":
                yield bracket, part.line_of(leaf)


def _message(part: Part, node: Node) -> str:
    if node.is_missing:
        wanted = node.type if node.type.strip() else "line end"
        before = _snippet(
            part.source[max(node.start_byte - MAX_SNIPPET_CHARS, 0) : node.start_byte], is_before=True
        )
        return f"`{wanted}` is missing after `{before}`." if before else f"`{wanted}` is missing."
    here = _snippet(part.source[node.start_byte : node.start_byte + 4 * MAX_SNIPPET_CHARS])
    if here and node.end_byte >= len(part.source.rstrip()) and node.end_point.row > node.start_point.row + 1:
        return f"What begins with `{here}` has not come to its end at the end of the file."
    return f"The code cannot be read from `{here}` on." if here else ""


def _snippet(source: bytes, *, is_before: bool = False) -> str:
    lines = [line.strip() for line in source.decode(errors="ignore").splitlines()]
    lines = [line for line in lines if line]
    if not lines:
        return ""
    return (lines[-1][-MAX_SNIPPET_CHARS:] if is_before else lines[0][:MAX_SNIPPET_CHARS]).replace("`", "'")
