"""What a comment says: that code was left out, that code is to be written here, or neither.

Precision first: a comment of a person is not to be taken for an omission. Comments begin with what is
left out ("rest of the code", "existing imports"); ones that begin with a verb tell what the code does.
"""

import re
import unicodedata
from typing import Literal

from generation.pipeline.check_quality.placeholders.phrases import HERE, LEFT_OUT, UNCHANGED

# `left_out` stands for code wherever it is; `to_do` does so only where there is no code beside it.
Wording = Literal["left_out", "to_do", "note"]

MAX_CHARS = 160

# Most comments hold none of these, and need no further look.
_HINT = re.compile(
    r"\.\.\.|rest|remain|exist|previous|original|current|old|same|other|unchanged|untouched|no change|before|above|identical"
    r"|omit|elide|truncat|left out|abbreviat|shorten|skip|remove|trim|snip|not shown|exclude|hidden|etc|and so on|stay"
    r"|code|codice|logic|implement|function|algorithm|solution|todo|fixme|xxx|tbd|fill|complete|finish|write|stub|placeholder"
    r"|body|comme|sans|sin |sem |igual|lo mismo|como|omesso|come|nessuna|senza|invariato|wie|bleibt|keine|zoals|kode|bez |tetap|tidak"
)

_MARKS = re.compile(r"^[\s/*#!<>{}()\[\]%;@'\"`=~|:_-]+|[\s/*#<>{}()\[\]%;'\"`=~|:_!-]+$")
_DOTS = re.compile(r"\.(?:\s?\.){2,}")
_NOUN = (
    r"(?:codes?|code ?base|source|implementations?|logic|functions?|methods?|class(?:es)?|components?|files?|scripts?|styles?"
    r"|styling|css|rules?|html|markup|jsx|contents?|imports?|props|state|templates?|body|handlers?|routes?|hooks?"
    r"|definitions?|modules?|config(?:uration)?s?|tests?|functionality|page|program|app(?:lication)?|setup|variables"
    r"|constants|fields|properties|elements?|sections?|lines|statements|types?|interfaces?|queries|tables|endpoints?"
    r"|views?|models?|cases|items|settings|declarations|getters|setters|helpers?|utilities|features|effects|layout"
    r"|structure|data|dependencies|options|screens?|services?|controllers?|middlewares?|packages|resources|stuff)"
)
_CODE = r"(?:code|implementation|logic|file|script|component|class|function|method|html|css|styles|content|page|program|module)"
_SAME = (
    r"(?:unchanged|untouched|unmodified|intact|identical|the same|same|as[ -]is|as(?: it was)? before|as above|as previously"
    r"|omitted|skipped|no changes?(?: needed| here| required)?|not shown|not changed|like before|here|below|above)"
)
_WHERE = r"(?:,? (?:as (?:before|above|is|in .{1,30})|for (?:now|brevity|clarity|simplicity)|here|from (?:before|above|the .{1,20})|in .{1,30}))?"
_TAIL = rf"(?:,? ?(?:(?:that )?(?:remains?|stays?|is|are|goes|go|continues?|comes|follows?|left|kept|will be|can be|should be)\b ?)*(?:(?:exactly|completely|all|mostly) )?(?:{_SAME}\b{_WHERE})?)"
_WHICH = r"(?:(?:the|your|this|my|its|our|all|any|of|these|those|in) )*"

# "rest of the code", "the remaining methods stay the same": what is left out comes first.
_REST = re.compile(
    rf"(?:and |keep |with |plus )?{_WHICH}(?:rest|remainder)(?: of {_WHICH}(?:[\w'-]+ ){{0,3}}{_CODE}s?| of it| of this)?{_TAIL}"
)
_REST_OF = re.compile(
    rf"(?:and |keep |with |plus )?{_WHICH}(?:rest|remainder) of {_WHICH}(?:[\w'-]+ ){{0,3}}{_NOUN}{_TAIL}"
)
_EXISTING = re.compile(
    rf"(?:and |keep |with |plus |include |same )?{_WHICH}(?:existing|previous|original|remaining|current|old|unchanged|same|other)"
    rf"(?: [\w'-]+){{0,3}}? {_NOUN}(?:(?: and|,) (?:[\w'-]+ ){{0,2}}{_NOUN})*(?P<tail>{_TAIL})"
)
_EXISTING_CODE = re.compile(
    rf"(?:keep )?{_WHICH}(?:existing|remaining) (?:[\w'-]+ ){{0,1}}(?:code|implementation|logic)"
)
_STAYS = re.compile(
    rf"(?:[\w'-]+ ){{0,6}}(?:{_NOUN} |(?:everything|all)(?: else)? )(?:remains?|stays?)"
    r" (?:exactly |completely |all )?(?:the same|unchanged|as[ -]is|as (?:it was )?before|intact|untouched)\b.{0,20}"
)
_BREVITY = re.compile(
    r".*\b(?:omitted|elided|truncated|left out|abbreviated|shortened|skipped|removed|trimmed|snipped|not shown|excluded|hidden)\b"
    r" ?.{0,30}\b(?:for (?:the sake of )?(?:brevity|clarity|simplicity|space|readability|conciseness|length)|to save space)\b.*"
)
_SNIP = re.compile(
    r"(?:snip|snipped|code omitted|omitted|elided|truncated|etc|and so on|content omitted|implementation omitted|unchanged code|omitted code)\.?"
)
_UNCHANGED_ALONE = re.compile(
    r"(?:(?:remains? |stays? |is |are |left |kept |all )?(?:unchanged|untouched|no changes?(?: (?:here|needed|required))?)"
    r"|(?:exactly |all )?(?:the )?same(?: (?:code|content|implementation|logic|styles))?(?: as (?:before|above|previously|earlier|in the original|the original))?"
    r"|as before|like before|(?:same|identical) to (?:before|the original|the previous.{0,20}))"
)
# With dots before, these say that something is missing.
_BESIDE_DOTS = frozenset(
    "rest remaining remainder existing previous other others more additional similar same unchanged omitted etc continue"
    " continues continued repeat code implementation logic before similarly likewise all your".split()
)
_LIST_BEGINS = re.compile(
    r"(?:and |add |plus )?(?:(?:many|some|a few|the|any|your) )*(?:other|more|additional|remaining|existing|similar|rest|previous|further)\b(?: [\w'/-]+){0,3}"
)

