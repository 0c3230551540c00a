"""Code that a model left out of a file, and said so in a comment."""

from collections.abc import Iterator

from tree_sitter import Node

from generation.pipeline.check_quality.findings import Finding
from generation.pipeline.check_quality.placeholders.comments import Comment, comments_in, stands_alone
from generation.pipeline.check_quality.placeholders.wording import wording_of
from generation.pipeline.check_quality.trees import Part
from generation.pipeline.records import Severity

# Markup is often meant to be filled in: there a place for content is no fault.
_MARKUP = frozenset({"html", "vue", "svelte", "astro", "xml", "svg", "css", "scss", "less", "yaml", "toml"})


def placeholders(part: Part) -> Iterator[Finding]:
    """`omitted_code` blocks: the file is not whole. A note of what is to be done later is `todo`, an info."""
    lines: list[str] = []
    for comment in comments_in(part):
        wording = wording_of(comment.text, continues=comment.continues)
        if wording is None:
            continue
        lines = lines or part.text.split("\n")
        if wording == "left_out":
            yield _finding(part, comment, "error")
        elif stands_alone(comment, lines):
            is_doubtful = wording == "note" or part.language in _MARKUP
            yield _finding(part, comment, "warning" if is_doubtful else "error")
        elif wording == "note":
            yield _note(part, comment)
    if part.language == "python":
        yield from _lone_ellipses(part)


def _finding(part: Part, comment: Comment, severity: Severity) -> Finding:
    return Finding(
        tool="placeholders",
        rule="omitted_code",
        severity=severity,
        line=part.first_line - 1 + comment.line,
        message=f"Code was left out here: the file says `{_short(comment.text)}` instead.",
    )


def _note(part: Part, comment: Comment) -> Finding:
    return Finding(
        tool="placeholders",
        rule="todo",
        severity="info",
        line=part.first_line - 1 + comment.line,
        message=f"Something is left to be done: `{_short(comment.text)}`.",
    )


def _short(text: str) -> str:
    return " ".join(text.split())[:80].replace("`", "'")


def _lone_ellipses(part: Part) -> Iterator[Finding]:
    """`...` among other statements is no body of a protocol: it stands for lines."""
    for node in part.captures("(ellipsis) @dots").get("dots", []):
        if (
            node.parent
            and node.parent.type in {"block", "module"}
            and _has_statements_beside(node, node.parent)
        ):
            yield Finding(
                tool="placeholders",
                rule="omitted_code",
                line=part.line_of(node),
                message="Code was left out here: `...` stands among the statements of this block.",
            )


def _has_statements_beside(node: Node, block: Node) -> bool:
    if block.parent and block.parent.type == "class_definition":
        return False
    beside = [child for child in block.named_children if child.id != node.id and child.type != "comment"]
    return any(not _is_text_or_dots(child) for child in beside)


def _is_text_or_dots(statement: Node) -> bool:
    if statement.type == "expression_statement" and statement.named_child_count == 1:
        statement = statement.named_children[0]
    return statement.type in {"string", "concatenated_string", "ellipsis"}
