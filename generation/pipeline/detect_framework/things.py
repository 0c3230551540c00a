"""What kind of thing a prompt asks for, and what most people would take for it: `things.toml`."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from generation.pipeline.detect_framework.phrases import PhraseIndex
from generation.pipeline.detect_framework.text import Text

API, PROGRAM = "api", "program"
_TERMINAL, _MOBILE, _EXTENSION, _INTERACTION = "terminal", "mobile", "extension", "interaction"
_DEVICES = ("android", "ios")
_MOST_ORDERS, _REACH = 3, 12


@dataclass(frozen=True, slots=True)
class Thing:
    """A kind of thing, and the word at which the prompt names it."""

    kind: str
    at: int


@cache
def _things() -> Mapping[str, Mapping[str, list[str]]]:
    return tomllib.loads((Path(__file__).parent / "things.toml").read_text(encoding="utf-8"))


def thing_phrases() -> Iterator[str]:
    return (word for thing in _things().values() for word in thing["words"])


@cache
def _index() -> PhraseIndex[str]:
    words = ((word, kind) for kind, thing in _things().items() for word in thing["words"])
    return PhraseIndex(words, join=lambda first, _: first)


def things_in(text: Text) -> list[Thing]:
    """In their order. A device that something is only to look like is none."""
    return [
        Thing(hit.value, hit.first)
        for hit in _index().find(text)
        if hit.value not in _DEVICES or "like" not in text.words[max(0, hit.first - 3) : hit.first]
    ]


def first_thing(things: Sequence[Thing]) -> int | None:
    return next((thing.at for thing in things if thing.kind != _INTERACTION), None)


def thing_asked_for(things: Sequence[Thing], orders: Sequence[int]) -> Thing | None:
    """The first thing after an order to make one, else the first; a terminal or device tells anywhere."""
    kinds = {thing.kind: thing for thing in reversed(things)}
    if all(device in kinds for device in _DEVICES):
        return Thing(_MOBILE, kinds[_DEVICES[0]].at)
    if telling := next(
        (kinds[kind] for kind in (_TERMINAL, _MOBILE, *_DEVICES, _EXTENSION) if kind in kinds), None
    ):
        return telling
    named = [thing for thing in things if thing.kind != _INTERACTION] or things
    ordered = (
        thing for order in orders[:_MOST_ORDERS] for thing in named if order < thing.at < order + _REACH
    )
    return next(ordered, named[0] if named else None)


def usual_choice(thing: Thing | None, unwanted: Set[str]) -> str:
    slugs = _things()[thing.kind if thing else PROGRAM]["slugs"]
    return next((slug for slug in slugs if slug not in unwanted), slugs[0])
