import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.pipeline.compare_files import compare_files
from generation.tests.pipeline.projects import changed, projects

GIT = ["git", "apply", "--whitespace=nowarn"]
GNU_PATCH = ["patch", "-p1", "--silent", "--input"]

LONG = "".join(f"line {number}\n" for number in range(20))


def kinds(before: dict[str, str], after: dict[str, str]) -> list[tuple[str, str, str | None]]:
    return [(change.kind, change.path, change.old_path) for change in compare_files(before, after).changes]


def test_each_file_has_the_change_that_it_went_through() -> None:
    before = {"a.py": "a\n", "b.py": "b\n", "c.py": LONG, "same.py": "s\n"}
    after = {"a.py": "a\nnew\n", "c2.py": LONG + "more\n", "d.py": "d\n", "same.py": "s\n"}

    deleted, renamed, modified, added = compare_files(before, after).changes

    assert (deleted.kind, deleted.path, deleted.lines_removed) == ("deleted", "b.py", 1)
    assert (renamed.kind, renamed.path, renamed.old_path) == ("renamed", "c2.py", "c.py")
    assert (renamed.similarity, renamed.lines_added, renamed.lines_removed) == (96, 1, 0)
    assert (modified.kind, modified.path, modified.lines_added, modified.lines_removed) == (
        "modified",
        "a.py",
        1,
        0,
    )
    assert (added.kind, added.path, added.old_path, added.lines_added) == ("added", "d.py", None, 1)


def test_the_diff_reads_as_one_of_git() -> None:
    before = {"src/app.py": "import os\n\n\ndef main():\n    pass\n"}
    after = {"src/app.py": "import os\n\n\ndef main():\n    run()"}
    assert compare_files(before, after).diff == (
        "diff --git a/src/app.py b/src/app.py\n"
        "--- a/src/app.py\n"
        "+++ b/src/app.py\n"
        "@@ -2,4 +2,4 @@\n"
        " \n"
        " \n"
        " def main():\n"
        "-    pass\n"
        "+    run()\n"
        "\\ No newline at end of file\n"
    )


def test_nothing_changed_is_no_diff() -> None:
    assert compare_files({"a": "x"}, {"a": "x"}).changes == ()
    assert compare_files({"a": "x"}, {"a": "x"}).diff == ""


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"a/x.py": "1\n", "b/y.py": "1\n"}, {"c/y.py": "1\n"}, [("deleted", "a/x.py", "a/x.py"), ("renamed", "c/y.py", "b/y.py")]),
        ({"a": LONG, "b": LONG + "x\n"}, {"c": LONG + "x\ny\n"}, [("deleted", "a", "a"), ("renamed", "c", "b")]),
        ({"a": "1\n2\n3\n4\n"}, {"b": "1\n2\nx\ny\n"}, [("renamed", "b", "a")]),
        ({"a": "1\n2\n3\n4\n"}, {"b": "1\nx\ny\nz\n"}, [("deleted", "a", "a"), ("added", "b", None)]),
        ({"a": ""}, {"b": ""}, [("deleted", "a", "a"), ("added", "b", None)]),
        ({"a": LONG}, {"a/b": LONG}, [("deleted", "a", "a"), ("added", "a/b", None)]),
        ({"a": LONG, "b": "x\n"}, {"a": LONG, "c": LONG}, [("deleted", "b", "b"), ("added", "c", None)]),
    ],
)  # fmt: skip
def test_a_rename_is_a_deleted_file_that_came_back(
    before: dict[str, str], after: dict[str, str], expected: list[tuple[str, str, str | None]]
) -> None:
    assert kinds(before, after) == expected


@settings(max_examples=60, deadline=None)
@given(before=projects(), data=st.data(), tool=st.sampled_from([GIT, GNU_PATCH]))
def test_applied_to_what_was_the_diff_gives_what_is(
    before: dict[str, str], data: st.DataObject, tool: list[str]
) -> None:
    after = data.draw(changed(before))
    assert applied(compare_files(before, after).diff, before, tool) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [({"x": LONG}, {"x/y": LONG}), ({"x/y/z": LONG}, {"x": "new"}), ({"x": "1", "y": LONG}, {"x/y": LONG})],
)
def test_a_file_and_a_folder_may_change_places(before: dict[str, str], after: dict[str, str]) -> None:
    """With git: GNU patch deletes last and finds the place taken."""
    assert applied(compare_files(before, after).diff, before, GIT) == after


def applied(diff: str, files: dict[str, str], tool: list[str]) -> dict[str, str]:
    with TemporaryDirectory() as folder:
        root = Path(folder, "project")
        root.mkdir()
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(text.encode())
        if diff:
            Path(folder, "diff").write_bytes(diff.encode())
            subprocess.run([*tool, "../diff"], cwd=root, check=True, capture_output=True)
        found = (path for path in root.rglob("*") if path.is_file())
        return {str(path.relative_to(root)): path.read_bytes().decode() for path in found}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"a": "x" * 2_000_000}, {"a": "x" * 1_999_999 + "y"}),
        ({"a": "a\n" * 500_000}, {"a": "b\n" * 500_000}),
        ({"a": "a\nb\n" * 250_000}, {"a": "b\nc\n" * 250_000}),
        ({f"a/{n}": f"{n}\n" + LONG for n in range(500)}, {f"b/{n}": f"{n}!\n" + LONG for n in range(500)}),
        ({f"a/{n}": "copy" for n in range(5_000)}, {f"b/{n}.txt": "copy" for n in range(5_000)}),
    ],
)
def test_huge_projects_are_compared_in_bounded_time(before: dict[str, str], after: dict[str, str]) -> None:
    start = process_time()
    compare_files(before, after)
    assert process_time() - start < 10
