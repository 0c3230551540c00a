"""Unified diffs of git, of other tools and of models."""

import pytest

from generation.pipeline.apply_edits import RenamedFile, files_after
from generation.tests.pipeline.edits import applied, apply, refused

FILE = "import os\n\nclass A:\n    def run(self):\n        return 1\n\nclass B:\n    def run(self):\n        return 1\n"
SIDES = "--- a/a.py\n+++ b/a.py\n"


def after(files: dict[str, str], *texts: str, path: str | None = None) -> dict[str, str]:
    outcome = apply(files, *texts, path=path)
    assert outcome.failures == ()
    return files_after(files, outcome)


@pytest.mark.parametrize(
    "header",
    [
        SIDES + "@@ -1,2 +1,2 @@\n",
        "diff --git a/a.py b/a.py\nindex 1a2b3c4..5d6e7f8 100644\n" + SIDES + "@@ -1,2 +1,2 @@ import\n",
        "--- a.py\n+++ a.py\n@@ -1,2 +1,2 @@\n",
        "--- a.py\t2024-01-01 10:00:00\n+++ a.py\t2024-01-02 10:00:00\n@@ -1,2 +1,2 @@\n",
        "--- original\n+++ modified\n@@ -1,2 +1,2 @@\n",
        '--- "a/a.py"\n+++ "b/a.py"\n@@ -1,2 +1,2 @@\n',
        SIDES + "@@ -99,7 +120,70 @@\n",
        SIDES + "@@ -X,X +X,X @@\n",
        SIDES + "@@ ... @@\n",
        SIDES + "@@\n",
        SIDES + "\n@@ -1,2 +1,2 @@\n",
        SIDES,
        "@@ -1,2 +1,2 @@\n",
        "Index: a.py\n=====\n" + SIDES + "@@ -1,2 +1,2 @@\n",
        "```diff\n" + SIDES + "@@ -1,2 +1,2 @@\n",
    ],
)
def test_a_diff_is_read_whatever_its_header_says(header: str) -> None:
    text = header + "-import os\n+import sys\n \n class A:\n"
    assert after({"a.py": FILE}, text, path="a.py") == {"a.py": FILE.replace("os", "sys")}


@pytest.mark.parametrize(
    "body",
    [
        " import os\n \n-class A:\n+class C:\n     def run(self):\n",
        " import os\n\n-class A:\n+class C:\n     def run(self):\n",
        " import os\n\n+class C:\n-class A:\n     def run(self):\n\n\n",
        "import os\n\n-class A:\n+class C:\n    def run(self):\n",
        " import os\r\n \r\n-class A:\r\n+class C:\r\n     def run(self):\r\n",
        " import os\n \n-class A:\n+class C:\n     def run(self):  \n",
        "-class A:\n+class C:\n",
        " import os\n \n-class A:\n+class C:\n     def run(self):\n```\n",
    ],
)
def test_a_hunk_is_read_however_its_lines_are_marked(body: str) -> None:
    assert applied(FILE, SIDES + "@@ -1,4 +1,4 @@\n" + body) == FILE.replace("class A", "class C")


def test_hunks_may_come_in_any_order() -> None:
    last, first = (
        "@@ @@\n class B:\n-    def run(self):\n+    def go(self):\n",
        "@@ @@\n-import os\n+import sys\n",
    )
    result = "go".join(FILE.replace("os", "sys").rsplit("run", 1))
    assert applied(FILE, SIDES + last + first) == applied(FILE, SIDES + first + last) == result


@pytest.mark.parametrize(
    ("hunks", "result"),
    [
        ("@@ -5 +5 @@\n-        return 1\n+        return 2\n", FILE.replace("return 1", "return 2", 1)),
        ("@@ -9 +9 @@\n-        return 1\n+        return 2\n", "2".join(FILE.rsplit("1", 1))),
        ("@@ -1 +1,2 @@\n-import os\n+import a\n+import b\n@@ -9 +10 @@\n-        return 1\n+        return 2\n", "import a\nimport b" + "2".join(FILE.rsplit("1", 1))[len("import os") :]),
        ("@@ -7 +7 @@\n-        return 1\n+        return 2\n", None),
        ("@@ -1 +1,2 @@\n-import os\n+import a\n+import b\n@@ -9 +9 @@\n-        return 1\n+        return 2\n", None),
    ],
)  # fmt: skip
def test_line_numbers_decide_between_places_only_where_they_add_up(hunks: str, result: str | None) -> None:
    if result is None:
        assert refused(FILE, SIDES + hunks) == ["its SEARCH is in the file 2 times"]
    else:
        assert applied(FILE, SIDES + hunks) == result


def test_line_numbers_alone_place_nothing() -> None:
    assert refused(FILE, SIDES + "@@ -3,0 +4 @@\n+    x = 1\n") == [
        "its SEARCH is empty, and the file is not"
    ]
    assert refused(FILE, SIDES + "@@ -1 +1 @@\n-import json\n+import sys\n") == [
        "its SEARCH is not in the file"
    ]


