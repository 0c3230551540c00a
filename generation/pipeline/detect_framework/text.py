"""A prompt as words. Scripts without blanks are cut where a known phrase begins or ends."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum

_JOINED = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"  # kana, Han, Hangul
_SPACED = r"A-Za-z0-9_\u00b5\u00c0-\u024f\u0370-\u052f\u1e00-\u1eff"  # Latin, Greek, Cyrillic
_WORD = re.compile(rf"[{_SPACED}]+(?:(?<=[nN])'[tT]\b|\+\+|\#)?|[{_JOINED}]+|\.[Nn][Ee][Tt]\b|→|->")
_ANY_JOINED = re.compile(f"[{_JOINED}]")
_FIRST_JOINED = "\u3040"
_SAME = {"->": "→"}
_SENTENCE_END = re.compile(r"[.!?;](?=\s|$)|\n|[。！？；]")
_PAUSE = re.compile(r"[,:()\[\]、，：（）|]|--|[\u2010-\u2015]|\s[-/]\s")


class Break(IntEnum):
    """What stands before a word."""

    NONE = 0
    PAUSE = 1
    SENTENCE = 2


# What most often stands between two words.
_GAPS = {
    **dict.fromkeys(("", " ", "-", ".", "/", "'", "’"), Break.NONE),
    **dict.fromkeys((", ", ": ", " ("), Break.PAUSE),
    ". ": Break.SENTENCE,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """The words of `raw` in lower case, where they are, and what stands before each."""

    raw: str
    words: list[str]
    starts: list[int]
    ends: list[int]
    breaks: list[int]

    def __len__(self) -> int:
        return len(self.words)

    def gap(self, word: int) -> str:
        """What stands between a word and the one before it, at most 20 characters."""
        start = self.ends[word - 1] if word else 0
        return self.raw[start : min(self.starts[word], start + 20)]


class Cutter:
    """Cuts prompts into words; `known` are words, of which those of scripts without blanks matter."""

    def __init__(self, known: Iterable[str]) -> None:
        self._by_first: dict[str, list[str]] = {}
        for word in sorted(set(known), key=len, reverse=True):
            if word[0] >= _FIRST_JOINED:
                self._by_first.setdefault(word[0], []).append(word)

    def cut(self, raw: str) -> Text:
        plain = raw.replace("’", "'")
        spans = [match.span() for match in _WORD.finditer(plain)]
        if _ANY_JOINED.search(raw):
            spans = [part for span in spans for part in self._parts(raw, span)]
        small = lowered(plain)
        starts, ends = [start for start, _ in spans], [end for _, end in spans]
        return Text(
            raw=raw,
            words=[_SAME.get(word, word) for word in [small[start:end] for start, end in spans]],
            starts=starts,
            ends=ends,
            breaks=[
                _break(raw[end:start], raw[start]) for end, start in zip([0, *ends], starts, strict=False)
            ],
        )

    def _parts(self, raw: str, span: tuple[int, int]) -> Iterator[tuple[int, int]]:
        """Known words of a script without blanks, and what stands between them."""
        start, end = span
        if raw[start] < _FIRST_JOINED:
            yield span
            return
        at = rest = start
        while at < end:
            candidates = self._by_first.get(raw[at], ())
            word = next((one for one in candidates if raw.startswith(one, at, end)), None)
            if word is None:
                at += 1
                continue
            if rest < at:
                yield rest, at
            rest = at + len(word)
            yield at, rest
            at = rest
        if rest < end:
            yield rest, end


def lowered(raw: str) -> str:
    """In small letters, at the same offsets: of a few letters `lower` makes two."""
    small = raw.lower()
    if len(small) == len(raw):
        return small
    return "".join(char.lower() if len(char.lower()) == 1 else char for char in raw)


def _break(gap: str, following: str) -> Break:
    """A single line break before a small letter is a line that was wrapped."""
    known = _GAPS.get(gap)
    if known is not None:
        return known
    if gap.strip(" \t\r") == "\n" and following.islower():
        return Break.NONE
    if _SENTENCE_END.search(gap):
        return Break.SENTENCE
    return Break.PAUSE if _PAUSE.search(gap) else Break.NONE
