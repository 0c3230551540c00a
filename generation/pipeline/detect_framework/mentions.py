"""Where a prompt speaks of a framework, and whether it wants it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from generation.frameworks import Framework

Stance = Literal["wanted", "refused", "left", "compared"]

_FENCED = re.compile(r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)", re.DOTALL)

# A word with another meaning counts next to one of these, or as a name in capitals inside a sentence.
_BEFORE_DOUBTFUL = re.compile(
    r"(?:\b(?:in|using|use|uses|with|via|into|framework|language|an?|the|and|or|plus|of|for|by|to|from|not|no|without)|[,/+&(:])\s*$",
    re.IGNORECASE,
)
_AFTER_DOUBTFUL = re.compile(
    r"^(?:['’]s)?[\s,/-]*(?:(?:web|rest|http|cli|client|mobile|single|landing|based|typescript|ts|native|simple|small)\W+)?"
    r"(?:apps?|applications?|projects?|components?|hooks?|servers?|api|apis|back-?end|front-?end|code|programs?|programming|scripts?|"
    r"functions?|modules?|packages?|crates?|framework|developer|services?|microservices?|router|routes?|middleware|"
    r"websites?|site|page|dashboard|tool|library|struct|structs|bot|game|form|widget|templates?|blueprints?|views?|binary|"
    r"context|codebase|controller|compiler|lang|language|port|version|implementation|class|based|cli|project|todo|native|with)\b",
    re.IGNORECASE,
)
_OTHER_MEANING = re.compile(
    r"^(?:[\s-]*(?:to|when|time|times|quickly|through|back|home|kart|karts|fish|ahead|over|on|out|away|beyond|live|for|deliver\w*|shipping|"
    r"trains?|checkout|lane|yourself|entry|mail|sales?|seasons?|break|collections?|cleaning|festival|water|rolls?|flowers?|mass|"
    r"constant|removal|belt|colou?rs?|background|principles?|state|black|white|wood|ground|gold|volume|of|and rest|transfers?|"
    r"payments?|codes? bank|bic|taylor|tracks?|company|concerts?|board|players?|stones?|sleeve|line)\b|[A-Za-z'’&])",
    re.IGNORECASE,
)

_BEFORE_LETTER = re.compile(r"\b(?:in|using|with|of|into|plain|pure|ansi|from|or)\s*$", re.IGNORECASE)
_ARTICLE = re.compile(r"\b(?:to|a|the|of)\s*$", re.IGNORECASE)
_NOT_SOFTWARE = re.compile(
    r"^\s+(?:owners?|snakes?|weddings?|momentum|velocity|acceleration|frequency|distance|jewel\w*|rings?|coffee|island"
    r"|anniversar\w+|slippers|grades?|vitamin|minor|major)\b",
    re.IGNORECASE,
)

_REFUSES = re.compile(
    r"(?:\b(?:no|not|without|instead\s+of|rather\s+than|don['’]?t\s+(?:use|want|need)|do\s+not\s+(?:use|want|need)|avoid(?:ing)?|except|"
    r"other\s+than|never|neither|nor|unlike|ditch|non|hate|skip|against|tired\s+of|sick\s+of|anything\s+but|"
    r"ohne|kein(?:e|en)?|statt|sans|pas\s+de|sin|sem|senza|bez|без|не)\b|不用|不要|不使用|别用|非|代わりに)"
    r"(?:\s+(?:use|using|any|a|an|the|it|in|utiliser|usar|want|need|be|heavy|like|framework|frameworks|libraries|written|native|plain|vanilla))*(?:用|使用)?\s*[\"'`(]?$",
    re.IGNORECASE,
)
_REFUSED_AFTER = re.compile(
    r"^\s*(?:is\s+not|isn['’]t|are\s+not|は使わ|は使用しない|を使わ|なし|없이|不要|is\s+forbidden|is\s+too\s+heavy|not\s+allowed|-free\b|is\s+off\s+the\s+table|is\s+out\b)",
    re.IGNORECASE,
)
_COMPARES = re.compile(
    r"\b(?:like|similar\s+to|such\s+as|inspired\s+by|coming\s+from|familiar\s+with|compared\s+(?:to|with)|versus|vs\.?|than|"
    r"background\s+in|used\s+to|know|knows|about|calls?|talks?\s+to|consumed?\s+by|über|sobre|existing|already\s+have)\s+(?:an?\s+|the\s+|our\s+|my\s+)?$",
    re.IGNORECASE,
)
_MOVES = re.compile(
    r"\b(?:convert\w*|migrat\w*|port(?:ing|ed)?|rewrit\w*|re-writ\w*|translat\w*|refactor\w*|transform\w*|switch\w*|mov(?:e|ing)|turn|"
    r"replac\w*|reimplement\w*|upgrad\w*|transpil\w*|recreat\w*|chang\w*|make\s+it|convier\w*|convert\w*|traduc\w*|migr\w*|umschreib\w*|portier\w*|конверт\w*|"
    r"перепис\w*)\b|转换|改写|迁移|重写|移植|変換|移行|書き換え|변환",
    re.IGNORECASE,
)
_FROM = re.compile(
    r"(?:\b(?:from|off|out\s+of|von|de|desde|из|с)\s+(?:an?\s+|the\s+|our\s+|my\s+|plain\s+|old\s+|legacy\s+)*|从|把|将)$",
    re.IGNORECASE,
)
_TO = re.compile(
    r"(?:\b(?:to|into|in|onto|as|with|for|nach|auf|zu|en|vers|para|a|на|в)\s+(?:an?\s+|the\s+|our\s+|modern\s+|plain\s+|pure\s+|idiomatic\s+)*|成|到|为|用)$",
    re.IGNORECASE,
)
_JOINS = re.compile(r"^(?:\s|,|/|\bor\b|\bnor\b|\band\b|\bou\b|\bund\b|\boder\b|&|、|或|和)*$", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)|[;\n。！？]")


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
                self._slugs[name.casefold()] = framework.slug
            for name in framework.doubtful_names:
                self._slugs[name.casefold()] = framework.slug
                self._doubtful.add(name.casefold())
        spellings = "|".join(re.escape(name) for name in sorted(self._slugs, key=len, reverse=True))
        self._names = re.compile(rf"(?<![A-Za-z0-9_.@#$<])(?:{spellings})(?![A-Za-z0-9_#+])", re.IGNORECASE)

    def mentions(self, prompt: str) -> list[Mention]:
        """All mentions outside of pasted code, in their order."""
        text = _FENCED.sub(lambda code: " " * len(code[0]), prompt)
        found = [match for match in self._names.finditer(text) if self._counts(text, match)]
        return list(_with_stances(text, [(self._slugs[m[0].casefold()], m.start(), m.end()) for m in found]))

    def _counts(self, text: str, match: re.Match[str]) -> bool:
        word = match[0]
        before, after = text[max(0, match.start() - 30) : match.start()], text[match.end() : match.end() + 40]
        if _NOT_SOFTWARE.match(after):
            return False
        if word.casefold() not in self._doubtful:
            return True
        if _AFTER_DOUBTFUL.match(after):
            return True
        if _OTHER_MEANING.match(after):
            return False
        if (before and not before[-1].isascii()) or (after and not after[0].isascii()):
            return True
        starts_sentence = not before.strip() or before.rstrip()[-1] in ".!?\n:"
        if len(word) > 1 and word[0].isupper() and not starts_sentence:
            return True
        if len(word) == 1:
            return bool(_BEFORE_LETTER.search(before))
        return bool(_BEFORE_DOUBTFUL.search(before)) and not _ARTICLE.search(before)


def _with_stances(text: str, found: list[tuple[str, int, int]]) -> Iterator[Mention]:
    targets = {start for _, start, _ in found if _is_target(text, start)}
    last: Mention | None = None
    for slug, start, end in found:
        stance = _stance(text, start, end, has_later_target=any(t > start for t in targets))
        is_listed = last is not None and _JOINS.match(text[last.end : start]) is not None
        if is_listed and last is not None and stance == "wanted" and last.stance in {"refused", "compared"}:
            stance = last.stance
        last = Mention(slug, start, end, stance)
        yield last


def _is_target(text: str, start: int) -> bool:
    sentence = _sentence_before(text, start)
    return bool(_MOVES.search(sentence)) and bool(_TO.search(sentence))


def _stance(text: str, start: int, end: int, *, has_later_target: bool) -> Stance:
    before, after = _sentence_before(text, start), text[end : end + 30]
    if _REFUSES.search(before) or _REFUSED_AFTER.match(after):
        return "refused"
    if _FROM.search(before) and (
        _MOVES.search(before) or re.match(r"\s+(?:\w+\s+){0,3}(?:to|into)\b", after)
    ):
        return "left"
    if has_later_target and _MOVES.search(before) and not _TO.search(before):
        return "left"
    return "compared" if _COMPARES.search(before) else "wanted"


def _sentence_before(text: str, start: int) -> str:
    """The text from the beginning of the sentence to `start`, at most 160 characters."""
    window = text[max(0, start - 160) : start]
    ends = [match.end() for match in _SENTENCE_END.finditer(window)]
    return window[ends[-1] :] if ends else window
