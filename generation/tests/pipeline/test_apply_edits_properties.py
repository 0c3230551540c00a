"""What holds for every project and every answer."""

from time import process_time

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from generation.pipeline.apply_edits import Edit, apply_edits, files_after
from generation.pipeline.compare_files import compare_files
from generation.tests.pipeline.edits import applied, block
from generation.tests.pipeline.projects import LINES, changed, projects

PIECES = [
    *LINES, "<<<<<<< SEARCH", "=======", ">>>>>>> REPLACE", "--- a/a.py", "+++ b/a.py", "--- /dev/null", "+++ /dev/null", "@@ -1,2 +3,4 @@",
    "@@", " a", "-a", "+a", "\\ No newline at end of file", "diff --git a/a.py b/b.py", "rename from a.py", "rename to c.py", "copy from b.py",
    "copy to d.py", "new file mode 100644", "deleted file mode 100644", "```python", "a.py", "...", "# ... rest ...", "",
]  # fmt: skip
hostile = st.lists(st.sampled_from(PIECES), max_size=40).map("\n".join)


@settings(max_examples=150, deadline=None)
@given(before=projects("\n"), data=st.data())
def test_the_diff_of_two_projects_makes_the_one_of_the_other(
    before: dict[str, str], data: st.DataObject
) -> None:
    after = data.draw(changed(before))
    assume(not any("\r\n" in text or text.endswith("\r") for text in after.values()))
    assume(not any("\\" in path for path in after))
    diff = compare_files(before, after).diff

    outcome = apply_edits(before, [Edit(path=None, text=diff)] if diff else [])

    assert outcome.failures == ()
    assert files_after(before, outcome) == after


lines_of_code = st.lists(
    st.tuples(st.integers(0, 3), st.text("abcdef(){}=+ ", min_size=1).map(str.strip).filter(bool)),
    min_size=3,
    max_size=20,
    unique_by=lambda line: line[1],
).map(lambda lines: ["    " * depth + text for depth, text in lines])


@settings(max_examples=150, deadline=None)
@given(lines=lines_of_code, data=st.data())
def test_a_block_replaces_its_lines_and_no_byte_else(lines: list[str], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(lines) - 1))
    stop = data.draw(st.integers(start + 1, len(lines)))
    new = data.draw(st.lists(st.text("xyz", min_size=1), max_size=4))
    ending = data.draw(st.sampled_from(["\n", "\r\n"]))
    last = data.draw(st.sampled_from(["", ending]))
    more, trailing = data.draw(st.sampled_from(["", "  ", "\t"])), data.draw(st.sampled_from(["", " "]))
    search = "\n".join(f"{more}{line}{trailing}" for line in lines[start:stop])
    replace = "\n".join(f"{more}{line}" for line in new)
    result = [*lines[:start], *new, *lines[stop:]]

    found = applied(ending.join(lines) + last, block(search, replace))

    assert found == (ending.join(result) + last if result else "")


@settings(max_examples=150, deadline=None)
@given(
    files=projects(),
    texts=st.lists(hostile, max_size=4),
    path=st.sampled_from([None, "a.py", "src/a.py", "zzz"]),
)
def test_whatever_the_answer_is_a_file_is_done_or_failed_or_untouched(
    files: dict[str, str], texts: list[str], path: str | None
) -> None:
    outcome = apply_edits(files, [Edit(path=path, text=text) for text in texts])

    done = [file.path for file in outcome.files] + list(outcome.deleted)
    assert len(set(done)) == len(done)
    assert not {failure.path for failure in outcome.failures if failure.path in files} & set(done)
    after = files_after(files, outcome)
    assert all(after[path] == text for path, text in files.items() if path not in done and path in after)
    again = apply_edits(files, outcome.kept)
    assert again.failures == ()


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("a\n", "<<<<<<< SEARCH\n"),
        ("a\n", "=======\n"),
        ("a\n", block("a", "a\nb")),
        ("a\n", block("zzz", "b")),
        ("a\n", "<<<<<<< SEARCH\na\n" + "=======\n" * 500 + ">>>>>>> REPLACE\n"),
        ("a\n", "--- a/a.py\n+++ b/a.py\n"),
        ("a\n", "--- a\n"),
        ("a\n", "@@ -1 +1 @@\n-a\n+a\n"),
        ("a\n", "diff --git a/a b/a\n"),
        ("a\n", "rename from a\n"),
        ("a\n", "# ... rest of it\n"),
        ("a b\n", "\n"),
    ],
)
def test_the_time_grows_with_the_answer_and_no_faster(text: str, unit: str) -> None:
    files = {"a.py": text * 1_000}
    short = Edit(path="a.py", text=unit * max(4_000 // len(unit), 1))
    long = Edit(path="a.py", text=unit * max(32_000 // len(unit), 1))
    assert seconds(files, long) < 24 * max(seconds(files, short), 0.01)


@pytest.mark.parametrize(
    ("files", "text"),
    [
        ({"a.py": "a\n" * 1_000_000}, block("\n".join("a" * 100_000), "b")),
        ({"a.py": "a\n" * 1_000_000}, block("\n".join("a" * 500_000 + "b"), "b")),
        ({"a.py": "ab\n" * 600_000}, "\n".join(block("ab", f"{n}") for n in range(500))),
        ({"a.py": "".join(f"{n}\n" for n in range(250_000))}, "".join(block(f"{n}", f"x{n}") for n in range(1_000))),
        ({"a.py": "x" * 2_000_000}, block("x" * 1_000_000, "b") * 2),
        ({"a.py": "a b c d e f\n" * 150_000}, block("a b c", "b") * 1_000),
        ({f"{n}.py": "a\n" * 10_000 for n in range(500)}, block("a b c", "b") * 1_000),
        ({f"{n}/a.py": "a\n" for n in range(500)}, "".join(f"{n}.py\n{block('b', 'c')}" for n in range(1_000))),
    ],
)  # fmt: skip
def test_hostile_sizes_end_in_bounded_time(files: dict[str, str], text: str) -> None:
    path = "a.py" if len(files) == 1 else None
    assert seconds(files, Edit(path=path, text=text)) < 20


def seconds(files: dict[str, str], edit: Edit) -> float:
    """The best of three: the collector of garbage may fall into any of them."""

    def once() -> float:
        start = process_time()
        apply_edits(files, [edit])
        return process_time() - start

    return min(once() for _ in range(3))
