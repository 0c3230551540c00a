"""What is not wanted, or not now."""

from generation.pipeline.detect_framework.name_lists import NameList
from generation.pipeline.detect_framework.roles import Role

_NEAR = 6  # words
_FURTHEST_NEGATION = 11  # words
_UNDER_NEGATION = frozenset({Role.REFUSABLE, Role.FILLER, Role.MOVE})


def is_refused(names: NameList) -> bool:
    """ "no Python libraries" refuses libraries, and not Python."""
    if Role.LIBRARY_AFTER in names.after:
        return False
    return (
        Role.REFUSED_BEFORE in names.before or Role.REFUSED_AFTER in names.after or _is_under_negation(names)
    )


def _is_under_negation(names: NameList) -> bool:
    """ "don't write this in React": a negation, and nothing between that is not about using."""
    marks = names.marks
    for word in range(names.first - 1, max(-1, names.first - 1 - _FURTHEST_NEGATION), -1):
        if marks.text.breaks[word + 1]:
            return False
        if Role.NEGATION in marks.roles_ending_at(word):
            return True
        if not marks.own_roles(word) & _UNDER_NEGATION:
            return False
    return False


def is_postponed(names: NameList) -> bool:
    """ "the Django API comes next week" """
    marks, (first, end) = names.marks, names.clause
    if marks.has(Role.POSTPONED, max(first, names.first - _NEAR), names.first):
        return True
    after = names.last + 1
    return any(
        not marks.has(Role.THAT, after, at)
        for at in marks.places(Role.POSTPONED, after, min(end, names.last + _NEAR))
    )
