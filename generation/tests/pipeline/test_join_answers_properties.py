"""What holds for every text, wherever it is cut and whatever is said again."""

from itertools import pairwise
from time import process_time

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from generation.pipeline.join_answers import MAX_HELD, Seam, join_answers
from generation.pipeline.join_answers.overlap import said

words = st.sampled_from(
    "return if price total render <div> </div> } { ( ) = + import from 0 x y 'a' # é \t".split(" ")
)
# A number that is not there twice makes a line its own.
code = st.lists(
    st.tuples(st.integers(0, 3), st.lists(words, max_size=6, unique=True)), min_size=2, max_size=40
).map(
    lambda lines: "".join(
        f"{'    ' * depth}{' '.join(line)} v{number * 7919}\n" for number, (depth, line) in enumerate(lines)
    )
)
repetitive = st.builds(
    lambda row, count, end: row * count + end,
    st.sampled_from(
        ["<li>Item</li>\n", "}\n", "    </div>\n", "0, ", "null,\n", "=", "-- x\n", "tic tac toe "]
    ),
    st.integers(6, 30),
    st.text("ab\n", max_size=3),
)
pieces = st.lists(
    st.sampled_from(
        ["```", "```python\n", "```python app.py\n", "Sure, here is the rest:\n", "\n", "x = 1\n", "    y = 2\n", "}", " ", "return x", "Here.", "`", "a"]
    ),
    max_size=12,
).map("".join)  # fmt: skip


def cut(text: str, data: st.DataObject) -> tuple[str, str]:
    at = data.draw(st.integers(1, len(text) - 1))
    return text[:at], text[at:]


@settings(max_examples=300, deadline=None)
@given(text=code, data=st.data())
def test_what_is_said_again_is_taken_out(text: str, data: st.DataObject) -> None:
    """From any character on, if it is evidence enough and was said only once before."""
    first, rest = cut(text, data)
    size = data.draw(st.integers(1, len(first)))
    again = first[-size:]
    assume(said(again) >= 20 and len(again.split()) >= 3)
    assume(first.count(again) == 1)

    assert first + join_answers(first, again + rest) == text


@settings(max_examples=300, deadline=None)
@given(text=code, data=st.data(), lines=st.integers(1, 30))
def test_whole_lines_that_are_said_again_are_taken_out(text: str, data: st.DataObject, lines: int) -> None:
    first, rest = cut(text, data)
    assume(first.rpartition("\n")[2].strip() == "" or len(first.rpartition("\n")[2].strip()) >= 8)
    kept = first.splitlines(keepends=True)
    again = "".join(kept[-lines:])
    assume(said(again) >= 8)
    assume(first.count(again) == 1)
    fence = data.draw(st.sampled_from(["", "```python\n", "Here is the rest:\n\n```python app.py\n"]))

    joined = f"```python app.py\n{first}"
    joined += join_answers(joined, fence + again + rest, fence="```python app.py")

    assert joined == f"```python app.py\n{text}"


@settings(max_examples=300, deadline=None)
@given(text=st.one_of(code, st.text(min_size=2), st.text("ab \n", min_size=2)), data=st.data())
def test_where_nothing_is_said_again_nothing_is_taken_out(text: str, data: st.DataObject) -> None:
    first, second = cut(text, data)
    assume(not any(first.endswith(second[:size]) for size in range(4, len(second) + 1)))
    assume(not first.endswith(second.lstrip("\r\n")[:4]))
    assume(not (first[-1] in " \t" and second[0] in " \t"))  # in an indentation no one can tell
    assert first + join_answers(first, second) == text


@settings(max_examples=300, deadline=None)
@given(text=repetitive, data=st.data())
def test_rows_of_a_kind_are_not_eaten(text: str, data: st.DataObject) -> None:
    first, second = cut(text, data)
    assert first + join_answers(first, second) == text


@settings(max_examples=300, deadline=None)
@given(
    first=st.one_of(code, repetitive, pieces),
    second=st.one_of(code, repetitive, pieces),
    size=st.integers(0, 300),
    fence=st.sampled_from([None, "```", "```python app.py", "````markdown a.md"]),
    data=st.data(),
)
def test_every_split_into_chunks_gives_the_same_result(
    first: str, second: str, size: int, fence: str | None, data: st.DataObject
) -> None:
    second = first[len(first) - size :] + second if size else second
    cuts = sorted(data.draw(st.lists(st.integers(0, len(second)), max_size=12)))
    bounds = [0, *cuts, len(second)]

    whole = join_answers(first, second, fence=fence)

    for chunks in ([second[start:stop] for start, stop in pairwise(bounds)], list(second)):
        seam = Seam(first, fence=fence)
        assert "".join([*map(seam.feed, chunks), seam.close()]) == whole
    assert whole.endswith(second[min(len(second), MAX_HELD) :])


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("a" * 500_000, "a" * 500_000),
        ("ab" * 250_000, "ba" * 250_000),
        ("a" * 3_999 + "b", "a" * 100_000),
        ("```python\n" * 50_000, "```python\n" * 50_000),
        ("x" * 100_000, "\n" * 500_000),
        ("x" * 100_000, "Sure. " * 100_000),
        ("x" * 100_000, "Sure, it is here.\n" * 30_000),
        ("x" * 100_000, "`" * 500_000),
        ("".join(f"line {n}\n" for n in range(50_000)), "".join(f"line {n}\n" for n in range(49_000, 90_000))),
    ],
)  # fmt: skip
@pytest.mark.parametrize("chunk", [1, 7, 1_000])
def test_a_hostile_continuation_is_joined_in_bounded_time(first: str, second: str, chunk: int) -> None:
    seam = Seam(first, fence="```python")
    start = process_time()
    for at in range(0, len(second), chunk):
        given = seam.feed(second[at : at + chunk])
        assert given or at + chunk < MAX_HELD + chunk
    seam.close()
    assert process_time() - start < 5
