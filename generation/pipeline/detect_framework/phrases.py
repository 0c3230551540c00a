"""Phrases of one word or several, found in a text in one pass over its words."""

from collections.abc import Callable, Iterable, Iterator
from itertools import product
from typing import Generic, NamedTuple, TypeVar

from generation.pipeline.detect_framework.text import Cutter, Text

T = TypeVar("T")
_CUTTER = Cutter(())


class Hit(NamedTuple, Generic[T]):
    """What was found, from the word `first` to the word `last`."""

    value: T
    first: int
    last: int


class PhraseIndex(Generic[T]):
    """Values by phrase. A phrase that is added twice has its values joined by `join`."""

    def __init__(self, phrases: Iterable[tuple[str, T]], join: Callable[[T, T], T]) -> None:
        values: dict[tuple[str, ...], T] = {}
        for phrase, value in phrases:
            words = words_of(phrase)
            values[words] = join(values[words], value) if words in values else value
        self._words = {words[0]: value for words, value in values.items() if len(words) == 1}
        self._phrases: dict[str, dict[str, list[tuple[list[str], T]]]] = {}
        for words in sorted(values, key=len, reverse=True):
            if len(words) > 1:
                by_second = self._phrases.setdefault(words[0], {})
                by_second.setdefault(words[1], []).append((list(words[2:]), values[words]))

    def get(self, word: str) -> T | None:
        """The value of a phrase of one word."""
        return self._words.get(word)

    def find(self, text: Text) -> Iterator[Hit[T]]:
        """The longest phrase that begins at each word; they may overlap."""
        words, phrases, following = self._words, self._phrases, [*text.words[1:], ""]
        for first, word in enumerate(text.words):
            if (
                word in phrases
                and following[first] in phrases[word]
                and (hit := self._phrase_at(text, first))
            ):
                yield hit
            elif word in words:
                yield Hit(words[word], first, first)

    def _phrase_at(self, text: Text, first: int) -> Hit[T] | None:
        for rest, value in self._phrases[text.words[first]][text.words[first + 1]]:
            last = first + 1 + len(rest)
            if text.words[first + 2 : last + 1] == rest and not any(text.breaks[first + 1 : last + 1]):
                return Hit(value, first, last)
        return None


def words_of(phrase: str) -> tuple[str, ...]:
    return tuple(_CUTTER.cut(phrase).words)


def spellings(phrase: str) -> set[str]:
    """The phrase with its words apart, and written together in every way ("Next.js", "nextjs")."""
    words = words_of(phrase)
    ways = product((" ", ""), repeat=len(words) - 1)
    return {
        words[0] + "".join(gap + word for gap, word in zip(gaps, words[1:], strict=True)) for gaps in ways
    }
