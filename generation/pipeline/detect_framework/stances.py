"""What a prompt wants of what it names."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from generation.pipeline.detect_framework.senses import has_other_company, means_software
from generation.pipeline.detect_framework.text import Break, Text
from generation.pipeline.detect_framework.vocabulary import Mention, Vocabulary
from generation.pipeline.detect_framework.wording import Marks

Stance = Literal["wanted", "refused", "left"]

# How surely a name is what to build with.
_NAMED, _HEAD, _STRONG, _STRONGEST, _TARGET = 1.0, 1.6, 2.0, 2.2, 2.5
_FIRST_SENTENCE = 0.2
# What is left of that where the prompt speaks of something else.
_EXISTING, _DETAIL, _COMPARED, _TOPIC = 0.4, 0.4, 0.2, 0.05
_NEAR = 6  # words
_VERB_LAST = frozenset({"zh", "ja", "ko", "tr"})
_NO_ORDER_AFTER = frozenset("that which can the a an no this of".split())


@dataclass(slots=True)
class Group:
    """Names that stand in one list ("React, Vue or Svelte") and share what is said of them."""

    mentions: list[Mention]
    is_either: bool = False  # joined by "or", "and", …, and not by commas alone
    before: frozenset[str] = frozenset()
    after: frozenset[str] = frozenset()
    sentence: tuple[int, int] = (0, 0)
    is_target: bool = False

    @property
    def first(self) -> int:
        return self.mentions[0].first

    @property
    def last(self) -> int:
        return self.mentions[-1].last


@dataclass(frozen=True, slots=True)
class Judged:
    """A mention, what is wanted of it and how much it counts."""

    mention: Mention
    stance: Stance
    weight: float
    is_led: bool = False


def judge_text(text: Text, marks: Marks, vocabulary: Vocabulary) -> list[Judged]:
    """What the text says of each name of software in it."""
    mentions = list(vocabulary.mentions(text))
    sure = {m.first for m in mentions if means_software(m, marks)}
    vetoed = {m.first for m in mentions if m.first not in sure and (not m.name.is_doubtful or has_other_company(m, marks))}
    # A doubtful name in a list with a sure one means the software as well.
    for _ in range(2):
        for one, other in [*pairwise(mentions), *pairwise(reversed(mentions))]:
            earlier, later = sorted((one, other), key=lambda m: m.first)
            if one.first in sure and other.first not in sure | vetoed and _joint(earlier.last, later.first, marks) is not None:
                sure.add(other.first)
    return judge([m for m in mentions if m.first in sure], marks)


def judge(mentions: Sequence[Mention], marks: Marks) -> list[Judged]:
    groups = _groups(mentions, marks)
    _find_targets(groups, marks)
    judged: list[Judged] = []
    for number, group in enumerate(groups):
        judged.extend(_judge_group(groups, number, marks))
    return judged


def _groups(mentions: Sequence[Mention], marks: Marks) -> list[Group]:
    groups: list[Group] = []
    for mention in mentions:
        if groups and (joint := _joint(groups[-1].last, mention.first, marks)) is not None:
            groups[-1].mentions.append(mention)
            groups[-1].is_either |= joint
        else:
            groups.append(Group([mention]))
    for group in groups:
        group.before = frozenset(marks.before(group.first))
        group.after = frozenset(_after(group.last, marks))
        group.sentence = marks.sentence(group.first)
    return groups


def _joint(last: int, first: int, marks: Marks) -> bool | None:
    """None where two names are not in one list; else whether a word joins them."""
    text = marks.text
    if any(text.breaks[word] >= Break.SENTENCE for word in range(last + 1, first + 1)) or first - last > 3:
        return None
    between = range(last + 1, first)
    if any("list" not in marks.roles(word) for word in between):
        return None
    gap = text.raw[text.ends[last] : text.starts[first]]
    if not between and gap.strip() and not any(mark in gap for mark in ",/&+|、，・"):
        return None
    if ":" in gap or ")" in gap or "(" in gap:
        return None
    return bool(between) or "/" in gap


def _after(last: int, marks: Marks) -> set[str]:
    """What follows; "React's" and a question mark are passed over."""
    text = marks.text
    if last + 1 < len(text) and text.words[last + 1] == "s" and text.starts[last + 1] == text.ends[last] + 1:
        last += 1
    return marks.after(last)


# From one stack to another.


def _find_targets(groups: Sequence[Group], marks: Marks) -> None:
    """In a sentence that moves something, what stands after "to" is the target, else after "in" or "as"."""
    for number, group in enumerate(groups):
        group.is_target = _is_strict_target(groups, number, marks)
    for group in groups:
        if group.is_target or not _moves(group, marks):
            continue
        rivals = [other for other in groups if other.sentence == group.sentence and other is not group]
        if not any(other.is_target for other in rivals) and _takes_over(group, marks) and _is_moved_to(group, marks):
            group.is_target = True
    for earlier, group in pairwise(groups):
        same = earlier.sentence == group.sentence and _moves(group, marks)
        if same and "source_before" in earlier.before and not any(g.is_target for g in groups if g.sentence == group.sentence):
            group.is_target = "source_before" not in group.before


def _is_strict_target(groups: Sequence[Group], number: int, marks: Marks) -> bool:
    group = groups[number]
    if group.after & {"to_after"} and _moves(group, marks):
        return True
    if "to_before" not in group.before or _is_tool(group, marks):
        return False
    if _moves(group, marks):
        return True
    earlier = groups[number - 1] if number else None
    if earlier is None or earlier.sentence != group.sentence:
        return False
    if marks.first_thing is not None and marks.first_thing < earlier.first:
        return False  # "a page about languages, from C to Rust"
    return "from_before" in earlier.before or _is_pair(earlier, group, marks)


def _is_pair(earlier: Group, group: Group, marks: Marks) -> bool:
    """ "jQuery to Svelte": nothing but "to" between them."""
    between = range(earlier.last + 1, group.first)
    return len(between) == 1 and "to_before" in marks.roles(between[0])


def _is_tool(group: Group, marks: Marks) -> bool:
    """ "A Python to C converter" and "a tool that converts C to Rust" move nothing."""
    return "converter" in group.after


def _is_moved_to(group: Group, marks: Marks) -> bool:
    """The order to move stands before it, in languages where verbs do."""
    if "instrument_after" in group.after:
        return True
    return any(_is_order(at, marks) for at in _places(marks, "move", group.sentence[0], group.first))


def _takes_over(group: Group, marks: Marks) -> bool:
    roles = group.before
    return "takes_over" in roles or "instrument_after" in group.after


def _moves(group: Group, marks: Marks) -> bool:
    """Does the sentence order a move?"""
    first, end = group.sentence
    return any(_is_order(at, marks) for at in _places(marks, "move", first, end))


def _places(marks: Marks, role: str, first: int, end: int) -> list[int]:
    return [at for at in marks.at.get(role, ()) if first <= at < end][:8]


def _is_order(at: int, marks: Marks) -> bool:
    """ "convert this" and "I want to convert" are orders; "a script to convert" and "a language switch" are none."""
    text = marks.text
    if at == 0 or text.breaks[at] or marks.language in _VERB_LAST:
        return True
    before = text.words[at - 1]
    if before == "to":
        return at < 2 or "wish" in marks.own_roles(at - 2)
    return before not in _NO_ORDER_AFTER and bool(marks.own_roles(at - 1) & {"common", "wish", "order", "list"})


# What is said of one list.


def _judge_group(groups: Sequence[Group], number: int, marks: Marks) -> list[Judged]:
    group = groups[number]
    stance = _stance(groups, number, marks)
    weight = _weight(groups, number, marks) if stance == "wanted" else 0.0
    is_led = bool(group.before & {"instrument_before", "label"}) or "instrument_after" in group.after
    judged = [Judged(mention, stance, weight, is_led) for mention in group.mentions]
    if stance == "refused" and len(judged) > 1 and not group.is_either:
        # "not React, Vue": a comma contrasts.
        judged[1:] = [Judged(mention, "wanted", _NAMED, False) for mention in group.mentions[1:]]
    return judged


def _stance(groups: Sequence[Group], number: int, marks: Marks) -> Stance:
    group = groups[number]
    if _is_refused(group, marks) and "library_after" not in group.after:
        return "refused"
    if number and _continues_refusal(groups, number, marks):
        return "refused"
    if group.is_target:
        return "wanted"
    if _is_left(groups, number, marks):
        return "left"
    return "left" if _is_postponed(group, marks) else "wanted"


def _is_postponed(group: Group, marks: Marks) -> bool:
    first, end = marks.clause(group.first)
    first, end = max(first, group.first - _NEAR), min(end, group.last + _NEAR)
    if marks.within("postponed", first, group.first):
        return True
    return any(
        not marks.within("that", group.last + 1, at) for at in _places(marks, "postponed", group.last + 1, end)
    )


def _is_refused(group: Group, marks: Marks) -> bool:
    if "refused_before" in group.before or "refused_after" in group.after:
        return True
    return _is_under_negation(group.first, marks)


def _is_under_negation(word: int, marks: Marks) -> bool:
    """ "don't write this in React": a negation, and nothing between that is not about using."""
    for before in range(word - 1, max(-1, word - 12), -1):
        if marks.text.breaks[before + 1]:
            return False
        if "negation" in marks.ending(before)[0]:
            return True
        if not marks.own_roles(before) & {"refusable", "filler", "move"}:
            return False
    return False


def _continues_refusal(groups: Sequence[Group], number: int, marks: Marks) -> bool:
    return False


def _is_left(groups: Sequence[Group], number: int, marks: Marks) -> bool:
    """It is what something is moved from."""
    group = groups[number]
    targets = [other for other in groups if other.is_target]
    same_sentence = [other for other in targets if other.sentence == group.sentence]
    if same_sentence:
        is_used = "instrument_before" in group.before and not group.before & {"takes_over", "from_before", "source_before"}
        return not is_used
    if any(other.first > group.last for other in targets):
        return True
    if "from_before" in group.before and _moves(group, marks):
        return True
    return False


def _weight(groups: Sequence[Group], number: int, marks: Marks) -> float:
    group = groups[number]
    is_led, is_product = _is_led(group, marks), _is_product(group, marks)
    if group.is_target:
        return _TARGET
    if (is_led and is_product) or "made_before" in group.before:
        weight = _STRONGEST
    elif is_led or is_product:
        weight = _STRONG
    else:
        weight = _HEAD if _is_head(group, marks) else _NAMED
    if group.sentence[0] == 0:
        weight += _FIRST_SENTENCE
    if _is_topic(groups, number, marks, is_led):
        weight *= _TOPIC
    if _is_compared(groups, number, marks, is_led):
        weight *= _COMPARED
    if _exists(group, marks) or _is_source(groups, number):
        weight *= _EXISTING
    if "feature_after" in group.after or _is_detail(groups, number, marks, is_led=is_led):
        weight *= _DETAIL
    return weight


def _is_head(group: Group, marks: Marks) -> bool:
    """A sentence begins with it."""
    return group.first == 0 or marks.text.breaks[group.first] >= Break.SENTENCE


def _is_led(group: Group, marks: Marks) -> bool:
    """ "in React", "Frontend: React", "Django: a model …" """
    if group.before & {"instrument_before", "label", "persona_before"} or "instrument_after" in group.after:
        return True
    text, after = marks.text, group.last + 1
    is_label = after < len(text) and text.breaks[after] == Break.PAUSE and text.gap(after).strip() in {":", "-", "–", "—"}
    return is_label and _is_head(group, marks)


def _is_topic(groups: Sequence[Group], number: int, marks: Marks, is_led: bool) -> bool:
    group = groups[number]
    first, _ = marks.sentence(group.first)
    if "firm_before" in group.before or marks.within("persona_before", first, group.first):
        return False
    if ("topic_after" in group.after and "only_before" not in group.before) or ("topic_before" in group.before and not is_led):
        return True
    if marks.within("person", first, group.first):
        return True
    return _follows_a_topic(groups, number, marks) or (not is_led and _follows_a_thing_that(group, marks))


def _follows_a_topic(groups: Sequence[Group], number: int, marks: Marks) -> bool:
    """ "a site for a Java developer with Spring skills" """
    if not number or "topic_after" not in groups[number - 1].after:
        return False
    return marks.clause(groups[number - 1].first) == marks.clause(groups[number].first)


def _follows_a_thing_that(group: Group, marks: Marks) -> bool:
    """ "a page for an agency that builds React apps": it is the agency that does. """
    first, _ = marks.clause(group.first)
    thing = marks.first_thing
    return thing is not None and first <= thing < group.first and marks.within("that", thing, group.first)


def _is_compared(groups: Sequence[Group], number: int, marks: Marks, is_led: bool) -> bool:
    group = groups[number]
    if "aside_before" in group.before or "compared_after" in group.after or _is_like(group, marks):
        return True
    if number and "compared_before" in groups[number - 1].before and group.first - groups[number - 1].last == 2:
        return True  # "like serde in Rust"
    return "compared_before" in group.before and not is_led


def _is_like(group: Group, marks: Marks) -> bool:
    """ "React-like" """
    after = group.last + 1
    return after < len(marks.text) and marks.text.words[after] == "like" and marks.text.gap(after) == "-"


def _exists(group: Group, marks: Marks) -> bool:
    """Its clause speaks of what there is: "currently", "our backend is …"."""
    first, end = marks.clause(group.first)
    if marks.within("existing", first, end):
        return True
    owned = _places(marks, "source_before", first, group.first)
    return bool(owned) and marks.within("state", owned[0] + 1, group.first)


def _is_source(groups: Sequence[Group], number: int) -> bool:
    """ "my Flutter app … in React Native": what there is already, where another name is not marked so."""
    group = groups[number]
    if "source_before" not in group.before or group.mentions[0].name.is_library:
        return False
    return any(
        other is not group
        and "source_before" not in other.before
        and not other.mentions[0].name.is_library
        and other.mentions[0].slug != group.mentions[0].slug
        for other in groups[number + 1 :][:4]
    )


def _is_product(group: Group, marks: Marks) -> bool:
    """ "React app", and "aplicación React" where the noun comes first; the name may hold the noun itself."""
    if "topic_after" in group.after and "only_before" not in group.before:
        return False
    if group.after & {"product_after", "technical_after"} or (marks.language != "en" and "product_after" in group.before):
        return True
    mention = group.mentions[-1]
    if _is_half(group, marks):
        return True
    return mention.first < mention.last and bool(marks.roles(mention.last) & {"product_after", "technical_after"})


def _is_half(group: Group, marks: Marks) -> bool:
    """ "Vue for the UI", "on the backend Django" """
    first, end = marks.clause(group.first)
    return marks.within("half", max(first, group.first - 4), group.first) or marks.within(
        "half", group.last + 1, min(end, group.last + 6)
    )


def _is_detail(groups: Sequence[Group], number: int, marks: Marks, *, is_led: bool) -> bool:
    """After "that", "which" or "for", a sentence that has named its means speaks of something else."""
    group = groups[number]
    if "firm_before" in group.before or _is_half(group, marks):
        return False
    for earlier in reversed(groups[:number]):
        if earlier.sentence != group.sentence:
            return False
        if _is_product(earlier, marks) or _is_led(earlier, marks) or _is_head(earlier, marks):
            between = earlier.last + 1, group.first
            if marks.within("that", *between) or (not is_led and marks.within("purpose", *between)):
                return True
    return False
