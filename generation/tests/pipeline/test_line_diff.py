from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.pipeline.line_diff import Run, common_runs

few = st.lists(st.sampled_from("abc"), max_size=40)
many = st.lists(st.integers(0, 30).map(str), max_size=60)


@pytest.mark.parametrize(
    ("old", "new", "runs"),
    [
        ("abc", "abc", [Run(0, 0, 3)]),
        ("abc", "axc", [Run(0, 0, 1), Run(2, 2, 1)]),
        ("abc", "xabc", [Run(0, 1, 3)]),
        ("abc", "", []),
        ("ab", "cd", []),
        ("aab", "ab", [Run(0, 0, 1), Run(2, 1, 1)]),
        ("{x}{y}", "{x}{z}{y}", [Run(0, 0, 4), Run(4, 7, 2)]),
        ("abcabc", "bcabca", [Run(1, 0, 5)]),
    ],
)
def test_common_lines_are_found(old: str, new: str, runs: list[Run]) -> None:
    assert common_runs(old, new) == runs


@given(old=st.one_of(few, many), new=st.one_of(few, many))
def test_runs_are_common_ascending_and_never_adjacent(old: list[str], new: list[str]) -> None:
    runs = common_runs(old, new)
    for run in runs:
        assert old[run.old : run.old + run.length] == new[run.new : run.new + run.length] != []
    for left, right in pairwise(runs):
        old_gap, new_gap = right.old - left.old - left.length, right.new - left.new - left.length
        assert old_gap >= 0
        assert new_gap >= 0
        assert old_gap + new_gap > 0


@given(lines=many, edits=st.lists(st.tuples(st.integers(0, 60), st.sampled_from("xyz")), max_size=3))
def test_what_was_not_touched_stays_common(lines: list[str], edits: list[tuple[int, str]]) -> None:
    new = list(lines)
    for at, line in edits:
        new.insert(at, line)
    assert sum(run.length for run in common_runs(lines, new)) == len(lines)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a" * 300_000, "b" * 300_000),
        ("ab" * 150_000, "bc" * 150_000),
        ("abcde" * 60_000, "edcba" * 60_000),
        ([str(at) for at in range(150_000)], [str(at) for at in range(150_000)][::-1]),
        ([str(at // 2) for at in range(150_000)], [str(at // 2) for at in range(150_000)][::-1]),
    ],
)
def test_the_time_is_bounded(old: list[str], new: list[str]) -> None:
    start = process_time()
    common_runs(old, new)
    assert process_time() - start < 10
