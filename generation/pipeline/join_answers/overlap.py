"""How much of an answer's end its continuation says again: the evidence that counts, and what does not.

The end of the one and the start of the other may be the same by nature: a list goes on with its next row, a
brace follows a brace. So a passage counts as said again only if
- it begins an unfinished line anew, says something in whole lines, or says much: closing brackets, tags and
  words say nothing;
- it does not repeat itself, and the text around it does not go on repeating it.
"""

import re
from itertools import pairwise

MAX_OVERLAP = 4_000

# Letters and digits that a passage must have, by where it begins and ends.
MIN_SAID_ANEW = 2  # an unfinished line, from its start
MIN_SAID_BY_LINES = 8  # whole lines
MIN_SAID_BY_WORDS = 12  # from a word on
MIN_SAID_ANYWHERE = 20
MIN_LENGTH_ANEW = 4
MIN_WORDS = 3  # of what begins inside of a line: a name may well stand twice, as in `rows[rows.a > 0]`

INDENTATIONS = ("  ", "\t")  # no line goes on with them: they alone tell that one is begun anew
STEP = {" ": 4, "\t": 1}  # how much deeper than the line above it a line usually is at the most

_WORD = re.compile(r"\w+")
_CLOSING = re.compile(r"</[^<>\n]{0,40}>|\b(?:end|endif|endfor|fi|done|esac|else|pass|break)\b")


def repeated(first: str, head: str, *, is_whole: bool) -> int | None:
    """The number of characters at the start of `head` that end `first`; None if more of it has to be seen."""
    if not is_whole and _may_go_on(first, head):
        return None
    tail = first[-MAX_OVERLAP:]
    lengths = [size for size in range(min(len(tail), len(head)), 0, -1) if tail.endswith(head[:size])]
    for size, shorter in pairwise([*lengths, 0]):
        if 2 * shorter >= size or not _is_evidence(first, size):
            continue
        goes_on = _goes_on(first, head, size, is_whole=is_whole)
        if goes_on is not False:
            return None if goes_on is None else 0
        return size
    return _indented_anew(first, head, is_whole=is_whole)


def _may_go_on(first: str, head: str) -> bool:
    """Does all that was seen stand in the end of the first, with more behind it?"""
    start = first.find(head, max(len(first) - MAX_OVERLAP, 0))
    return 0 <= start < len(first) - len(head)


def said(text: str) -> int:
    """The letters and digits of what does not merely close something."""
    return sum(char.isalnum() for char in _CLOSING.sub("", text))


def is_much(text: str) -> bool:
    return said(text) >= MIN_SAID_BY_WORDS


def _is_evidence(first: str, size: int) -> bool:
    start = len(first) - size
    passage, before = first[start:], first[:start].rpartition("\n")[2]
    unfinished = passage.rpartition("\n")[2].strip()
    if before.strip():
        starts_word = passage[0].isspace() or (passage[0].isalnum() and not before[-1].isalnum())
        least = MIN_SAID_BY_WORDS if starts_word else MIN_SAID_ANYWHERE
        return said(passage) >= least and len(_WORD.findall(passage)) >= MIN_WORDS
    if not unfinished:
        return said(passage) >= MIN_SAID_BY_LINES
    if not before and passage.startswith(INDENTATIONS):
        return True
    return len(passage.strip()) >= MIN_LENGTH_ANEW and said(passage) >= MIN_SAID_ANEW


def _goes_on(first: str, head: str, size: int, *, is_whole: bool) -> bool | None:
    """Is the passage one of three or more in a row, as rows of a list are? None if that is not seen yet."""
    before = _common_end(first, len(first) - size, size)
    after = _common_start(head, size)
    if before + after >= size:
        return True
    is_seen = is_whole or size + after < len(head)
    return False if is_seen else None


def _common_end(text: str, stop: int, limit: int) -> int:
    """How many characters before `stop` are as those at the end of the text."""
    count = 0
    while count < min(limit, stop) and text[stop - count - 1] == text[len(text) - count - 1]:
        count += 1
    return count


def _common_start(text: str, start: int) -> int:
    """How many characters from `start` on are as those at the start of the text, up to `start` of them."""
    count = 0
    while count < min(start, len(text) - start) and text[start + count] == text[count]:
        count += 1
    return count


def _indented_anew(first: str, head: str, *, is_whole: bool) -> int | None:
    """An unfinished line of blanks alone is begun anew if with both its indentations it were too deep."""
    blanks = first.rpartition("\n")[2]
    if not blanks.startswith(INDENTATIONS) or blanks.strip(" \t") or not head.startswith(blanks):
        return 0
    indentation = _indentation(head)
    if indentation == len(head) and not is_whole:
        return None
    above = _indentation(first.rstrip().rpartition("\n")[2])
    return len(blanks) if len(blanks) + indentation > above + STEP[blanks[0]] else 0


def _indentation(text: str) -> int:
    return len(text) - len(text.lstrip(" \t"))
