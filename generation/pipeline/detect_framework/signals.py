"""What pasted code, packages and file names betray."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from generation.frameworks import Framework
from generation.pipeline.detect_framework.text import lowered

Scores = defaultdict[str, float]

# A framework's own idiom says more than one of the language that it is written in; SQL and HTML occur in all.
_WEIGHTS = {"html": 0.7, "sql": 0.5, "javascript": 0.9}
_FRAMEWORK_WEIGHT, _LANGUAGE_WEIGHT = 2.0, 1.0
_WORD = re.compile(r"[a-z0-9_]+")
_PLAIN = re.compile(r"(?:[A-Z]?[a-z]*|[A-Z]+)(?: (?:[a-z]*|[A-Z]*)){0,2}")


@dataclass(frozen=True, slots=True)
class _Signal:
    """A piece of code, and where in it the word stands by which it is found.

    One or two plain words are code in prose only where they are capitals in both ("GROUP BY").
    """

    text: str
    offset: int
    slug: str
    is_plain: bool
    is_upper: bool

    def is_in_capitals(self, prompt: str, start: int) -> bool:
        first = start - self.offset
        return self.is_upper and prompt[first : first + len(self.text)].isupper()

    def is_at(self, text: str, start: int) -> bool:
        first = start - self.offset
        if first < 0 or not text.startswith(self.text, first):
            return False
        last = first + len(self.text)
        if self.text[-1].isalnum() and last < len(text) and (text[last].isalnum() or text[last] == "_"):
            return False
        if self.text[0].isalnum():
            return first == 0 or not (text[first - 1].isalnum() or text[first - 1] == "_")
        is_ending = self.text[0] == "." and self.text[-1].isalnum()  # ".py" stands after a name
        return not is_ending or (first > 0 and (text[first - 1].isalnum() or text[first - 1] in "_)]'\""))


class SignalIndex:
    def __init__(self, frameworks: tuple[Framework, ...]) -> None:
        self._weights = {framework.slug: _weight(framework) for framework in frameworks}
        self._by_word: dict[str, list[_Signal]] = {}
        for framework in frameworks:
            for signal in framework.signals:
                word = max(_WORD.finditer(signal.lower()), key=lambda match: len(match[0]))
                self._by_word.setdefault(word[0], []).append(_signal(signal, word.start(), framework.slug))

    def scores(self, prompt: str, prose: str) -> Scores:
        """How much each framework is betrayed."""
        text = lowered(prompt)
        found: set[_Signal] = set()
        for match in _WORD.finditer(text):
            start = match.start()
            for signal in _longest(self._by_word.get(match[0], ()), text, start):
                if not signal.is_plain or prose[start].isspace() or signal.is_in_capitals(prompt, start):
                    found.add(signal)
        scores: Scores = defaultdict(float)
        for signal in found:
            scores[signal.slug] += self._weights[signal.slug]
        return scores


def _signal(written: str, offset: int, slug: str) -> _Signal:
    is_plain = _PLAIN.fullmatch(written) is not None
    return _Signal(written.lower(), offset, slug, is_plain, is_plain and written.isupper())


def _longest(signals: Sequence[_Signal], text: str, start: int) -> list[_Signal]:
    """Those that stand there and are no part of a longer one."""
    present = [signal for signal in signals if signal.is_at(text, start)]
    return [
        one
        for one in present
        if not any(one.text != other.text and one.text in other.text for other in present)
    ]


def _weight(framework: Framework) -> float:
    is_language = framework.kind == "language"
    return _WEIGHTS.get(framework.slug, _LANGUAGE_WEIGHT if is_language else _FRAMEWORK_WEIGHT)


@lru_cache(maxsize=4)
def _index(frameworks: tuple[Framework, ...]) -> SignalIndex:
    return SignalIndex(frameworks)


def signal_scores(prompt: str, prose: str, frameworks: Mapping[str, Framework]) -> Scores:
    return _index(tuple(frameworks.values())).scores(prompt, prose)
