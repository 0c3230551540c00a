"""Does a name mean the software? "Spring", "go" and "C" have other meanings."""

from collections.abc import Sequence
from itertools import pairwise

from generation.pipeline.detect_framework.marks import Marks
from generation.pipeline.detect_framework.roles import Role
from generation.pipeline.detect_framework.text import Break, Text
from generation.pipeline.detect_framework.vocabulary import Mention
from generation.pipeline.detect_framework.wording import ENGLISH

_ARTICLES = frozenset(
    "a an the some ein eine der die das un une le la les el los una um uma o os il lo".split()
)
_POSSESSIVES = frozenset("my his her".split())
_TECHNICAL = frozenset(
    {
        Role.TECHNICAL_AFTER,
        Role.TOPIC_AFTER,
        Role.LIBRARY_AFTER,
        Role.CONVERTER,
        Role.REFUSED_AFTER,
        Role.ACCEPTED_AFTER,
    }
)
_LEADING = frozenset(
    {Role.INSTRUMENT_BEFORE, Role.FIRM_BEFORE, Role.REFUSED_BEFORE, Role.FROM_BEFORE, Role.LABEL}
)
_TRAILING = frozenset({Role.INSTRUMENT_AFTER, Role.FROM_AFTER, Role.TO_AFTER})
_ENDS_A_PHRASE = _TRAILING | {
    Role.COMMON, Role.LIST, Role.PURPOSE, Role.THAT, Role.INSTRUMENT_BEFORE, Role.REFUSED_AFTER,
    Role.TO_BEFORE, Role.MOVE,
}  # fmt: skip
_FIRST_JOINED = "\u3040"  # kana, Han and Hangul: a Latin word among them is a name
_OTHER_SCRIPTS = frozenset({"ru", "zh", "ja", "ko"})
_WITH = frozenset({"with", "using"})
_SHORT = 6  # words


def names_of_software(mentions: Sequence[Mention], marks: Marks) -> list[Mention]:
    """A doubtful name in one list with a sure one, or used with it, means the software as well."""
    sure = {mention.first for mention in mentions if _means_software(mention, marks)}
    for neighbours in (pairwise(mentions), pairwise(reversed(mentions))):
        for one, other in neighbours:
            earlier, later = (one, other) if one.first < other.first else (other, one)
            if (
                one.first in sure
                and _may_mean_software(other, marks)
                and _are_together(earlier, later, marks)
            ):
                sure.add(other.first)
    return [mention for mention in mentions if mention.first in sure]


def _are_together(earlier: Mention, later: Mention, marks: Marks) -> bool:
    """ "Express with TypeScript" """
    is_with = later.first - earlier.last == 2 and marks.text.words[earlier.last + 1] in _WITH
    return is_with or are_listed(earlier, later, marks)


def are_listed(earlier: Mention, later: Mention, marks: Marks) -> bool:
    """ "React, Vue and Svelte"; names side by side are listed as well ("Node Express")."""
    text = marks.text
    if later.first - earlier.last > 3 or any(
        text.breaks[word] >= Break.SENTENCE for word in range(earlier.last + 1, later.first + 1)
    ):
        return False
    between = range(earlier.last + 1, later.first)
    gap = text.raw[text.ends[earlier.last] : text.starts[later.first]]
    if any(mark in gap for mark in ":()") or any(Role.LIST not in marks.roles(word) for word in between):
        return False
    return bool(between) or not gap.strip() or any(mark in gap for mark in ",/&+|、，・")


def _means_software(mention: Mention, marks: Marks) -> bool:
    """A name beside one of its other meanings is none; a doubtful one needs technical company."""
    if _has_other_company(mention, marks):
        return False
    if mention.name.is_doubtful:
        return _has_technical_company(mention, marks)
    return not (mention.name.has_other_meanings and _is_a_common_noun(mention, marks))


def _may_mean_software(mention: Mention, marks: Marks) -> bool:
    return mention.name.is_doubtful and not _has_other_company(mention, marks)


def _has_other_company(mention: Mention, marks: Marks) -> bool:
    """Does it stand beside a word with which it means something else? A capital outweighs small words."""
    text, name = marks.text, mention.name
    if _word_before(text, mention) in name.not_after:
        return not (Role.COMMON in marks.own_roles(mention.first - 1) and _is_capital(text, mention.first))
    if _word_after(text, mention) not in name.not_before:
        return False
    return Role.COMMON not in marks.own_roles(mention.last + 1) or not _is_between_names(mention, marks)


