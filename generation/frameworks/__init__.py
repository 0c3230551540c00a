"""The frameworks that the product knows: one small TOML file for each, in this folder."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, get_args

Kind = Literal["frontend", "backend", "mobile", "data", "infrastructure", "language"]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Framework:
    """What is to be known of one framework. Each is loaded once, and is equal to itself alone.

    In its TOML file the fields from `names` on are `[detection]`.

    `over` are the slugs that it is built on. `starter` are the files of a small project, `files` maps a
    language to the usual name of a lone file, `conventions` say where the parts of a project live. `run` and
    `test` are commands in the folder of the project.

    `names` are its spellings in a prompt and `libraries` what is used with nothing else; the doubtful
    ones are words with another meaning as well, which count in technical company only. `packages` are its
    names in manifests, `signals` the file names and idioms that betray it. `stands_for` has the
    other frameworks that a name means as well, `other_meanings` the words beside which it means something
    else ("sale" on either side, "in _" before it, "_ to" after it).
    """

    slug: str
    name: str
    kind: Kind
    language: str
    over: tuple[str, ...] = ()
    run: tuple[str, ...] = ()
    test: tuple[str, ...] = ()
    starter: tuple[str, ...] = ()
    guidance: str
    files: Mapping[str, str] = field(default_factory=dict)
    conventions: Mapping[str, str] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    doubtful_names: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()
    doubtful_libraries: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    signals: tuple[str, ...] = ()
    stands_for: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    other_meanings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def spelling_key(name: str) -> str:
    """The same for all spellings of a name: "Next.js", "next js" and "nextjs"."""
    return "".join(char for char in name.casefold() if char.isalnum() or char in "+#")


def read_framework(path: Path) -> Framework:
    """Raises `TypeError` for a field that does not exist or is missing, `ValueError` for an unknown kind."""
    data: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    data |= data.pop("detection", {})
    if data["kind"] not in get_args(Kind):
        raise ValueError(f"{path.name}: no such kind: {data['kind']}")
    values = {name: _frozen(value) for name, value in data.items()}
    return Framework(slug=path.stem, **{**values, "guidance": data["guidance"].strip()})


def _frozen(value: Any) -> Any:
    match value:
        case list():
            return tuple(value)
        case dict():
            return MappingProxyType({key: _frozen(part) for key, part in value.items()})
    return value


@cache
def load_frameworks() -> Mapping[str, Framework]:
    """All frameworks by slug, in the order of their slugs."""
    paths = sorted(Path(__file__).parent.glob("*.toml"))
    return MappingProxyType({path.stem: read_framework(path) for path in paths})
