"""The frameworks that the product knows: one small TOML file for each, in this folder."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

Kind = Literal["frontend", "backend", "mobile", "data", "infrastructure", "language"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Framework:
    """What is to be known of one framework.

    `names` are its spellings in a prompt; `doubtful_names` are words with another meaning as well,
    which count in a technical context only. `signals` are packages, file names and idioms that
    betray it. `over` are the slugs that it is built on. `files` maps a language to the name of a lone file.
    """

    slug: str
    name: str
    kind: Kind
    language: str
    names: tuple[str, ...] = ()
    doubtful_names: tuple[str, ...] = ()
    signals: tuple[str, ...] = ()
    over: tuple[str, ...] = ()
    files: Mapping[str, str] = field(hash=False)
    guidance: str


def read_framework(path: Path) -> Framework:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return Framework(
        slug=path.stem,
        name=data["name"],
        kind=data["kind"],
        language=data["language"],
        names=tuple(data.get("names", ())),
        doubtful_names=tuple(data.get("doubtful_names", ())),
        signals=tuple(data.get("signals", ())),
        over=tuple(data.get("over", ())),
        files=MappingProxyType(data.get("files", {})),
        guidance=data["guidance"].strip(),
    )


@cache
def load_frameworks() -> Mapping[str, Framework]:
    """All frameworks by slug, in the order of their slugs."""
    paths = sorted(Path(__file__).parent.glob("*.toml"))
    return MappingProxyType({path.stem: read_framework(path) for path in paths})
