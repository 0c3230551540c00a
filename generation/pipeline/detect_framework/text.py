"""A prompt as words. Scripts without blanks are cut where a known phrase begins or ends."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

_JOINED = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"  # kana, Han, Hangul
_SPACED = r"A-Za-z0-9_\u00b5\u00c0-\u024f\u0370-\u052f\u1e00-\u1eff"  # Latin, Greek, Cyrillic
_WORD = re.compile(
    rf"[{_SPACED}]+(?:(?<=n)'t\b|\+\+|\#)?|[{_JOINED}]+|\.net\b|→|->",
    re.IGNORECASE,
)
_FIRST_JOINED = "\u3040"
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


@dataclass(frozen=True, slots=True)
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
        text = Text(raw, [], [], [], [])
        end = 0
        for match in _WORD.finditer(raw.replace("’", "'")):
            start, word = match.start(), match[0]
            gap = raw[end:start]
            end = match.end()
            pause = _GAPS.get(gap)
            if pause is None:
                pause = _break(gap, raw[start])
            if word[0] < _FIRST_JOINED:
                text.words.append("→" if word == "->" else word.lower())
                text.starts.append(start)
                text.ends.append(end)
                text.breaks.append(pause)
            else:
                self._cut_joined(text, word, start, pause)
        return text

    def _cut_joined(self, text: Text, run: str, offset: int, pause: int) -> None:
        """Known phrases become words, and what stands between them becomes one word each time."""
        rest = at = 0
        while at < len(run):
            phrase = next((one for one in self._by_first.get(run[at], ()) if run.startswith(one, at)), None)
            if phrase is None:
                at += 1
                continue
            if rest < at:
                _append(text, run[rest:at], offset + rest, offset + at, pause)
                pause = Break.NONE
            _append(text, phrase, offset + at, offset + at + len(phrase), pause)
            pause = Break.NONE
            rest = at = at + len(phrase)
        if rest < len(run):
            _append(text, run[rest:], offset + rest, offset + len(run), pause)


def _append(text: Text, word: str, start: int, end: int, pause: int) -> None:
    text.words.append(word)
    text.starts.append(start)
    text.ends.append(end)
    text.breaks.append(pause)


def _break(gap: str, following: str) -> Break:
    """A single line break before a small letter is a line that was wrapped."""
    if gap.strip(" \t\r") == "\n" and following.islower():
        return Break.NONE
    if _SENTENCE_END.search(gap):
        return Break.SENTENCE
    return Break.PAUSE if _PAUSE.search(gap) else Break.NONE
