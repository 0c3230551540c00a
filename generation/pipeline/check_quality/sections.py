"""Files that hold several languages: pages and components, with scripts and styles in them."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from generation.frameworks.languages import LANGUAGES, language_named
from generation.pipeline.check_quality.findings import Finding
from generation.pipeline.check_quality.trees import Part, nodes_of

PAGES = frozenset({"html", "vue", "svelte", "astro"})
_SECTIONS = frozenset({"script_element", "style_element"})
_SECTION_TAG = re.compile(r"<(?P<close>/?)(?P<name>script|style|template)\b[^>]*+>", re.IGNORECASE)
# Types of scripts that hold something else, as data or templates.
_JAVASCRIPT_TYPES = frozenset(
    {"", "module", "text/javascript", "application/javascript", "text/babel", "text/jsx"}
)
_JSON_TYPES = frozenset({"application/json", "application/ld+json", "importmap", "speculationrules"})


def parts_of(part: Part) -> Iterator[Part]:
    """The part itself, then what is written in it in other languages."""
    yield part
    if part.language not in PAGES or part.root is None:
        return
    for node in nodes_of(part.root):
        if node.type == "frontmatter_js_block":
            yield _inner(part, node, "typescript")
        elif node.type in _SECTIONS:
            tag, text = node.named_child(0), node.named_child(1)
            if tag and text and text.type == "raw_text" and (language := _language(part, tag)):
                yield _inner(part, text, language)


def _inner(part: Part, node: Node, language: str) -> Part:
    return Part(language, part.text_of(node), part.line_of(node), is_inner=True)


def _language(part: Part, tag: Node) -> str | None:
    """Of what a script or style holds; None for a template."""
    attributes = attributes_of(part, tag)
    is_style = part.text_of(tag)[:6].lower() == "<style"
    named = attributes.get("lang", "")
    if named:
        known = language_named(named)
        return known if known in LANGUAGES else None
    if is_style:
        return "css"
    type_ = attributes.get("type", "").lower()
    if type_ in _JSON_TYPES:
        return "json"
    if type_ not in _JAVASCRIPT_TYPES:
        return None
    return "typescript" if part.language == "astro" else "javascript"


def attributes_of(part: Part, tag: Node) -> dict[str, str]:
    """By their names in lower case; one without a value is empty."""
    values: dict[str, str] = {}
    for attribute in tag.named_children:
        if attribute.type == "attribute":
            name, _, value = part.text_of(attribute).partition("=")
            values.setdefault(name.strip().lower(), value.strip().strip("\"'"))
    return values


def unclosed_section(part: Part) -> Finding | None:
    """A browser reads on to the end of a page for what closes a script."""
    if part.language not in PAGES:
        return None
    last = {match["name"].lower(): match for match in _SECTION_TAG.finditer(part.text)}
    for name, match in last.items():
        if not match["close"] and not match[0].endswith("/>"):
            line = part.first_line + part.text.count("\n", 0, match.start())
            message = f"The `<{name}>` that is opened on line {line} is never closed."
            return Finding(tool=part.language, rule="syntax", line=line, message=message)
    return None
