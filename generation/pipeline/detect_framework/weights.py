"""How surely a name is what to build with, and not only what the prompt speaks of."""

from generation.pipeline.detect_framework.name_lists import NameList
from generation.pipeline.detect_framework.roles import Role

# How surely by itself.
NAMED, HEAD, STRONG, STRONGEST, TARGET = 1.0, 1.6, 2.0, 2.2, 2.5
_FIRST_SENTENCE = 0.2
# What is left of that where the prompt speaks of something else.
_EXPERIENCE, _EXISTING, _DETAIL, _COMPARED, _TOPIC = 0.5, 0.4, 0.4, 0.2, 0.05


def weight_of(names: NameList) -> float:
    if names.is_target:
        return TARGET
    weight = _weight_alone(names)
    if names.sentence[0] == 0:
        weight += _FIRST_SENTENCE
    for is_so, share in (
        (_is_spoken_about, _TOPIC),
        (_is_compared, _COMPARED),
        (_is_experience, _EXPERIENCE),
        (_exists, _EXISTING),
        (_is_a_detail, _DETAIL),
    ):
        if is_so(names):
            weight *= share
    return weight


def _weight_alone(names: NameList) -> float:
    is_led, is_product = names.is_led, names.is_product
    if (is_led and is_product) or Role.FIRM_BEFORE in names.before:
        return STRONGEST
    if is_led or is_product:
        return STRONG
    return HEAD if names.is_head else NAMED


def _is_spoken_about(names: NameList) -> bool:
    """ "a Python course", "learn SQL", "who knows Java"; but not "you are a Go expert"."""
    marks, first = names.marks, names.sentence[0]
    if Role.FIRM_BEFORE in names.before or marks.has(Role.PERSONA_BEFORE, first, names.first):
        return False
    if names.is_topic or marks.has(Role.PERSON, first, names.first) or _follows_a_topic(names):
        return True
    return not names.is_led and (Role.TOPIC_BEFORE in names.before or _follows_a_thing_that(names))


def _follows_a_topic(names: NameList) -> bool:
    """ "a site for a Java developer with Spring skills" """
    earlier = names.previous
    return earlier is not None and Role.TOPIC_AFTER in earlier.after and earlier.clause == names.clause


def _follows_a_thing_that(names: NameList) -> bool:
    """ "a page for an agency that builds React apps": it is the agency that does."""
    thing = names.marks.first_thing
    if thing is None or not names.clause[0] <= thing < names.first:
        return False
    return names.marks.has(Role.THAT, thing, names.first)


def _is_compared(names: NameList) -> bool:
    """ "like Django", "React-like", "I know Vue", "like serde in Rust"."""
    if Role.ASIDE_BEFORE in names.before or Role.COMPARED_AFTER in names.after or _is_followed_by_like(names):
        return True
    earlier = names.previous
    if earlier and Role.COMPARED_BEFORE in earlier.before and names.first - earlier.last == 2:
        return True
    return Role.COMPARED_BEFORE in names.before and not names.is_led


def _is_followed_by_like(names: NameList) -> bool:
    text, after = names.marks.text, names.last + 1
    return after < len(text) and text.words[after] == "like" and text.gap(after) == "-"


def _exists(names: NameList) -> bool:
    """ "currently", "our backend is …", "my Flutter app" where another name is not marked so."""
    marks, (first, end) = names.marks, names.clause
    if marks.has(Role.EXISTING, first, end):
        return True
    owned = marks.places(Role.SOURCE_BEFORE, first, names.first)
    if owned and marks.has(Role.STATE, owned[0] + 1, names.first):
        return True
    return Role.SOURCE_BEFORE in names.before and not names.is_of_libraries and _another_is_new(names)


def _another_is_new(names: NameList, reach: int = 4) -> bool:
    other = names.following
    while other and reach:
        is_new = Role.SOURCE_BEFORE not in other.before and not other.is_of_libraries
        if is_new and other.mentions[0].slug != names.mentions[0].slug:
            return True
        other, reach = other.following, reach - 1
    return False


def _is_experience(names: NameList) -> bool:
    return Role.EXPERIENCE_BEFORE in names.before and not names.is_led


def _is_an_example(names: NameList) -> bool:
    """ "clients of all sorts (C#, PHP, Python)" """
    return len(names.mentions) > 2 and not names.is_led and "(" in names.marks.text.gap(names.first)


def _is_a_detail(names: NameList) -> bool:
    """After "that", "which" or "for", a sentence that has named its means speaks of something else."""
    if Role.FEATURE_AFTER in names.after or _is_an_example(names):
        return True
    if Role.FIRM_BEFORE in names.before or names.is_half:
        return False
    earlier = names.previous
    while earlier and earlier.sentence == names.sentence:
        if earlier.is_product or earlier.is_led or earlier.is_head:
            between = earlier.last + 1, names.first
            if names.marks.has(Role.THAT, *between) or (
                not names.is_led and names.marks.has(Role.PURPOSE, *between)
            ):
                return True
        earlier = earlier.previous
    return False
