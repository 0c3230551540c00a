"""What a prompt wants of what it names."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from generation.pipeline.detect_framework.marks import Marks
from generation.pipeline.detect_framework.moves import find_targets, is_left
from generation.pipeline.detect_framework.name_lists import NameList, name_lists
from generation.pipeline.detect_framework.refusals import is_postponed, is_refused
from generation.pipeline.detect_framework.roles import Role
from generation.pipeline.detect_framework.senses import names_of_software
from generation.pipeline.detect_framework.vocabulary import Mention, Vocabulary
from generation.pipeline.detect_framework.weights import NAMED, weight_of

Stance = Literal["wanted", "refused", "left"]


@dataclass(frozen=True, slots=True)
class Judged:
    """A mention, what is wanted of it, how much it counts, and whether it is a part of its own."""

    mention: Mention
    stance: Stance
    weight: float = 0.0
    is_part: bool = False

    @property
    def slug(self) -> str:
        return self.mention.slug

    @property
    def is_library(self) -> bool:
        return self.mention.name.is_library


def judge(marks: Marks, vocabulary: Vocabulary) -> list[Judged]:
    """What the text says of each name of software in it, in their order."""
    lists = name_lists(names_of_software(vocabulary.mentions(marks.text), marks), marks)
    find_targets(lists)
    last_target = max((names.first for names in lists if names.is_target), default=-1)
    return [judged for names in lists for judged in _judge_list(names, last_target)]


def _judge_list(names: NameList, last_target: int) -> Iterator[Judged]:
    stance = _stance(names, last_target)
    if stance == "refused":
        yield from _refused(names)
    elif stance == "left":
        yield from (Judged(mention, "left") for mention in names.mentions)
    else:
        weight, is_part = weight_of(names), names.is_product
        yield from (Judged(mention, "wanted", weight, is_part) for mention in names.mentions)


def _stance(names: NameList, last_target: int) -> Stance:
    if is_refused(names):
        return "refused"
    return "left" if is_left(names, last_target) or is_postponed(names) else "wanted"


def _refused(names: NameList) -> Iterator[Judged]:
    """ "no React, Vue or Svelte" refuses all; in "not React, Vue" the comma contrasts."""
    first, *others = names.mentions
    is_joined = any(
        names.marks.has(Role.LIST, one.last, other.first)
        for one, other in zip(names.mentions, others, strict=False)
    )
    yield Judged(first, "refused")
    for mention in others:
        yield Judged(mention, "refused") if is_joined else Judged(mention, "wanted", NAMED)
