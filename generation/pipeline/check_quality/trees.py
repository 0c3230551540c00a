"""A part of a file as a tree: what its grammar makes of it, and its nodes in the order of the text."""

from collections.abc import Iterable, Iterator
from functools import cache, cached_property
from typing import cast

from tree_sitter import Language, Node, Parser, Query, QueryCursor, TreeCursor
from tree_sitter_language_pack import SupportedLanguage, get_language

from generation.pipeline.check_quality.grammars import GRAMMARS, Grammar

MAX_DEPTH = 2000


@cache
def language_of(grammar: str) -> Language:
    return get_language(cast("SupportedLanguage", grammar))


@cache
def _query(grammar: str, text: str) -> Query:
    return Query(language_of(grammar), text)


@cache
def _comment_kinds(grammar: str) -> tuple[str, ...]:
    """The kinds of nodes that are comments; grammars differ in their names."""
    language = language_of(grammar)
    ids = range(language.node_kind_count)
    kinds = {
        language.node_kind_for_id(id_)
        for id_ in ids
        if language.node_kind_is_visible(id_) and language.node_kind_is_named(id_)
    }
    endings = ("comment", "comment_statement")
    return tuple(sorted(kind for kind in kinds if kind and kind.lower().endswith(endings)))


class Part:
    """A piece of a file in one language: `first_line` is the line of the file on which it begins.

    `is_inner` for what stands within a page.
    """

    def __init__(self, language: str, text: str, first_line: int = 1, *, is_inner: bool = False) -> None:
        self.language = language
        self.text = text
        self.first_line = first_line
        self.is_inner = is_inner
        self.grammar: Grammar | None = GRAMMARS.get(language)

    @cached_property
    def source(self) -> bytes:
        """With a line end at its end, without which some grammars see a fault."""
        return self.text.encode(errors="replace") + b"\n"

    @cached_property
    def whole_tree(self) -> Node | None:
        """None for a language without a grammar."""
        if self.grammar is None:
            return None
        source = self.source
        for pattern, replacement in self.grammar.masks:
            source = pattern.sub(replacement, source)
        return Parser(language_of(self.grammar.name)).parse(source).root_node

    @cached_property
    def root(self) -> Node | None:
        """The tree, unless it is too deep for a query of it to end soon."""
        tree = self.whole_tree
        return None if tree is None or is_deeper(tree, MAX_DEPTH) else tree

    def captures(self, query: str) -> dict[str, list[Node]]:
        """The nodes that a query of tree-sitter names, in the order of the text.

        None in a tree with faults, where a query may take the square of the size of the text.
        """
        if self.grammar is None or self.root is None or self.root.has_error:
            return {}
        found = QueryCursor(_query(self.grammar.name, query)).captures(self.root)
        return {name: sorted(nodes, key=lambda node: node.start_byte) for name, nodes in found.items()}

    def comments(self) -> list[Node]:
        """Outermost comments: a documenting one holds another in some grammars."""
        kinds = _comment_kinds(self.grammar.name) if self.grammar else ()
        if not kinds:
            return []
        outer: list[Node] = []
        for node in self._nodes(kinds):
            if not outer or node.start_byte >= outer[-1].end_byte:
                outer.append(node)
        return outer

    def _nodes(self, kinds: tuple[str, ...]) -> Iterable[Node]:
        if self.root and self.root.has_error:
            return (node for node in nodes_of(self.root) if node.type in kinds)
        query = " ".join(f"({kind})" for kind in kinds)
        return self.captures(f"[{query}] @node").get("node", [])

    def text_of(self, node: Node) -> str:
        """As written, where `Node.text` would show the mask."""
        return self.source[node.start_byte : node.end_byte].decode(errors="replace")

    def line_of(self, node: Node) -> int:
        return self.first_line + node.start_point.row


def is_deeper(root: Node, limit: int) -> bool:
    cursor, depth = root.walk(), 0
    while depth <= limit:
        if cursor.goto_first_child():
            depth += 1
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return False
            depth -= 1
    return True


def nodes_of(root: Node) -> Iterator[Node]:
    """Every node in the order of the text, without recursion."""
    cursor = root.walk()
    while True:
        if cursor.node:
            yield cursor.node
        if not cursor.goto_first_child() and not _goes_on(cursor):
            return


def _goes_on(cursor: TreeCursor) -> bool:
    while not cursor.goto_next_sibling():
        if not cursor.goto_parent():
            return False
    return True