def _is_between_names(mention: Mention, marks: Marks) -> bool:
    """ "from Go to Rust" names both; "go to the shop" names none."""
    if marks.before(mention.first) & {Role.FROM_BEFORE, Role.INSTRUMENT_BEFORE, Role.REFUSED_BEFORE}:
        return True
    return _is_capital(marks.text, mention.first) and not _starts_sentence(marks.text, mention.first)


def _is_a_common_noun(mention: Mention, marks: Marks) -> bool:
    """ "a flask." and "the python that": an article before, nothing of its own after, no capital."""
    text = marks.text
    if _is_capital(text, mention.first) or _word_before(text, mention) not in _ARTICLES | _POSSESSIVES:
        return False
    return _ends_phrase(mention, marks) and not marks.after(mention.last) & _TECHNICAL


def _has_technical_company(mention: Mention, marks: Marks) -> bool:
    text, before, after = marks.text, marks.before(mention.first), marks.after(mention.last)
    if (
        after & _TECHNICAL
        or _is_foreign(mention, marks)
        or _is_acronym(mention, marks)
        or _stands_alone(mention, marks)
    ):
        return True
    if marks.language != ENGLISH and before & {Role.PRODUCT_AFTER, Role.TECHNICAL_AFTER}:
        return True
    is_led = bool(before & _LEADING or after & _TRAILING) or _is_moved_to(mention, marks)
    if (
        _is_capital(text, mention.first)
        and not _starts_sentence(text, mention.first)
        and not _is_in_title_case(mention, marks)
    ):
        is_letter = text.ends[mention.last] - text.starts[mention.first] == 1
        return not is_letter or is_led or Role.LEANING_BEFORE in before
    return is_led and _word_before(text, mention) not in _ARTICLES and _ends_phrase(mention, marks)


def _is_foreign(mention: Mention, marks: Marks) -> bool:
    """In a prompt of another script a Latin word is a name."""
    raw, start, end = marks.text.raw, marks.text.starts[mention.first], marks.text.ends[mention.last]
    neighbours = raw[max(0, start - 1) : start] + raw[end : end + 1]
    if any(char >= _FIRST_JOINED for char in neighbours):
        return True
    return marks.language in _OTHER_SCRIPTS and raw[start].isascii()


def _is_acronym(mention: Mention, marks: Marks) -> bool:
    """ "LAMP", in a prompt that is not all in capitals."""
    text = marks.text
    written = text.raw[text.starts[mention.first] : text.ends[mention.last]]
    return len(written) > 2 and written.isupper() and not text.raw.isupper()


def _stands_alone(mention: Mention, marks: Marks) -> bool:
    """ "Node: read a file", "Rust, no crates", "fizzbuzz go", "express and redis" mean nothing else."""
    text, after = marks.text, mention.last + 1
    is_last = after == len(text)
    if _starts_sentence(text, mention.first):
        return (
            is_last or text.breaks[after] >= Break.PAUSE or marks.has(Role.TECHNICAL, *marks.sentence(after))
        )
    if not is_last:
        return False
    if text.breaks[mention.first]:
        return True
    return len(text) <= _SHORT and Role.COMMON not in marks.own_roles(mention.first - 1)


def _is_moved_to(mention: Mention, marks: Marks) -> bool:
    if Role.TO_BEFORE not in marks.before(mention.first):
        return False
    sentence = marks.sentence(mention.first)
    return marks.has(Role.MOVE, *sentence) or marks.has(Role.FROM_BEFORE, *sentence)


def _ends_phrase(mention: Mention, marks: Marks) -> bool:
    """Nothing follows that the name could be an adjective of."""
    text, after = marks.text, mention.last + 1
    if after >= len(text) or text.breaks[after]:
        return True
    return bool(marks.roles(after) & _ENDS_A_PHRASE) or text.words[after][0].isdigit()


def _is_in_title_case(mention: Mention, marks: Marks) -> bool:
    """ "Rust Belt": a capitalised neighbour makes a name of both."""
    text, after = marks.text, mention.last + 1
    if after >= len(text) or text.breaks[after]:
        return False
    return _is_capital(text, after) and text.ends[after] - text.starts[after] > 3


def _word_before(text: Text, mention: Mention) -> str:
    return text.words[mention.first - 1] if mention.first > 0 and not text.breaks[mention.first] else ""


def _word_after(text: Text, mention: Mention) -> str:
    after = mention.last + 1
    return text.words[after] if after < len(text) and not text.breaks[after] else ""


def _is_capital(text: Text, word: int) -> bool:
    return text.raw[text.starts[word]].isupper()


def _starts_sentence(text: Text, word: int) -> bool:
    return word == 0 or text.breaks[word] == Break.SENTENCE
