"""What a prompt that names nothing asks for, and what most people would take for it."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence, Set
from functools import cache
from pathlib import Path

from generation.pipeline.detect_framework.phrases import PhraseIndex
from generation.pipeline.detect_framework.text import Text

_MAX_ORDERS, _REACH = 3, 12
_DEVICES = frozenset({"android", "ios"})
PROGRAM = "program"
API, INTERACTION = "api", "interaction"


@cache
def _things() -> Mapping[str, Mapping[str, list[str]]]:
    return tomllib.loads((Path(__file__).parent / "things.toml").read_text(encoding="utf-8"))


def thing_phrases() -> Iterator[str]:
    return (word for thing in _things().values() for word in thing["words"])


@cache
def _index() -> PhraseIndex[str]:
    words = ((word, kind) for kind, thing in _things().items() for word in thing["words"])
    return PhraseIndex(words, join=lambda first, _: first)


def first_thing(text: Text) -> int | None:
    """The first word that names a kind of thing."""
    return next((hit.first for hit in _index().find(text) if hit.value != INTERACTION), None)


def thing_asked_for(text: Text, orders: Sequence[int]) -> tuple[str | None, int]:
    """The kind of the first thing that is named after an order to make one, else of the first at all; and where.

    A terminal or a device tells wherever it stands.
    """
    found = [
        (hit.first, hit.value)
        for hit in _index().find(text)
        if hit.value not in _DEVICES or "like" not in text.words[max(0, hit.first - 3) : hit.first]
    ]
    kinds = {kind for _, kind in found}
    if "terminal" in kinds:
        return "terminal", 0
    if {"android", "ios"} <= kinds or "mobile" in kinds:
        return "mobile", 0
    if special := next((kind for kind in ("android", "ios", "extension") if kind in kinds), None):
        return special, 0
    things = [(at, kind) for at, kind in found if kind != INTERACTION] or found
    for order in orders[:_MAX_ORDERS]:
        for at, kind in things:
            if order < at < order + _REACH:
                return kind, at
    return (things[0][1], things[0][0]) if things else (None, 0)


def usual_choice(thing: str | None, unwanted: Set[str]) -> str:
    slugs = _things()[thing or PROGRAM]["slugs"]
    return next((slug for slug in slugs if slug not in unwanted), slugs[0])
