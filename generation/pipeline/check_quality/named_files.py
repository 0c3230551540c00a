"""The files that a part names: imports, includes, addresses in pages and style sheets."""

import re
from collections.abc import Callable, Iterator

from tree_sitter import Node

from generation.pipeline.check_quality.findings import Reference, ReferenceKind
from generation.pipeline.check_quality.sections import PAGES, attributes_of
from generation.pipeline.check_quality.trees import Part, nodes_of

_IMPORTS_OF_SCRIPTS = """
(import_statement source: (string (string_fragment) @target))
(export_statement source: (string (string_fragment) @target))
(call_expression function: (import) arguments: (arguments . (string (string_fragment) @target)))
(call_expression
  function: (identifier) @function (#eq? @function "require")
  arguments: (arguments . (string (string_fragment) @target)))
"""
# By the slug of the language: of what kind the names are, and where they stand.
_QUERIES: dict[str, tuple[ReferenceKind, str]] = {
    **dict.fromkeys(("javascript", "jsx", "typescript", "tsx"), ("script", _IMPORTS_OF_SCRIPTS)),
    **dict.fromkeys(("c", "cpp"), ("include", "(preproc_include path: (string_literal) @target)")),
    "go": ("go", "(import_spec path: (interpreted_string_literal) @target)"),
    "dart": ("dart", "(uri (string_literal) @target)"),
    "ruby": (
        "ruby",
        """(call method: (identifier) @method (#eq? @method "require_relative")
             arguments: (argument_list . (string . (string_content) @target .)))""",
    ),
}  # fmt: skip
_TAGS = frozenset({"start_tag", "self_closing_tag"})
_ATTRIBUTES = {
    "script": ("src",), "link": ("href",), "img": ("src",), "source": ("src",), "video": ("src", "poster"),
    "audio": ("src",), "iframe": ("src",), "embed": ("src",), "object": ("data",), "style": ("src",),
}  # fmt: skip
_LINKS_ELSEWHERE = frozenset(
    "canonical alternate preconnect dns-prefetch author license next prev me".split()
)
_STYLES = re.compile(
    r"/\*.*?(?:\*/|\Z)|(?<![:\w])//[^\n]*"
    r"|@(?:import|use|forward)\s+(?:url\(\s*)?[\"']?(?P<sheet>[^\"')\s;]++)"
    r"|\burl\(\s*[\"']?(?P<asset>[^\"')\s]++)",
    re.DOTALL,
)
_PHP_INCLUDES = (
    "[(require_expression) (require_once_expression) (include_expression) (include_once_expression)] @node"
)
_PHP_PATH = re.compile(
    r"\w+[\s(]*(?:(?P<here>__DIR__|dirname\(__FILE__\))|(?P<above>dirname\(__DIR__\)))?\s*\.?\s*"
    r"[\"'](?P<path>[^\"'$]+)[\"'][\s)]*"
)


def named_files(part: Part) -> Iterator[Reference]:
    if part.language in PAGES:
        yield from _named_in_page(part)
    elif part.language in {"css", "scss", "less"}:
        yield from _named_in_style(part)
    elif finder := _FINDERS.get(part.language):
        yield from finder(part)
    elif part.language in _QUERIES:
        kind, query = _QUERIES[part.language]
        for node in part.captures(query).get("target", []):
            target = part.text_of(node).strip("\"'")
            yield Reference(kind=kind, target=target, line=part.line_of(node))


def _named_in_page(part: Part) -> Iterator[Reference]:
    tags = (node for node in nodes_of(part.root) if node.type in _TAGS) if part.root else ()
    for tag in tags:
        name = next(
            (part.text_of(child).lower() for child in tag.named_children if child.type == "tag_name"), ""
        )
        if name not in _ATTRIBUTES:
            continue
        attributes = attributes_of(part, tag)
        if name == "link" and not _LINKS_ELSEWHERE.isdisjoint(attributes.get("rel", "").lower().split()):
            continue
        for attribute in _ATTRIBUTES[name]:
            if target := attributes.get(attribute):
                yield Reference(kind="page", target=target, line=part.line_of(tag))


def _named_in_style(part: Part) -> Iterator[Reference]:
    line, counted = part.first_line, 0
    for match in _STYLES.finditer(part.text):
        if target := match["sheet"] or match["asset"]:
            line += part.text.count("\n", counted, match.start())
            counted = match.start()
            yield Reference(kind="style", target=target, line=line)


def _named_in_python(part: Part) -> Iterator[Reference]:
    found = part.captures("(import_statement) @import (import_from_statement) @from")
    for node in found.get("import", []):
        for name in node.children_by_field_name("name"):
            target = part.text_of(_without_alias(name))
            if not _is_optional(node):
                yield Reference(kind="python", target=target, line=part.line_of(node))
    for node in found.get("from", []):
        module = node.child_by_field_name("module_name")
        if module and not _is_optional(node):
            names = tuple(part.text_of(_without_alias(name)) for name in node.children_by_field_name("name"))
            target = "".join(part.text_of(module).split())
            yield Reference(kind="python", target=target, line=part.line_of(node), names=names)


def _without_alias(node: Node) -> Node:
    return node.child_by_field_name("name") or node


def _is_optional(node: Node) -> bool:
    """Within `try`: the file may be missing."""
    block = node.parent
    return bool(block and block.parent and block.parent.type in {"try_statement", "except_clause"})


def _named_in_rust(part: Part) -> Iterator[Reference]:
    for node in part.captures("(mod_item name: (identifier) !body) @mod").get("mod", []):
        name, before = node.child_by_field_name("name"), node.prev_named_sibling
        if name and not (before and before.type == "attribute_item"):
            yield Reference(kind="rust", target=part.text_of(name), line=part.line_of(node))


def _named_in_php(part: Part) -> Iterator[Reference]:
    for node in part.captures(_PHP_INCLUDES).get("node", []):
        match = _PHP_PATH.fullmatch(part.text_of(node)[:300])
        if match is None:
            continue
        path = match["path"]
        if match["here"] or match["above"]:
            path = ("." if match["here"] else "..") + "/" + path.lstrip("/")
        yield Reference(kind="php", target=path, line=part.line_of(node))


_FINDERS: dict[str, Callable[[Part], Iterator[Reference]]] = {
    "python": _named_in_python,
    "rust": _named_in_rust,
    "php": _named_in_php,
}
