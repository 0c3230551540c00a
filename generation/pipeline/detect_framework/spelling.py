"""Names that are spelt wrong: one letter too many, too few, another or two in the wrong order."""

import tomllib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

from generation.pipeline.detect_framework.text import Text

_SHORTEST, _LONGEST = 4, 14
_LONGEST_ENDING = 2  # "Pythonie", "Reacta": names are inflected in some languages
_SHORTEST_INFLECTED = 5


@cache
def _words_not_meant() -> frozenset[str]:
    """Common words of several languages that are one slip away from a name."""
    return frozenset(
        tomllib.loads((Path(__file__).parent / "spelling.toml").read_text(encoding="utf-8"))["not_meant"]
    )


class SpellingIndex:
    """Finds the name that a word is one slip away from, by what is left of both with a letter deleted."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(
            name for name in names if _SHORTEST <= len(name) <= _LONGEST and name.isalpha() and name.isascii()
        )
        self._not_meant = _words_not_meant()
        self._by_rest: dict[str, list[str]] = {}
        for name in sorted(self._names):
            for rest in (name, *_deletions(name)):
                self._by_rest.setdefault(rest, []).append(name)

    def name_meant(self, word: str, *, is_inflected: bool) -> str | None:
        if not (_SHORTEST <= len(word) <= _LONGEST + 1 and word.isascii() and word.isalpha()):
            return None
        if word in self._names or word in self._not_meant:
            return None
        for rest in (word, *_deletions(word)):
            for name in self._by_rest.get(rest, ()):
                if _is_one_slip(word, name):
                    return name
        return self._stem(word) if is_inflected else None

    def _stem(self, word: str) -> str | None:
        stems = (word[:-cut] for cut in range(1, _LONGEST_ENDING + 1))
        return next(
            (stem for stem in stems if len(stem) >= _SHORTEST_INFLECTED and stem in self._names), None
        )

    def correct(self, text: Text, known: Collection[int], *, is_inflected: bool) -> Text | None:
        """The text with names in the place of what was meant for them, or None."""
        meant: dict[str, str | None] = {}
        words = list(text.words)
        for at, word in enumerate(words):
            if at in known:
                continue
            if word not in meant:
                meant[word] = self.name_meant(word, is_inflected=is_inflected)
            words[at] = meant[word] or word
        if words == text.words:
            return None
        return replace(text, words=words)


def _deletions(word: str) -> Iterator[str]:
    return (word[:at] + word[at + 1 :] for at in range(len(word)))


def _is_one_slip(word: str, name: str) -> bool:
    """Words of four letters are too close to each other for any slip but two letters in the wrong order."""
    if sorted(word) == sorted(name):
        return _is_swapped(word, name)
    if len(name) <= _SHORTEST:
        return False
    if len(word) == len(name):
        return sum(a != b for a, b in zip(word, name, strict=True)) == 1
    return abs(len(word) - len(name)) == 1


def _is_swapped(word: str, name: str) -> bool:
    differing = [at for at, (a, b) in enumerate(zip(word, name, strict=True)) if a != b]
    return len(differing) == 2 and differing[1] - differing[0] <= 2
