"""From one stack to another: what is moved, and to what."""

from collections.abc import Sequence
from itertools import groupby, pairwise

from generation.pipeline.detect_framework.marks import Marks
from generation.pipeline.detect_framework.name_lists import NameList
from generation.pipeline.detect_framework.roles import Role

_VERB_LAST = frozenset({"zh", "ja", "ko", "tr"})
_NO_ORDER_AFTER = frozenset("that which can the a an no this of".split())
_MOST_ORDERS = 8


def find_targets(lists: Sequence[NameList]) -> None:
    """In a sentence that moves something, what stands after "to" is the target; else after "in" or "as".

    Else it is what is not marked as there already.
    """
    for _, group in groupby(lists, key=lambda names: names.sentence):
        in_sentence = list(group)
        for names in in_sentence:
            names.is_target = _stands_after_to(names)
        if any(names.is_target for names in in_sentence) or not _orders_a_move(in_sentence[0]):
            continue
        taking = next((names for names in in_sentence if _takes_over(names)), None) or _other_than_source(
            in_sentence
        )
        if taking:
            taking.is_target = True


def is_left(names: NameList, last_target: int) -> bool:
    """It is what something is moved from. `last_target` is the word of the prompt's last target, or -1."""
    if names.is_target:
        return False
    if any(other.is_target for other in _in_same_sentence(names)):
        is_used = Role.INSTRUMENT_BEFORE in names.before
        return not is_used or bool(names.before & {Role.TAKES_OVER, Role.FROM_BEFORE, Role.SOURCE_BEFORE})
    return names.last < last_target or (Role.FROM_BEFORE in names.before and _orders_a_move(names))


def _in_same_sentence(names: NameList) -> list[NameList]:
    found = []
    for step in ("previous", "following"):
        other = getattr(names, step)
        while other and other.sentence == names.sentence:
            found.append(other)
            other = getattr(other, step)
    return found


def _stands_after_to(names: NameList) -> bool:
    if Role.TO_AFTER in names.after and _orders_a_move(names):
        return True
    if Role.TO_BEFORE not in names.before or Role.CONVERTER in names.after:
        return False
    return _orders_a_move(names) or _ends_a_pair(names)


def _ends_a_pair(names: NameList) -> bool:
    """ "from Express to Hono" and "jQuery to Svelte", but not in "a page about languages, from C to Rust"."""
    marks, earlier = names.marks, names.previous
    if earlier is None or earlier.sentence != names.sentence:
        return False
    if marks.first_thing is not None and marks.first_thing < earlier.first:
        return False
    is_bare = names.first - earlier.last == 2 and Role.TO_BEFORE in marks.roles(earlier.last + 1)
    return is_bare or Role.FROM_BEFORE in earlier.before


def _takes_over(names: NameList) -> bool:
    """ "rewrite it in Rust": the order to move stands before it, in languages where verbs do."""
    if Role.INSTRUMENT_AFTER in names.after:
        return True
    return Role.TAKES_OVER in names.before and _has_order(names.marks, names.sentence[0], names.first)


def _other_than_source(in_sentence: Sequence[NameList]) -> NameList | None:
    """ "a Vue version of this React component" """
    for source, other in pairwise(in_sentence):
        if Role.SOURCE_BEFORE in source.before and Role.SOURCE_BEFORE not in other.before:
            return other
    return None


def _orders_a_move(names: NameList) -> bool:
    return _has_order(names.marks, *names.sentence)


def _has_order(marks: Marks, first: int, end: int) -> bool:
    return any(_is_order(at, marks) for at in marks.places(Role.MOVE, first, end)[:_MOST_ORDERS])


def _is_order(at: int, marks: Marks) -> bool:
    """ "convert this" and "I want to convert" are orders; "a script to convert" and "a switch" are none."""
    text = marks.text
    if at == 0 or text.breaks[at] or marks.language in _VERB_LAST:
        return True
    before = text.words[at - 1]
    if before == "to":
        return at < 2 or Role.WISH in marks.own_roles(at - 2)
    return before not in _NO_ORDER_AFTER and bool(
        marks.own_roles(at - 1) & {Role.COMMON, Role.WISH, Role.ORDER, Role.LIST}
    )
