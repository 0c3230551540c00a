"""Every spelling of every framework, and where a prompt has one."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from generation.frameworks import Framework
from generation.pipeline.detect_framework.phrases import PhraseIndex, spellings, words_of
from generation.pipeline.detect_framework.spelling import SpellingIndex, words_not_meant
from generation.pipeline.detect_framework.text import Cutter, Text
from generation.pipeline.detect_framework.wording import all_phrases
from generation.pipeline.detect_framework.things import thing_phrases

OTHER = "other"  # a stack that the registry does not know
_SHORTEST_DOUBTFUL, _SHORTEST_LIBRARY = 5, 7  # shorter ones are too near to other words to be misspelt
_LONG_NAME = 9  # of several words that are written together
_SHORTEST_WITH_VERSION = 3  # "vue3", "html5", and not "c4"


@dataclass(frozen=True, slots=True)
class Name:
    slug: str
    is_library: bool
    is_doubtful: bool
    not_before: frozenset[str] = frozenset()
    not_after: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Mention:
    """A name, from the word `first` to the word `last`."""

    name: Name
    first: int
    last: int

    @property
    def words(self) -> range:
        return range(self.first, self.last + 1)

    @property
    def slug(self) -> str:
        return self.name.slug


_AROUND = 40
_WHITE = re.compile(r"\s")
_BEFORE_NO_NAME, _AFTER_NO_NAME, _QUOTES = frozenset("$<#\\_"), frozenset("(="), frozenset("\"'")
_FILE_ENDING = re.compile(r"\.[A-Za-z]")
_CLOSED_KEY = re.compile(r"[\"']\s?:|-[\w/-]+[\"']")


class Vocabulary:
    def __init__(self, frameworks: tuple[Framework, ...]) -> None:
        named = [
            (spelling, _name(framework, name, is_library=is_library, is_doubtful=is_doubtful))
            for framework in frameworks
            for names, is_library, is_doubtful in (
                (framework.names, False, False),
                (framework.doubtful_names, False, True),
                (framework.libraries, True, False),
                (framework.doubtful_libraries, True, True),
            )
            for name in names
            for spelling in spellings(name)
        ]
        self._index = PhraseIndex(named, join=_surer)
        self._with_version = {
            spelling: name for spelling, name in named if len(spelling) >= _SHORTEST_WITH_VERSION and spelling.isalpha()
        }
        phrases = [*all_phrases(), *thing_phrases(), *(spelling for spelling, _ in named)]
        words = {word for framework in frameworks for word in _names_to_misspell(framework)}
        self.spelling = SpellingIndex(words, words_not_meant())
        self._cutter = Cutter(word for phrase in phrases for word in words_of(phrase))

    def cut(self, prose: str) -> Text:
        return self._cutter.cut(prose)

    def mentions(self, text: Text) -> Iterator[Mention]:
        """In their order; where names overlap, the first and longest."""
        hits = {hit.first: Mention(hit.value, hit.first, hit.last) for hit in self._index.find(text)}
        for at, word in enumerate(text.words):
            if word[-1].isdigit() and at not in hits and (name := self._with_version.get(word.rstrip("0123456789"))):
                hits[at] = Mention(name, at, at)
        free_from = 0
        for first in sorted(hits):
            mention = hits[first]
            if first >= free_from and not _is_part_of_a_path(text, mention):
                yield _as_package(text, mention)
                free_from = mention.last + 1


def _names_to_misspell(framework: Framework) -> Iterator[str]:
    """Names of one word. Doubtful names of languages are too short and too common for a guess."""
    if framework.slug == OTHER:
        return
    doubtful: Sequence[str] = () if framework.kind == "language" else framework.doubtful_names
    doubtful = [name for name in doubtful if len(name) >= _SHORTEST_DOUBTFUL]
    libraries = [name for name in framework.libraries if len(name) >= _SHORTEST_LIBRARY]
    for name in (*framework.names, *doubtful, *libraries):
        is_long = len(name) >= _LONG_NAME and framework.kind != "language"
        if len(words_of(name)) == 1 or "." in name or is_long:
            yield from (spelling for spelling in spellings(name) if " " not in spelling)


def _as_package(text: Text, mention: Mention) -> Mention:
    """ "flask-login" is a package of the framework."""
    after = text.ends[mention.last]
    is_compound = text.raw[after : after + 1] == "-" and text.raw[after + 1 : after + 2].islower()
    if is_compound and not mention.name.is_library and not mention.name.is_doubtful and text.raw[text.starts[mention.first]].islower():
        return replace(mention, name=replace(mention.name, is_library=True))
    return mention


def _name(framework: Framework, name: str, *, is_library: bool, is_doubtful: bool) -> Name:
    """ "in _" is a word before the name that gives it another meaning, "_ to" one after it, "sale" either."""
    words = framework.other_meanings.get(name, ())
    return Name(
        framework.slug,
        is_library,
        is_doubtful,
        not_after=frozenset(word.removesuffix(" _") for word in words if not word.startswith("_ ")),
        not_before=frozenset(word.removeprefix("_ ") for word in words if not word.endswith(" _")),
    )


def _surer(one: Name, other: Name) -> Name:
    return min(one, other, key=lambda name: (name.is_library, name.is_doubtful))


def _is_part_of_a_path(text: Text, mention: Mention) -> bool:
    """ "main.go", "@vue/x", "./react", "vue.config", "'react':" and "go(" name files, packages and calls."""
    start, end = text.starts[mention.first], text.ends[mention.last]
    raw = text.raw
    before, after = raw[max(0, start - _AROUND) : start], raw[end : end + _AROUND]
    before, after = _WHITE.split(before)[-1], _WHITE.split(after)[0]
    if "@" in before or before[-1:] in _BEFORE_NO_NAME or (before[-1:] == "." and before[:-1]):
        return True
    if raw[start] == "." and before[-1:].isalnum():
        return True
    if before[-1:] == "/" and not before[-2:-1].isalnum():
        return True
    if after[:1] in _AFTER_NO_NAME or after[:2] == "::" or _FILE_ENDING.match(after):
        return True
    return before[-1:] in _QUOTES and _CLOSED_KEY.search(after) is not None


@lru_cache(maxsize=4)
def vocabulary(frameworks: tuple[Framework, ...]) -> Vocabulary:
    return Vocabulary(frameworks)


def vocabulary_of(frameworks: Mapping[str, Framework]) -> Vocabulary:
    return vocabulary(tuple(frameworks.values()))
