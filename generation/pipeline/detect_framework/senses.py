"""Does a name mean the software? "Spring", "go" and "C" have other meanings."""

from generation.pipeline.detect_framework.text import Break, Text
from generation.pipeline.detect_framework.vocabulary import Mention
from generation.pipeline.detect_framework.wording import Marks

_ARTICLES = frozenset("a an the some ein eine der die das un une le la les el los una um uma o os il lo".split())
_POSSESSIVES = frozenset("my his her".split())
_TECHNICAL = frozenset({"technical_after", "topic_after", "library_after", "converter", "refused_after", "accepted_after"})
_LEADING = frozenset({"instrument_before", "refused_before", "from_before", "label", "made_before"})
_TRAILING = frozenset({"instrument_after", "from_after", "to_after"})
_SHORT = 6  # words
_OTHER_SCRIPTS = frozenset({"ru", "zh", "ja", "ko"})  # a Latin word in these is a name
_JOINED_FROM = "\u3040"  # kana, Han and Hangul: a Latin word among them is a name


def means_software(mention: Mention, marks: Marks) -> bool:
    """A name beside one of its other meanings is none; a doubtful one needs technical company."""
    if has_other_company(mention, marks):
        return False
    if not mention.name.is_doubtful:
        return not mention.name.not_before or mention.first < mention.last or not _is_a_common_noun(mention, marks)
    return _has_technical_company(mention, marks)


def has_other_company(mention: Mention, marks: Marks) -> bool:
    """Does it stand beside a word with which it means something else? A capital and a cue outweigh small words."""
    text, name = marks.text, mention.name
    if _word_before(text, mention.first) in name.not_after:
        return not ("common" in marks.own_roles(mention.first - 1) and _is_capital(text, mention.first))
    if _word_after(text, mention.last) not in name.not_before:
        return False
    return "common" not in marks.own_roles(mention.last + 1) or not _is_between_names(mention, marks)


def _is_between_names(mention: Mention, marks: Marks) -> bool:
    """ "from Go to Rust" names both; "go to the shop" names none."""
    return bool(marks.before(mention.first) & {"from_before", "instrument_before", "refused_before"}) or (
        _is_capital(marks.text, mention.first) and not _starts_sentence(marks.text, mention.first)
    )


def _is_a_common_noun(mention: Mention, marks: Marks) -> bool:
    """ "a flask." and "the python that": an article before, nothing of its own after, no capital."""
    text = marks.text
    if _is_capital(text, mention.first) or _word_before(text, mention.first) not in _ARTICLES | _POSSESSIVES:
        return False
    after = marks.after(mention.last)
    return _ends_phrase(mention, marks) and not after & _TECHNICAL


def _has_technical_company(mention: Mention, marks: Marks) -> bool:
    text = marks.text
    if _touches_joined_script(text, mention) or (marks.language in _OTHER_SCRIPTS and text.raw[text.starts[mention.first]].isascii()):
        return True
    if marks.after(mention.last) & _TECHNICAL:
        return True
    if _is_acronym(text, mention) or _stands_alone(mention, marks):
        return True
    before, after = marks.before(mention.first), marks.after(mention.last)
    if marks.language != "en" and before & {"product_after", "technical_after"}:
        return True
    is_led = bool(before & _LEADING or after & _TRAILING) or ("to_before" in before and _in_a_move(mention, marks))
    if _is_capital(text, mention.first) and not _is_in_title_case(text, mention) and not _starts_sentence(text, mention.first):
        is_word = text.ends[mention.last] - text.starts[mention.first] > 1
        return is_word or is_led or "leaning_before" in before
    has_article = _word_before(text, mention.first) in _ARTICLES
    return is_led and not has_article and _ends_phrase(mention, marks)


def _is_acronym(text: Text, mention: Mention) -> bool:
    """ "LAMP", in a prompt that is not all in capitals."""
    written = text.raw[text.starts[mention.first] : text.ends[mention.last]]
    return len(written) > 2 and written.isupper() and not text.raw.isupper()


def _stands_alone(mention: Mention, marks: Marks) -> bool:
    """ "Node: read a file", "Rust, no crates", "fizzbuzz go": nothing else is in its part of the prompt."""
    text, after = marks.text, mention.last + 1
    is_last = after == len(text)
    if _starts_sentence(text, mention.first):
        return is_last or text.breaks[after] >= Break.PAUSE
    if is_last and text.breaks[mention.first]:
        return True
    return is_last and len(text) <= _SHORT and "common" not in marks.own_roles(mention.first - 1)


def _in_a_move(mention: Mention, marks: Marks) -> bool:
    sentence = marks.sentence(mention.first)
    return marks.within("move", *sentence) or marks.within("from_before", *sentence)


def _ends_phrase(mention: Mention, marks: Marks) -> bool:
    """Nothing follows that the name could be an adjective of."""
    text = marks.text
    after = mention.last + 1
    if after >= len(text) or text.breaks[after]:
        return True
    roles = marks.roles(after)
    return bool(roles & {"common", "list", "purpose", "that", "instrument_before", "refused_after", "to_before", "from_after", "to_after", "instrument_after", "move"}) or text.words[after][0].isdigit()


def _word_before(text: Text, first: int) -> str:
    return text.words[first - 1] if first > 0 and text.breaks[first] == Break.NONE else ""


def _word_after(text: Text, last: int) -> str:
    after = last + 1
    return text.words[after] if after < len(text) and text.breaks[after] == Break.NONE else ""


def _is_capital(text: Text, word: int) -> bool:
    return text.raw[text.starts[word]].isupper()


def _starts_sentence(text: Text, word: int) -> bool:
    return word == 0 or text.breaks[word] == Break.SENTENCE


def _is_in_title_case(text: Text, mention: Mention) -> bool:
    """ "Hip Flask", "Rust Belt": a capitalised neighbour that is no name of software makes a name of both."""
    after = mention.last + 1
    return after < len(text) and text.breaks[after] == Break.NONE and _is_capital(text, after) and text.ends[after] - text.starts[after] > 3


def _touches_joined_script(text: Text, mention: Mention) -> bool:
    start, end = text.starts[mention.first], text.ends[mention.last]
    raw = text.raw
    return (start > 0 and raw[start - 1] >= _JOINED_FROM) or (end < len(raw) and raw[end] >= _JOINED_FROM)
