"""Which of several matches of a block is meant, where its neighbours or a diff's line numbers decide it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from generation.pipeline.apply_edits.blocks import Block
from generation.pipeline.apply_edits.matching import Match

FindMatches = Callable[[Block], list[Match]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Neighbours:
    """What is known around a block: where the one before it ended, None for the first; and those after it.

    `shift` is by how many lines the file has grown so far. `in_order`: no block stood above one before it.
    """

    previous_stop: int | None
    following: Sequence[Block]
    shift: int
    in_order: bool


def chosen(block: Block, matches: list[Match], near: Neighbours, find: FindMatches) -> Match | None:
    """None where nothing decides."""
    if len(matches) == 1:
        return matches[0]
    return _by_line_number(block, matches, near) or _by_order(block, matches, near, find)


def _by_line_number(block: Block, matches: list[Match], near: Neighbours) -> Match | None:
    """Models make line numbers up. They count only where both of a hunk agree with all that went before."""
    if block.old_line is None or block.new_line is None or block.new_line - block.old_line != near.shift:
        return None
    return next((match for match in matches if match.start == block.new_line - 1), None)


def _by_order(block: Block, matches: list[Match], near: Neighbours, find: FindMatches) -> Match | None:
    """The blocks of a file stand in the order of its lines: the only match between its neighbours is meant.

    As many matches as blocks that follow one another with the same SEARCH are taken one by one.
    """
    if not near.in_order:
        return None
    after = near.previous_stop or 0
    between = [match for match in matches if match.start >= after]
    twins = 1 + sum(1 for _ in takewhile(lambda other: _is_twin(other, block), near.following))
    others = near.following[twins - 1 :]
    next_matches = find(others[0]) if others else []
    if len(next_matches) == 1 and next_matches[0].start >= after:
        between = [match for match in between if match.stop <= next_matches[0].start]
    elif near.previous_stop is None and twins == 1:
        return None
    return between[0] if len(between) == twins else None


def _is_twin(block: Block, other: Block) -> bool:
    return [reading.search for reading in block.readings] == [reading.search for reading in other.readings]
