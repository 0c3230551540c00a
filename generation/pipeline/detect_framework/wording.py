"""How people say that they want something, do not want it, or come from it: `wording.toml`, found in a text."""

import tomllib
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from generation.pipeline.detect_framework.phrases import PhraseIndex
from generation.pipeline.detect_framework.text import Break, Text

Roles = frozenset[str]
_NONE: Roles = frozenset()
_WORDS_FOR_LANGUAGE = 150


@cache
def wording_table() -> Mapping[str, Mapping[str, list[str]]]:
    """The phrases of each role by language."""
    return tomllib.loads((Path(__file__).parent / "wording.toml").read_text(encoding="utf-8"))


def all_phrases() -> Iterator[str]:
    return (phrase for table in wording_table().values() for phrases in table.values() for phrase in phrases)


@cache
def _index(language: str) -> PhraseIndex[Roles]:
    """The phrases of a language and, where it has none like them, of English: "no" is "in the" in Portuguese."""
    phrases: dict[str, Roles] = {}
    for role, table in wording_table().items():
        for phrase in table.get(language, ()):
            phrases[phrase] = phrases.get(phrase, _NONE) | {role}
    own = frozenset(phrases)
    for role, table in wording_table().items():
        for phrase in table["en"] if "en" in table else ():
            if phrase not in own or language == "en":
                phrases[phrase] = phrases.get(phrase, _NONE) | {role}
    return PhraseIndex(phrases.items(), frozenset.union)


@cache
def _languages_of_word() -> Mapping[str, tuple[str, ...]]:
    languages: defaultdict[str, list[str]] = defaultdict(list)
    for language in wording_table()["common"]:
        words = {word for table in wording_table().values() for word in table.get(language, ())}
        for word in words:
            languages[word].append(language)
    return {word: tuple(spoken) for word, spoken in languages.items()}


def language_of(text: Text) -> str:
    """The language that a prompt is written in, by its script or its commonest words."""
    if not text.raw.isascii():
        if any("\u3040" <= char <= "\u30ff" for char in text.raw):
            return "ja"
        scripts = Counter(_script(word[0]) for word in text.words[:_WORDS_FOR_LANGUAGE])
        if scripted := [script for script in ("ko", "zh", "ru") if scripts[script]]:
            return max(scripted, key=lambda script: scripts[script])
    known = _languages_of_word()
    spoken = Counter(one for word in text.words[:_WORDS_FOR_LANGUAGE] for one in known.get(word, ()))
    return max(spoken, key=lambda one: (spoken[one], one == "en")) if spoken else "en"


def _script(char: str) -> str:
    if "\u0400" <= char <= "\u052f":
        return "ru"
    if "\u3400" <= char <= "\u9fff":
        return "zh"
    return "ko" if "\uac00" <= char <= "\ud7af" else ""


class Marks:
    """The roles of the words of one text."""

    def __init__(self, text: Text, language: str, first_thing: int | None = None) -> None:
        self.text = text
        self.first_thing = first_thing
        self.language = language
        self._starting: dict[int, tuple[Roles, int]] = {}
        self._ending: dict[int, tuple[Roles, int]] = {}
        self.at: defaultdict[str, list[int]] = defaultdict(list)
        for hit in _index(language).find(text):
            self._starting[hit.first] = (hit.value, hit.last)
            self._ending.setdefault(hit.last, (hit.value, hit.first))
            for role in hit.value:
                self.at[role].append(hit.first)

    def ending(self, word: int) -> tuple[Roles, int]:
        """The roles of the phrase that ends at a word, and its first word."""
        return self._ending.get(word, (_NONE, word))

    def own_roles(self, word: int) -> Roles:
        """Of the word alone, whatever phrase it is part of."""
        return _index(self.language).get(self.text.words[word]) or _NONE

    def roles(self, word: int) -> Roles:
        """Of the phrase that begins at a word."""
        return self._starting.get(word, (_NONE, word))[0]

    def before(self, word: int) -> set[str]:
        """The roles of what stands right before a word, over fillers, up to a pause; a label has a colon."""
        found: set[str] = set()
        while word > 0 and not self.text.breaks[word]:
            roles, first = self.ending(word - 1)
            found |= roles
            if "filler" not in roles:
                return found
            word = first
        if word > 0 and self.text.breaks[word] == Break.PAUSE and ":" in self.text.gap(word):
            found |= self.ending(word - 1)[0] & {"label"}
        return found

    def after(self, word: int) -> set[str]:
        """The roles of what stands right after a word, over fillers; a pause parts them, a bracket does not."""
        found: set[str] = set()
        following = word + 1
        for _ in range(3):
            if following >= len(self.text):
                break
            if self.text.breaks[following] and following == word + 1:
                following = self._after_brackets(following)
            if following >= len(self.text) or self.text.breaks[following] > (following != word + 1):
                break
            roles, last = self._starting.get(following, (_NONE, following))
            found |= roles
            if "filler" not in roles or roles & {"common", "product_after", "technical_after"}:
                break
            following = last + 1
        return found

    def _after_brackets(self, word: int) -> int:
        """The word itself, or the first after the brackets that open before it: "React (Vite) frontend"."""
        if "(" not in self.text.gap(word):
            return word
        for closing in range(word + 1, min(word + 5, len(self.text))):
            if ")" in self.text.gap(closing):
                return closing
        return word

    def sentence(self, word: int) -> tuple[int, int]:
        """The first word of the sentence, and the one after its last."""
        return self._stretch(word, Break.SENTENCE)

    def clause(self, word: int) -> tuple[int, int]:
        """A stretch without a pause and without a "but"."""
        first, end = self._stretch(word, Break.PAUSE)
        contrasts = self.at["contrast"]
        at = bisect_left(contrasts, word)
        if at and contrasts[at - 1] > first:
            first = contrasts[at - 1]
        if at < len(contrasts) and contrasts[at] < end:
            end = contrasts[at]
        return first, end

    def _stretch(self, word: int, least: Break, most: int = 60) -> tuple[int, int]:
        breaks = self.text.breaks
        first = end = word
        while first > 0 and breaks[first] < least and word - first < most:
            first -= 1
        end = word + 1
        while end < len(breaks) and breaks[end] < least and end - word < most:
            end += 1
        return first, end

    def within(self, role: str, first: int, end: int) -> bool:
        places = self.at.get(role, ())
        at = bisect_left(places, first)
        return at < len(places) and places[at] < end