_PLACE = re.compile(
    r"(?:todo:? |fixme:? )?(?:(?:add|insert|put|place|write|paste|include|enter|provide|implement|define|complete)(?: in)? )?"
    r"(?:(?:your|the|custom|own|actual|real|some|business|game|main|any|additional|specific|application|[\w'-]+) ){0,3}?"
    r"(?:code|logic|implementation|functionality|function body|method body|algorithm|solution)(?: for [\w' -]{1,40}| to [\w' -]{1,40})?"
    r"(?: (?:goes|comes|should go|will go|would go|should be|to be added|to go|can go))? ?(?:here|below|in here)\b(?! to ).{0,40}"
)
_TO_IMPLEMENT = re.compile(
    r"(?:(?:todo|fixme|xxx|tbd)\b ?(?:\([^)]{0,40}\))? ?[:\-–—]? ?)?"
    r"(?:(?:to be|needs? to be|should be|must be|will be|not(?: yet)?|yet to be) implemented"
    r"|implement(?:ation)?|fill (?:in|this in|me in)|complete this|finish this|write this|stub(?:bed)?|placeholder)\b.{0,80}"
)
_TODO = re.compile(r"(?:todo|fixme|xxx|tbd)\b.*")
_BODY = re.compile(
    r"(?:method |function |class )?(?:body|implementation|logic|code)(?: (?:details|omitted|goes here|here))?"
)


def wording_of(comment: str, *, continues: bool = False) -> Wording | None:
    """Of a comment's text with or without its marks; `continues` where a comment stands on the line above."""
    text = _normal(comment)
    if not text or len(text) > MAX_CHARS or not (_HINT.search(text) or not text.isascii()):
        return None
    before, core, after = _without_dots(text)
    if not core:
        return "left_out" if before and not continues else None
    if _says_left_out(core, has_dots=before or after) or (
        before and _is_elided(core, closed=after, continues=continues)
    ):
        return "left_out"
    if after and not continues and _LIST_BEGINS.fullmatch(core) and re.search(rf"\b{_NOUN}$", core):
        return "left_out"
    return _to_do(core)


def _normal(comment: str) -> str:
    text = (
        unicodedata.normalize("NFC", comment[: 4 * MAX_CHARS]).lower().replace("…", "...").replace("’", "'")
    )
    lines = [_MARKS.sub("", line) for line in text.split("\n")]
    return _DOTS.sub("...", " ".join(" ".join(lines).split()))


def _without_dots(text: str) -> tuple[bool, str, bool]:
    before, after = text.startswith("..."), text.endswith("...")
    core = _MARKS.sub("", text.strip(". ")).strip(". ")
    return before, core, after


def _says_left_out(core: str, *, has_dots: bool) -> bool:
    if has_dots and any(phrase in core for phrase in UNCHANGED):
        return True
    if len(core) <= 60 and any(phrase in core for phrase in LEFT_OUT):
        return True
    if any(pattern.fullmatch(core) for pattern in (_EXISTING_CODE, _STAYS, _BREVITY)):
        return True
    if _REST.fullmatch(core):
        return has_dots or " of " in core or len(core.split()) > 2
    if _REST_OF.fullmatch(core):
        return has_dots or bool(re.search(_SAME + "$", core))
    existing = _EXISTING.fullmatch(core)
    if existing:
        return has_dots or bool(re.search(rf"\b{_SAME}\b", existing["tail"]))
    return has_dots and bool(_UNCHANGED_ALONE.fullmatch(core) or _SNIP.fullmatch(core))


def _is_elided(core: str, *, closed: bool, continues: bool) -> bool:
    """Dots come first: "... more routes", "... styles ..."."""
    words = core.split()
    if continues:
        return False
    if closed:
        is_plain = all(word.strip(".,()&/-").isalpha() for word in words if word.strip(".,()&/-"))
        return is_plain and len(words) <= 8 and (len(words) <= 4 or not _BESIDE_DOTS.isdisjoint(words))
    return len(words) <= 10 and not _BESIDE_DOTS.isdisjoint(word.strip(".,:()") for word in words[:3])


def _to_do(core: str) -> Wording | None:
    if _UNCHANGED_ALONE.fullmatch(core) or _SNIP.fullmatch(core) or core in UNCHANGED:
        return "to_do"
    if len(core) <= 60 and any(phrase in core for phrase in HERE):
        return "to_do"
    if any(pattern.fullmatch(core) for pattern in (_PLACE, _TO_IMPLEMENT, _BODY)):
        return "to_do"
    return "note" if _TODO.fullmatch(core) else None
