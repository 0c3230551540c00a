"""Which lines two texts have in common: patience diff, and Myers' greedy diff where no line is unique.

The time is bounded for every input. Past the bound, lines count as replaced that need not be: the diff is
longer then, and as right.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

MAX_EDITS = 100  # of one greedy search: its time and memory grow with their square
MAX_STEPS = 1_000_000  # of one diff, beside those that grow with it: about a second

Trail = tuple["Run", "Trail"] | None


@dataclass(frozen=True, slots=True)
class Run:
    """`length` lines that are the same, from `old` and from `new` on."""

    old: int
    new: int
    length: int


@dataclass(frozen=True, slots=True)
class _Section:
    """A part of both texts that is still to be compared. `anchorless`: its size when no anchor was found."""

    old: int
    old_stop: int
    new: int
    new_stop: int
    anchorless: int = 0

    @property
    def old_size(self) -> int:
        return self.old_stop - self.old

    @property
    def new_size(self) -> int:
        return self.new_stop - self.new

    @property
    def size(self) -> int:
        return self.old_size + self.new_size


def common_runs(old: Sequence[str], new: Sequence[str]) -> list[Run]:
    """The runs of common lines, ascending on both sides."""
    in_old, in_new = frozenset(old), frozenset(new)
    shared_old = [at for at, line in enumerate(old) if line in in_new]
    shared_new = [at for at, line in enumerate(new) if line in in_old]
    numbers = {line: number for number, line in enumerate(in_old & in_new)}
    differ = _Differ([numbers[old[at]] for at in shared_old], [numbers[new[at]] for at in shared_new])
    return _runs_in(
        [
            (shared_old[run.old + at], shared_new[run.new + at])
            for run in differ.runs()
            for at in range(run.length)
        ]
    )


class _Differ:
    def __init__(self, old: list[int], new: list[int]) -> None:
        self._old = old
        self._new = new
        self._steps_left = MAX_STEPS + len(old) + len(new)
        self._found: list[Run] = []

    def runs(self) -> list[Run]:
        sections = [_Section(0, len(self._old), 0, len(self._new))]
        while sections:
            section = self._trimmed(sections.pop())
            if section.old_size and section.new_size:
                sections += self._divided(section)
        return sorted(self._found, key=lambda run: run.old)

    def _trimmed(self, section: _Section) -> _Section:
        """Without the common lines at its start and at its end, which are found."""
        old, new = self._old, self._new
        room = min(section.old_size, section.new_size)
        head = tail = 0
        while head < room and old[section.old + head] == new[section.new + head]:
            head += 1
        while tail < room - head and old[section.old_stop - tail - 1] == new[section.new_stop - tail - 1]:
            tail += 1
        inner = _Section(
            section.old + head,
            section.old_stop - tail,
            section.new + head,
            section.new_stop - tail,
            section.anchorless,
        )
        self._find(section.old, section.new, head)
        self._find(inner.old_stop, inner.new_stop, tail)
        return inner

    def _find(self, old: int, new: int, length: int) -> None:
        if length:
            self._found.append(Run(old, new, length))

    def _divided(self, section: _Section) -> list[_Section]:
        """What lies between the lines that are surely the same."""
        if self._steps_left < 0:
            return []
        is_new = not section.anchorless or section.size <= section.anchorless // 2
        anchors = self._anchors(section) if is_new else []
        if not anchors:
            return [self._searched(section, section.size if is_new else section.anchorless)]
        self._found += anchors
        edges = [
            Run(section.old, section.new, 0),
            *anchors,
            Run(section.old_stop, section.new_stop, 0),
        ]
        between = [
            _Section(left.old + left.length, right.old, left.new + left.length, right.new)
            for left, right in pairwise(edges)
        ]
        return [section for section in between if section.old_size and section.new_size]

    def _anchors(self, section: _Section) -> list[Run]:
        """The most lines that stand once on either side, in the same order."""
        self._steps_left -= section.size
        old = self._old[section.old : section.old_stop]
        new = self._new[section.new : section.new_stop]
        in_old, in_new = Counter(old), Counter(new)
        place = {line: at for at, line in enumerate(old, section.old) if in_old[line] == 1 == in_new[line]}
        pairs = [(place[line], at) for at, line in enumerate(new, section.new) if line in place]
        return _runs_in(_longest_ascending(pairs))

    def _searched(self, section: _Section, anchorless: int) -> _Section:
        """Finds the fewest edits from the start of the section on; returns what was not reached.

        https://www.xmailserver.org/diff2.pdf: on each diagonal, how far so many edits lead.
        """
        reached: dict[int, tuple[int, Trail]] = {}
        best = 0
        for edits in range(MAX_EDITS + 1):
            for diagonal in range(-edits, edits + 1, 2):
                x, trail = _entered(reached, diagonal, section) if edits else (0, None)
                if x < 0:
                    continue
                length = self._common(section, x, x - diagonal)
                if length:
                    trail = Run(section.old + x, section.new + x - diagonal, length), trail
                reached[diagonal] = x + length, trail
                if 2 * (x + length) - diagonal > 2 * reached[best][0] - best:
                    best = diagonal
            x, y = reached[best][0], reached[best][0] - best
            if (x, y) == (section.old_size, section.new_size) or self._steps_left < 0:
                break
        self._found += _runs_of(reached[best][1])
        return _Section(section.old + x, section.old_stop, section.new + y, section.new_stop, anchorless)

    def _common(self, section: _Section, x: int, y: int) -> int:
        """How many lines are the same from there on."""
        old, new = self._old, self._new
        at, other = section.old + x, section.new + y
        room = min(section.old_stop - at, section.new_stop - other)
        length = 0
        while length < room and old[at + length] == new[other + length]:
            length += 1
        self._steps_left -= length + 1
        return length


def _entered(reached: dict[int, tuple[int, Trail]], diagonal: int, section: _Section) -> tuple[int, Trail]:
    """The furthest start on a diagonal, by one edit from its neighbours; -1 where none lies inside."""
    nowhere: tuple[int, Trail] = (-1, None)
    x, trail = reached.get(diagonal + 1, nowhere)
    by_insertion = (x, trail) if x >= 0 and x - diagonal <= section.new_size else nowhere
    x, trail = reached.get(diagonal - 1, nowhere)
    by_deletion = (x + 1, trail) if 0 <= x < section.old_size else nowhere
    return by_insertion if by_insertion[0] > by_deletion[0] else by_deletion


def _runs_of(trail: Trail) -> Iterator[Run]:
    while trail:
        run, trail = trail
        yield run


def _longest_ascending(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest subsequence of which the first members ascend, by patience sorting."""
    tops: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for index, (value, _) in enumerate(pairs):
        pile = bisect_left(tops, value)
        before.append(ends[pile - 1] if pile else -1)
        tops[pile : pile + 1] = [value]
        ends[pile : pile + 1] = [index]
    chain: list[tuple[int, int]] = []
    index = ends[-1] if ends else -1
    while index >= 0:
        chain.append(pairs[index])
        index = before[index]
    return chain[::-1]


def _runs_in(pairs: list[tuple[int, int]]) -> list[Run]:
    """Pairs of lines that follow one another make a run."""
    gaps = [at for at in range(1, len(pairs)) if pairs[at] != (pairs[at - 1][0] + 1, pairs[at - 1][1] + 1)]
    bounds = pairwise([0, *gaps, len(pairs)]) if pairs else ()
    return [Run(*pairs[start], stop - start) for start, stop in bounds]
