"""Where a prompt speaks of a framework, and whether it wants it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from generation.frameworks import Framework
from generation.pipeline.detect_framework import wording

Stance = Literal["wanted", "refused", "left", "compared"]

_FENCED = re.compile(r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Mention:
    slug: str
    start: int
    end: int
    stance: Stance


class Vocabulary:
    """Every spelling of every framework, compiled once into one pattern."""

    def __init__(self, frameworks: Mapping[str, Framework]) -> None:
        self._slugs: dict[str, str] = {}
        self._doubtful: set[str] = set()
        for framework in frameworks.values():
            for name in framework.names:
                self._slugs[name.lower()] = framework.slug
            for name in framework.doubtful_names:
                self._slugs[name.lower()] = framework.slug
                self._doubtful.add(name.lower())
        spellings = "|".join(re.escape(name) for name in sorted(self._slugs, key=len, reverse=True))
        self._names = re.compile(
            rf"(?<![A-Za-z0-9_.@#$<])(?:{spellings})(?![A-Za-z0-9_#+])", re.IGNORECASE | re.ASCII
        )

    def mentions(self, prompt: str) -> list[Mention]:
        """All mentions outside of pasted code, in their order."""
        text = _FENCED.sub(lambda code: " " * len(code[0]), prompt)
        found = [match for match in self._names.finditer(text) if self._counts(text, match)]
        return list(_with_stances(text, [(self._slugs[m[0].lower()], m.start(), m.end()) for m in found]))

    def _counts(self, text: str, match: re.Match[str]) -> bool:
        word = match[0]
        before, after = text[max(0, match.start() - 30) : match.start()], text[match.end() : match.end() + 40]
        if wording.NOT_SOFTWARE.match(after):
            return False
        if word.lower() not in self._doubtful:
            return True
        if wording.AFTER_DOUBTFUL.match(after):
            return True
        if wording.OTHER_MEANING.match(after):
            return False
        if (before and not before[-1].isascii()) or (after and not after[0].isascii()):
            return True
        starts_sentence = not before.strip() or before.rstrip()[-1] in ".!?\n:"
        if len(word) > 1 and word[0].isupper() and not starts_sentence:
            return True
        if len(word) == 1:
            return bool(wording.BEFORE_LETTER.search(before))
        return bool(wording.BEFORE_DOUBTFUL.search(before)) and not wording.ARTICLE.search(before)


def _with_stances(text: str, found: list[tuple[str, int, int]]) -> Iterator[Mention]:
    last_target = max((start for _, start, _ in found if _is_target(text, start)), default=-1)
    last: Mention | None = None
    for slug, start, end in found:
        stance = _stance(text, start, end, has_later_target=start < last_target)
        is_listed = last is not None and wording.LISTED.match(text[last.end : start]) is not None
        if is_listed and last is not None and stance == "wanted" and last.stance in {"refused", "compared"}:
            stance = last.stance
        last = Mention(slug, start, end, stance)
        yield last


def _is_target(text: str, start: int) -> bool:
    sentence = _sentence_before(text, start)
    return bool(wording.MOVES.search(sentence)) and bool(wording.TO.search(sentence))


def _stance(text: str, start: int, end: int, *, has_later_target: bool) -> Stance:
    before, after = _sentence_before(text, start), text[end : end + 30]
    if wording.REFUSES.search(before) or wording.REFUSED_AFTER.match(after):
        return "refused"
    if wording.FROM.search(before) and (wording.MOVES.search(before) or wording.MOVES_ON.match(after)):
        return "left"
    if has_later_target and wording.MOVES.search(before) and not wording.TO.search(before):
        return "left"
    return "compared" if wording.COMPARES.search(before) else "wanted"


def _sentence_before(text: str, start: int) -> str:
    """The text from the beginning of the sentence to `start`, at most 160 characters."""
    window = text[max(0, start - 160) : start]
    ends = [match.end() for match in wording.SENTENCE_END.finditer(window)]
    return window[ends[-1] :] if ends else window
