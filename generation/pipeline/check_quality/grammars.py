"""Which grammar reads which language, and how far its word is to be taken."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

# `full`: what it finds blocks. `doubtful`: it finds faults in some correct code, so that a finding blocks
# only where the brackets do not match either. `none`: for comments and references, not for faults.
Trust = Literal["full", "doubtful", "none"]
Mask = tuple[re.Pattern[bytes], Callable[[re.Match[bytes]], bytes] | bytes]


@dataclass(frozen=True, kw_only=True, slots=True)
class Grammar:
    """`masks` hide correct code that the grammar stumbles over; each replacement is as long as its match.

    `pairs` is false for a language in which a bracket may close what none has opened. A text in which
    `doubts` is found is doubtful.
    """

    name: str
    trust: Trust = "full"
    masks: tuple[Mask, ...] = ()
    pairs: bool = True
    doubts: re.Pattern[str] | None = None


# A lone `&` in the text of JSX is taken for half of an entity; as an operator, `|` stands where it may.
_AMPERSAND: Mask = (re.compile(rb"&"), b"|")
_CLASS_OF_ELEMENT: Mask = (re.compile(rb"(?<=\s)class(?==)"), b"klass")
_IMPORTED_TYPE: Mask = (
    re.compile(rb"(?:(?<=typeof )import\(([\"'])[^\"'\n]*\1\)|import\(([\"'])[^\"'\n]*\2\)(?=\.[A-Z]))"),
    lambda m: b"i" * len(m[0]),
)
_EXPORTED_TYPES: Mask = (re.compile(rb"\bexport type \*"), b"export      *")
# `case Ok<int>():` matches a type in Dart 3.
_DART_PATTERN: Mask = (
    re.compile(rb"(?<=\bcase )([A-Z]\w*)(?:<[^()\n]{0,80}>)?\(\)"),
    lambda m: m[1].ljust(len(m[0])),
)
_NEW_POINTERS: Mask = (re.compile(rb"(?<=\bnew )(\w+) ?\*+(?=\[)"), lambda m: m[1].ljust(len(m[0])))
_COMPLEX: Mask = (re.compile(rb"\b(double|float) complex\b"), lambda m: m[1].ljust(len(m[0])))
_OPEN_RANGE: Mask = (re.compile(rb"\.\.<(?! )"), b".. ")

# Languages by their slugs; `=` where the grammar is called otherwise.
_LANGUAGES: dict[Trust, str] = {
    "full": """
        javascript jsx=javascript typescript tsx python go rust java csharp php ruby elixir lua hcl cmake
    """,
    "doubtful": """
        kotlin dart swift c cpp bash dockerfile scala objectivec=objc solidity graphql protobuf=proto zig
        julia haskell ocaml erlang r nix
    """,
    "none": """
        css scss less=scss html vue svelte astro sql powershell groovy makefile=make prisma gomod perl
        clojure gdscript glsl cuda fsharp nim pascal fortran matlab vim verilog vhdl bicep
    """,
}
# Conditional compilation may stand in the midst of an expression.
_DOUBTS = {"csharp": re.compile(r"^[ \t]*#(?:if|el)", re.MULTILINE)}
_UNPAIRED = frozenset({"bash", "dockerfile"})
_MASKS: dict[str, tuple[Mask, ...]] = {
    "javascript": (_AMPERSAND, _CLASS_OF_ELEMENT),
    "typescript": (_AMPERSAND, _EXPORTED_TYPES, _IMPORTED_TYPE),
    "tsx": (_AMPERSAND, _EXPORTED_TYPES, _IMPORTED_TYPE, _CLASS_OF_ELEMENT),
    "html": (_AMPERSAND,),
    "dart": (_DART_PATTERN,),
    "kotlin": (_OPEN_RANGE,),
    "c": (_COMPLEX,),
    "cpp": (_NEW_POINTERS,),
}


def _grammars() -> Iterator[tuple[str, Grammar]]:
    for trust, words in _LANGUAGES.items():
        for word in words.split():
            language, _, other = word.partition("=")
            name = other or language
            yield (
                language,
                Grammar(
                    name=name,
                    trust=trust,
                    masks=_MASKS.get(name, ()),
                    pairs=name not in _UNPAIRED,
                    doubts=_DOUBTS.get(name),
                ),
            )


# By the slug of the language.
GRAMMARS: Mapping[str, Grammar] = MappingProxyType(dict(_grammars()))