@pytest.mark.parametrize(
    ("text", "body", "result"),
    [
        ("a\nb\n", " a\n-b\n+c\n\\ No newline at end of file\n", "a\nc"),
        ("a\nb", " a\n-b\n\\ No newline at end of file\n+c\n", "a\nc\n"),
        ("a\nb", " a\n-b\n\\ No newline at end of file\n+c\n\\ No newline at end of file\n", "a\nc"),
        ("a\nb", "-a\n+x\n b\n\\ No newline at end of file\n", "x\nb"),
        ("a\nb", " a\n-b\n\\ No newline at end of file\n+b\n", "a\nb\n"),
        ("a\nb\nc", " a\n-b\n+x\n\\ No newline at end of file\n", "a\nx\nc"),
        ("a\nb", " a\n-b\n+c\n", "a\nc"),
        ("a\r\nb\r\n", " a\n-b\n+c\n+d\n", "a\r\nc\r\nd\r\n"),
    ],
)
def test_the_end_of_a_file_is_as_the_diff_says_or_as_it_was(text: str, body: str, result: str) -> None:
    assert applied(text, SIDES + "@@ @@\n" + body) == result


def test_several_files_are_changed_made_deleted_and_moved_by_one_diff() -> None:
    text = (
        "diff --git a/old.py b/old.py\ndeleted file mode 100644\n--- a/old.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-gone\n"
        "diff --git a/new.py b/new.py\nnew file mode 100644\n--- /dev/null\n+++ b/new.py\n@@ -0,0 +1,2 @@\n+one\n+two\n"
        "diff --git a/empty.py b/empty.py\nnew file mode 100644\nindex 0000000..e69de29\n"
        "diff --git a/x.py b/pkg/y.py\nsimilarity index 60%\nrename from x.py\nrename to pkg/y.py\n"
        "--- a/x.py\n+++ b/pkg/y.py\n@@ -1,2 +1,2 @@\n keep\n-this\n+that\n"
        "diff --git a/x.py b/z.py\nsimilarity index 100%\ncopy from keep.py\ncopy to z.py\n"
        "diff --git a/keep.py b/keep.py\n"
        "--- keep.py\n+++ keep.py\n-k\n+K\n"
    )
    files = {"old.py": "gone\n", "x.py": "keep\nthis\n", "keep.py": "k\n"}
    outcome = apply(files, text)
    assert outcome.deleted == ("old.py",)
    assert outcome.renamed == (RenamedFile(old_path="x.py", path="pkg/y.py"),)
    assert files_after(files, outcome) == {
        "keep.py": "K\n",
        "new.py": "one\ntwo\n",
        "empty.py": "",
        "pkg/y.py": "keep\nthat\n",
        "z.py": "k\n",
    }


def test_names_are_read_as_git_writes_them() -> None:
    text = (
        'diff --git "a/caf\\303\\251 \\"x\\".md" "b/caf\\303\\251 \\"x\\".md"\n'
        '--- "a/caf\\303\\251 \\"x\\".md"\n+++ "b/caf\\303\\251 \\"x\\".md"\n@@ -1 +1 @@\n-a\n+b\n'
        "diff --git a/two words.md b/two words.md\ndeleted file mode 100644\nindex e69de29..0000000\n"
    )
    assert after({'café "x".md': "a\n", "two words.md": ""}, text) == {'café "x".md': "b\n"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("--- /dev/null\n+++ b/a.py\n@@ -0,0 +1 @@\n+new\n", "its SEARCH is empty, and the file is not"),
        (
            "--- a/a.py\n+++ /dev/null\n@@ -1,2 +1 @@\n keep\n-gone\n",
            "it deletes the file, and yet keeps lines of it",
        ),
        ("--- a/zzz\n+++ /dev/null\n@@ -1 +0,0 @@\n-gone\n", "there is no file zzz"),
        ("rename from a.py\nrename to b.py\n", "there is a file b.py already"),
        ("rename from zzz\nrename to c.py\n", "there is no file zzz"),
        ("rename from a.py\n", "it does not say where the file goes"),
    ],
)
def test_a_diff_that_contradicts_the_project_is_refused(text: str, reason: str) -> None:
    files = {"a.py": "a\n", "b.py": "b\n"}
    outcome = apply(files, text)
    assert [failure.reason for failure in outcome.failures] == [reason]
    assert files_after(files, outcome) == files


@pytest.mark.parametrize("text", ["--- /dev/null\n+++ /dev/null\n", "diff --git a/a.py b/a.py\nindex 1..2\n"])
def test_a_header_that_says_nothing_does_nothing(text: str) -> None:
    assert after({"a.py": "a\n"}, text) == {"a.py": "a\n"}


def test_numbers_without_end_are_no_numbers() -> None:
    assert applied("a\n", SIDES + f"@@ -{'9' * 5_000} +1 @@\n-a\n+b\n") == "b\n"


def test_comments_of_sql_are_no_header() -> None:
    text = (
        "--- a/q.sql\n+++ b/q.sql\n@@ -1,3 +1,3 @@\n select 1;\n--- old remark\n+-- new remark\n select 2;\n"
    )
    assert after({"q.sql": "select 1;\n-- old remark\nselect 2;\n"}, text) == {
        "q.sql": "select 1;\n-- new remark\nselect 2;\n"
    }


def test_a_diff_and_blocks_may_follow_one_another() -> None:
    text = (
        SIDES
        + "@@ @@\n-import os\n+import sys\n\n<<<<<<< SEARCH\nclass B:\n=======\nclass C:\n>>>>>>> REPLACE\n"
    )
    assert applied(FILE, text) == FILE.replace("os", "sys").replace("class B", "class C")
