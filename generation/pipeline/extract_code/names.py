"""The name of a block: where it may come from, and which of several counts."""

from dataclasses import dataclass
from typing import Literal

from generation.frameworks.languages import language_named, language_of_path
from generation.pipeline.extract_code.paths import is_path

# From the surest on. A label is nothing but the name; a sentence or a section may only speak of the file.
Origin = Literal["info", "label", "comment", "sentence", "section"]

# Languages whose files models put into each other's fences.
_FAMILIES = (
    frozenset({"javascript", "jsx", "typescript", "tsx", "vue", "svelte", "json", "jsonc"}),
    frozenset({"c", "cpp", "objectivec", "cuda"}),
    frozenset("html jinja erb blade php ejs handlebars twig razor xml svg vue svelte astro xaml".split()),
    frozenset({"css", "scss", "sass", "less"}),
    frozenset({"java", "kotlin", "groovy"}),
    frozenset({"json", "notebook"}),
    frozenset({"yaml", "toml", "ini", "dotenv"}),
)


@dataclass(frozen=True, slots=True)
class Name:
    """`is_whole`: the block is said to be the whole file, not a part of it."""

    path: str
    origin: Origin
    is_whole: bool = True

    @property
    def is_sure(self) -> bool:
        return self.origin in ("info", "label", "comment")


def agree(path: str, language: str | None) -> bool:
    """Can a file of this name hold a block of this language? Unknown ones can."""
    of_path, of_block = language_of_path(path), language_named(language or "")
    if of_path is None or of_block is None or of_block in (of_path, "text"):
        return True
    return any(of_path in family and of_block in family for family in _FAMILIES)


def best_name(above: Name | None, inside: Name | None) -> Name | None:
    """A label goes before a comment, a comment before a sentence; of two spellings of one file the fuller."""
    if above is None or inside is None:
        return above or inside
    if base_name(above.path) == base_name(inside.path):
        fuller = max(above.path, inside.path, key=len)
        return Name(fuller, above.origin if above.is_sure else inside.origin)
    return above if above.is_sure else inside


def base_name(path: str) -> str:
    return path.rpartition("/")[2]


def is_bare_name(line: str, language: str | None) -> bool:
    """A first line that is nothing but a name, in a block of the very language that such files hold."""
    path, of_block = line.strip(), language_named(language or "")
    return of_block not in (None, "text") and is_path(path) and language_of_path(path) == of_block
