"""Edits in place of files."""

import pytest

from generation.tests.pipeline.answers import extract

EDIT = "<<<<<<< SEARCH\na = 1\n=======\na = 2\n>>>>>>> REPLACE\n"
DIFF = "--- a/src/a.py\n+++ b/src/a.py\n@@ -1 +1 @@\n-a = 1\n+a = 2\n"


@pytest.mark.parametrize(
    "answer",
    [
        f"src/a.py\n```python\n{EDIT}```\n", f"**src/a.py**\n```\n{EDIT}```\n", f"```python\nsrc/a.py\n{EDIT}```\n", f"````python src/a.py\n{EDIT}````\n",
        f"`src/a.py`\n{EDIT}\nDone.\n", f"<dyad-search-replace path='src/a.py'>\n{EDIT}</dyad-search-replace>\n",
    ],
)  # fmt: skip
def test_search_and_replace_is_an_edit_of_its_file(answer: str) -> None:
    folded = extract(f"Words.\n\n{answer}")
    assert folded.files == [("src/a.py", EDIT, True)]
    assert folded.opened[0].edit


def test_several_edits_in_one_fence_stay_together() -> None:
    assert extract(f"a.py\n```python\n{EDIT}{EDIT}```\n").contents == {"a.py": EDIT + EDIT}


@pytest.mark.parametrize(
    "answer",
    [
        f"```diff\n{DIFF}```\n",
        f"```\n{DIFF}```\n",
        f"**a.py**\n```diff\n{DIFF}```\n",
        DIFF,
        f"Words:\n\n{DIFF}",
    ],
)
def test_a_unified_diff_is_an_edit_of_the_file_that_it_names(answer: str) -> None:
    folded = extract(answer)
    assert folded.files == [("src/a.py", DIFF, True)]
    assert folded.opened[0].edit


def test_git_headers_are_read_too() -> None:
    diff = f"diff --git a/src/a.py b/src/a.py\nindex 1..2 100644\n{DIFF}"
    assert extract(f"```diff\n{diff}```\n").files == [("src/a.py", diff, True)]
    assert extract(f"{diff}\nThat is the patch.\n").files == [("src/a.py", diff, True)]


def test_an_edit_against_nothing_becomes_the_file() -> None:
    content = "# Title\n=======\n--- x\n+++ y\n@@\n"
    added = "".join(f"+{line}\n" for line in content.splitlines())

    for answer in (
        f"a.md\n```\n<<<<<<< SEARCH\n\n=======\n{content}>>>>>>> REPLACE\n```\n",
        f"```diff\n--- /dev/null\n+++ b/a.md\n@@ -0,0 +1 @@\n{added}```\n",
        f"```diff\n--- /dev/null\n+++ b/a.md\n{added}```\n",
    ):
        folded = extract(answer)
        assert folded.files == [("a.md", content, True)]
        assert not folded.opened[0].edit


NEW = "<<<<<<< SEARCH\n=======\nb = 1\n>>>>>>> REPLACE\n"
NEW_DIFF = "--- /dev/null\n+++ b/b.py\n@@ -0,0 +1 @@\n+b = 1\n"


@pytest.mark.parametrize(
    ("fenced", "files"),
    [
        (f"b.py\n{NEW}\n{EDIT}", [("b.py", "b = 1\n"), ("b.py", EDIT)]),
        (f"b.py\n{NEW}\na.py\n{EDIT}", [("b.py", "b = 1\n"), ("a.py", EDIT)]),
        (f"b.py\n{NEW}c.py\n{NEW}", [("b.py", "b = 1\n"), ("c.py", "b = 1\n")]),
        (f"{NEW_DIFF}{DIFF}", [("b.py", "b = 1\n"), ("src/a.py", DIFF)]),
        (
            f"{NEW_DIFF}diff --git a/src/a.py b/src/a.py\n{DIFF}",
            [("b.py", "b = 1\n"), ("src/a.py", f"diff --git a/src/a.py b/src/a.py\n{DIFF}")],
        ),
        ("--- /dev/null\n+++ b/b.py\n+b = 1\n" * 2, [("b.py", "b = 1\n")] * 2),
    ],
)
def test_what_follows_a_new_file_in_its_fence_is_no_part_of_it(
    fenced: str, files: list[tuple[str, str]]
) -> None:
    folded = extract(f"```\n{fenced}```\n")
    assert [(path, content.strip("\n")) for path, content, _ in folded.files] == [
        (path, content.strip("\n")) for path, content in files
    ]


def test_lines_of_a_new_file_that_lack_their_plus_are_kept() -> None:
    diff = "--- /dev/null\n+++ b/b.py\n@@ -0,0 +1,3 @@\n+b = 1\n\n c = 1\n\\ No newline at end of file\n"
    assert extract(f"```diff\n{diff}```\n").contents == {"b.py": "b = 1\n\nc = 1\n"}


def test_an_edit_without_a_name_is_of_the_file_that_was_edited_last() -> None:
    folded = extract(f"a.py\n```python\n{EDIT}```\n\nAnd:\n\n```python\n{EDIT}```\n")
    assert folded.paths == ["a.py", "a.py"]


def test_an_edit_that_names_no_file_has_no_path() -> None:
    folded = extract(f"Do this:\n\n```python\n{EDIT}```\n")
    assert (folded.files, folded.opened[0].edit) == ([(None, EDIT, True)], True)


def test_a_diff_without_its_header_is_an_edit_of_what_the_label_names() -> None:
    folded = extract("**a.py**\n```diff\n-a = 1\n+a = 2\n```\n")
    assert (folded.paths, folded.opened[0].edit) == (["a.py"], True)


def test_an_edit_that_is_cut_off_is_not_complete() -> None:
    assert extract(f"a.py\n```python\n{EDIT[:30]}").files == [("a.py", EDIT[:30], False)]
