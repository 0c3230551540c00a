"""The lines of a file that are most like a SEARCH which is not in it: shown to the model, never edited."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

MAX_PARTS = 500  # of the SEARCH that are looked for
MAX_PLACES = 200  # of one word; a word in more lines says little
MAX_LINES = 60
MAX_CHARS = 4_000
MAX_CHARS_BY_LETTERS = 200_000
CONTEXT_LINES = 3

Split = Callable[[str], list[str]]

_WORD = re.compile(r"\w+")


def nearest_lines(lines: Sequence[str], search: Sequence[str]) -> tuple[str, int | None]:
    """The window and the number of its first line, from 1; nothing where the file has nothing of the SEARCH.

    Every word that both have votes for where the SEARCH would begin if it stood there, a rare word louder
    than a common one. Where no word is shared, three letters are a word. Linear in the file.
    """
    votes = _votes(lines, search, _words)
    if not votes and sum(map(len, lines)) <= MAX_CHARS_BY_LETTERS:
        votes = _votes(lines, search, _trigrams)
    if not votes:
        return "", None
    around = {start: sum(votes[start + step] for step in (-1, 0, 0, 1)) for start in list(votes)}
    best = min(around, key=lambda start: (-around[start], start))
    return window(lines, best, len(search))


def window(lines: Sequence[str], start: int, size: int) -> tuple[str, int]:
    """Those lines and some around them, no more than the limits allow, and the number of the first."""
    first = max(start - CONTEXT_LINES, 0)
    stop = min(start + size + CONTEXT_LINES, first + MAX_LINES)
    shown: list[str] = []
    room = MAX_CHARS
    for line in lines[first:stop]:
        shown.append(line[:room])
        room -= len(line) + 1
        if room <= 0:
            break
    return "\n".join(shown), first + 1


def _votes(lines: Sequence[str], search: Sequence[str], split: Split) -> Counter[int]:
    wanted = _parts_of(search, split)
    places = _places_of(lines, {part for part, _ in wanted}, split)
    votes: Counter[int] = Counter()
    for part, offset in wanted:
        there = places.get(part, [])
        for place in there if len(there) <= MAX_PLACES else ():
            votes[place - offset] += 1_000_000 // len(there)
    return votes


def _parts_of(search: Sequence[str], split: Split) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    for offset, line in enumerate(search[:MAX_PARTS]):
        found += ((part, offset) for part in dict.fromkeys(split(line[:MAX_CHARS])))
        if len(found) >= MAX_PARTS:
            break
    return found[:MAX_PARTS]


def _places_of(lines: Sequence[str], parts: set[str], split: Split) -> dict[str, list[int]]:
    """One place more than MAX_PLACES is kept of each, to know that it has too many."""
    places: dict[str, list[int]] = defaultdict(list)
    for at, line in enumerate(lines):
        for part in parts.intersection(split(line)):
            if len(places[part]) <= MAX_PLACES:
                places[part].append(at)
    return places


def _words(line: str) -> list[str]:
    return _WORD.findall(line)


def _trigrams(line: str) -> list[str]:
    text = "".join(line.lower().split())
    return [text[at : at + 3] for at in range(len(text) - 2)]
