"""Every spelling of every framework, and where a text has one."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from generation.frameworks import Framework
from generation.pipeline.detect_framework.phrases import PhraseIndex, spellings, words_of
from generation.pipeline.detect_framework.spelling import SpellingIndex
from generation.pipeline.detect_framework.text import Cutter, Text
from generation.pipeline.detect_framework.things import thing_phrases
from generation.pipeline.detect_framework.wording import all_phrases

OTHER = "other"  # a stack that the registry does not know
_MOST_MENTIONS = 12  # of one framework; more of them say nothing new
_DIGITS = "0123456789"
_SHORTEST_WITH_VERSION = 3  # "vue3", "html5", and not "c4"
# Shorter ones are too near to other words to be misspelt.
_SHORTEST_DOUBTFUL, _SHORTEST_LIBRARY, _SHORTEST_JOINED = 5, 7, 9

_AROUND = 40  # characters
_WHITE = re.compile(r"\s")
_BEFORE_NO_NAME, _AFTER_NO_NAME, _QUOTES = frozenset("$<#\\_"), frozenset("(="), frozenset("\"'")
_FILE_ENDING = re.compile(r"\.[A-Za-z]")
_CLOSED_KEY = re.compile(r"[\"']\s?:|-[\w/-]+[\"']")


@dataclass(frozen=True, slots=True)
class Name:
    """`stands_for` are other frameworks that the name means as well; `not_after` and `not_before` are words
    beside which it means something else."""

    slug: str
    is_library: bool
    is_doubtful: bool
    stands_for: tuple[str, ...] = ()
    not_after: frozenset[str] = frozenset()
    not_before: frozenset[str] = frozenset()

    @property
    def has_other_meanings(self) -> bool:
        return bool(self.not_before)


@dataclass(frozen=True, slots=True)
class Mention:
    """A name, from the word `first` to the word `last`."""

    name: Name
    first: int
    last: int

    @property
    def slug(self) -> str:
        return self.name.slug


class Vocabulary:
    def __init__(self, frameworks: tuple[Framework, ...]) -> None:
        names = [
            (spelling, name)
            for framework in frameworks
            for phrase, name in _names(framework)
            for spelling in spellings(phrase)
        ]
        self._index = PhraseIndex(names, join=_surer)
        self._with_version = {
            spelling: name
            for spelling, name in names
            if len(spelling) >= _SHORTEST_WITH_VERSION and spelling.isalpha()
        }
        self.spelling = SpellingIndex(
            name for framework in frameworks for name in _names_to_misspell(framework)
        )
        phrases = [*all_phrases(), *thing_phrases(), *(spelling for spelling, _ in names)]
        self._cutter = Cutter(word for phrase in phrases for word in words_of(phrase))

    def cut(self, prose: str) -> Text:
        return self._cutter.cut(prose)

    def mentions(self, text: Text) -> list[Mention]:
        """In their order; where names overlap, the first and longest."""
        found: list[Mention] = []
        counts: Counter[str] = Counter()
        free_from = 0
        for mention in self._candidates(text):
            if (
                mention.first < free_from
                or counts[mention.slug] == _MOST_MENTIONS
                or _is_part_of_a_path(text, mention)
            ):
                continue
            found.append(_as_package(text, mention))
            counts[mention.slug] += 1
            free_from = mention.last + 1
        return found

    def _candidates(self, text: Text) -> list[Mention]:
        hits = {hit.first: Mention(hit.value, hit.first, hit.last) for hit in self._index.find(text)}
        for at, word in enumerate(text.words):
            if (
                word[-1] in _DIGITS
                and at not in hits
                and (name := self._with_version.get(word.rstrip(_DIGITS)))
            ):
                hits[at] = Mention(name, at, at)
        return [hits[first] for first in sorted(hits)]


def _names(framework: Framework) -> Iterator[tuple[str, Name]]:
    kinds = (
        (framework.names, False, False),
        (framework.doubtful_names, False, True),
        (framework.libraries, True, False),
        (framework.doubtful_libraries, True, True),
    )
    for phrases, is_library, is_doubtful in kinds:
        for phrase in phrases:
            words = framework.other_meanings.get(phrase, ())
            yield (
                phrase,
                Name(
                    slug=framework.slug,
                    is_library=is_library,
                    is_doubtful=is_doubtful,
                    stands_for=framework.stands_for.get(phrase, ()),
                    not_after=frozenset(
                        word.removesuffix(" _") for word in words if not word.startswith("_ ")
                    ),
                    not_before=frozenset(
                        word.removeprefix("_ ") for word in words if not word.endswith(" _")
                    ),
                ),
            )


def _names_to_misspell(framework: Framework) -> Iterator[str]:
    """Names of one word, or long ones written together; those of stacks outside the list are not guessed."""
    if framework.slug == OTHER:
        return
    is_language = framework.kind == "language"
    doubtful = (
        [] if is_language else [name for name in framework.doubtful_names if len(name) >= _SHORTEST_DOUBTFUL]
    )
    libraries = [name for name in framework.libraries if len(name) >= _SHORTEST_LIBRARY]
    for name in (*framework.names, *doubtful, *libraries):
        is_long = len(name) >= _SHORTEST_JOINED and not is_language
        if len(words_of(name)) == 1 or "." in name or is_long:
            yield from (spelling for spelling in spellings(name) if " " not in spelling)


def _surer(one: Name, other: Name) -> Name:
    return min(one, other, key=lambda name: (name.is_library, name.is_doubtful))


def _is_part_of_a_path(text: Text, mention: Mention) -> bool:
    """ "main.go", "@vue/x", "./react", "vue.config", "'react':" and "go(" name files, packages and calls."""
    raw, start, end = text.raw, text.starts[mention.first], text.ends[mention.last]
    before = _WHITE.split(raw[max(0, start - _AROUND) : start])[-1]
    after = _WHITE.split(raw[end : end + _AROUND])[0]
    if "@" in before or before[-1:] in _BEFORE_NO_NAME or (before[-1:] == "." and before[:-1]):
        return True
    if (raw[start] == "." and before[-1:].isalnum()) or (before[-1:] == "/" and not before[-2:-1].isalnum()):
        return True
    if after[:1] in _AFTER_NO_NAME or after[:2] == "::" or _FILE_ENDING.match(after):
        return True
    return before[-1:] in _QUOTES and _CLOSED_KEY.search(after) is not None


def _as_package(text: Text, mention: Mention) -> Mention:
    """ "flask-login" is a package of the framework, and "React-App" is the framework."""
    start, end = text.starts[mention.first], text.ends[mention.last]
    is_compound = (
        text.raw[end : end + 1] == "-" and text.raw[end + 1 : end + 2].islower() and text.raw[start].islower()
    )
    if is_compound and not mention.name.is_doubtful:
        return replace(mention, name=replace(mention.name, is_library=True))
    return mention


@lru_cache(maxsize=4)
def _vocabulary(frameworks: tuple[Framework, ...]) -> Vocabulary:
    return Vocabulary(frameworks)


def vocabulary_of(frameworks: Mapping[str, Framework]) -> Vocabulary:
    return _vocabulary(tuple(frameworks.values()))
