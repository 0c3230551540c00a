"""What becomes of a project: which file, all of it or nothing, and what is told of the rest."""

import pytest

from generation.pipeline.apply_edits import AppliedFile, Edit, RenamedFile, apply_edits, files_after
from generation.tests.pipeline.edits import apply, block

PROJECT = {
    "src/app.py": "import os\n\n\ndef start():\n    return os.name\n\n\ndef stop():\n    pass\n",
    "src/web/util.js": "export const a = 1;\n",
    "web/util.js": "export const b = 2;\n",
    "README.md": "# Demo\n",
}


def test_every_block_of_a_file_is_applied() -> None:
    outcome = apply(
        PROJECT, block("import os", "import sys") + block("    pass", "    sys.exit()"), path="src/app.py"
    )

    (file,) = outcome.files
    assert (
        file.content == "import sys\n\n\ndef start():\n    return os.name\n\n\ndef stop():\n    sys.exit()\n"
    )
    assert (outcome.deleted, outcome.renamed, outcome.failures, outcome.kept) == ((), (), (), ())
    assert files_after(PROJECT, outcome) == PROJECT | {"src/app.py": file.content}


def test_a_file_with_a_block_that_fails_stays_as_it_was_and_the_others_do_not() -> None:
    outcome = apply_edits(
        PROJECT,
        [
            Edit(path="src/app.py", text=block("import os", "import sys") + block("    past", "    x()")),
            Edit(path="README.md", text=block("# Demo", "# The demo")),
        ],
    )
    assert outcome.files == (AppliedFile(path="README.md", content="# The demo\n", is_new=False),)
    assert files_after(PROJECT, outcome)["src/app.py"] == PROJECT["src/app.py"]


def test_a_failed_block_carries_what_the_model_needs_to_write_it_anew() -> None:
    outcome = apply(
        PROJECT, block("import os", "import sys") + block("def stop(now):\n    pass", "x"), path="src/app.py"
    )

    (failure,) = outcome.failures
    assert (failure.path, failure.number) == ("src/app.py", 2)
    assert (failure.search, failure.replace) == ("def stop(now):\n    pass", "x")
    assert failure.reason == "its SEARCH is not in the file"
    assert failure.nearest.split("\n")[3] == "def stop():"
    assert failure.line == 5


def test_the_second_attempt_completes_what_was_kept_of_the_first() -> None:
    first = apply(PROJECT, block("import os", "import sys") + block("    past", "    x()"), path="src/app.py")

    second = apply_edits(PROJECT, [*first.kept, Edit(path="src/app.py", text=block("    pass", "    x()"))])

    assert second.failures == ()
    assert "import sys" in second.files[0].content
    assert "x()" in second.files[0].content


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("src/app.py", "src/app.py"),
        ("./src/app.py", "src/app.py"),
        ("/src/app.py", "src/app.py"),
        ("src\\app.py", "src/app.py"),
        ("app.py", "src/app.py"),
        ("App.py", "src/app.py"),
        ("project/src/app.py", "src/app.py"),
        ("lib/app.py", "src/app.py"),
        ("web/util.js", "web/util.js"),
        ("src/web/util.js", "src/web/util.js"),
        ("demo/src/web/util.js", "src/web/util.js"),
    ],
)
def test_a_path_means_the_only_file_that_it_can_mean(written: str, meant: str) -> None:
    text = PROJECT[meant].splitlines()[0]
    outcome = apply(PROJECT, block(text, "changed"), path=written)
    assert [file.path for file in outcome.files] == [meant]


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("util.js", "there is no file util.js; there is src/web/util.js, web/util.js"),
        ("src/ap.py", "there is no file src/ap.py; there is src/app.py"),
        ("zzz", "there is no file zzz"),
    ],
)
def test_a_path_that_means_no_file_is_told_with_what_there_is(written: str, reason: str) -> None:
    outcome = apply(PROJECT, block("import os", "import sys"), path=written)
    assert [(failure.path, failure.reason) for failure in outcome.failures] == [(written, reason)]


def test_an_edit_without_a_path_goes_where_its_search_is() -> None:
    outcome = apply(PROJECT, block("export const b = 2;", "export const b = 3;"))
    assert [(file.path, file.content) for file in outcome.files] == [("web/util.js", "export const b = 3;\n")]


def test_an_edit_without_a_path_that_fits_several_files_or_none_fails() -> None:
    project = {"a.py": "x = 1\n", "b.py": "x = 1\n"}
    assert [
        failure.reason for failure in apply(project, block("x = 1", "x = 2"), block("y", "z")).failures
    ] == [
        "it names no file, and its SEARCH is in 2 files: a.py, b.py",
        "it names no file, and its SEARCH is in none",
    ]


def test_a_new_file_is_made_by_an_empty_search() -> None:
    outcome = apply(PROJECT, block("", "x = 1\ny = 2"), path="lib/app.py")
    assert outcome.files == (AppliedFile(path="lib/app.py", content="x = 1\ny = 2\n", is_new=True),)


def test_a_file_that_the_answer_makes_can_be_edited_by_it() -> None:
    outcome = apply(PROJECT, block("", "x = 1\ny = 2"), block("y = 2", "y = 3"), path="new.py")
    assert outcome.files == (AppliedFile(path="new.py", content="x = 1\ny = 3\n", is_new=True),)


def test_a_renamed_file_is_edited_under_either_name() -> None:
    rename = "rename from web/util.js\nrename to web/tools.js\n"
    outcome = apply_edits(
        PROJECT,
        [
            Edit(path=None, text=rename),
            Edit(path="web/tools.js", text=block("export const b = 2;", "const b = 2;\nexport default b;")),
            Edit(path="web/util.js", text=block("const b = 2;", "const b = 4;")),
        ],
    )
    assert outcome.renamed == (RenamedFile(old_path="web/util.js", path="web/tools.js"),)
    assert [(f.path, f.content) for f in outcome.files] == [
        ("web/tools.js", "const b = 4;\nexport default b;\n")
    ]
    assert list(files_after(PROJECT, outcome)) == [
        "src/app.py",
        "src/web/util.js",
        "README.md",
        "web/tools.js",
    ]


def test_a_rename_that_fails_is_kept_for_the_second_attempt() -> None:
    rename = "rename from web/util.js\nrename to web/tools.js\n"
    first = apply(PROJECT, rename + block("b = 9", "b = 1"))
    assert (first.files, first.renamed) == ((), ())

    second = apply_edits(
        PROJECT, [*first.kept, Edit(path="web/util.js", text=block("export const b = 2;", "b"))]
    )

    assert [(file.path, file.content) for file in second.files] == [("web/tools.js", "b\n")]


def test_an_edit_without_any_block_is_told() -> None:
    (failure,) = apply(PROJECT, "Just change the import.\n", path="src/app.py").failures
    assert failure.reason == "it holds no SEARCH/REPLACE block and no hunk"
    assert failure.search == "Just change the import.\n"


def test_a_truncated_line_is_shown_where_a_file_is_one_long_line() -> None:
    (failure,) = apply({"a.min.js": "let a=1;" * 100_000}, block("let a=1;", "x"), path="a.min.js").failures
    assert len(failure.nearest) == 4_000
    assert failure.line == 1


def test_no_more_blocks_are_applied_than_an_answer_may_have() -> None:
    outcome = apply({"a.py": "x\n"}, block("x", "x\ny") * 2_001, path="a.py")
    assert len(outcome.failures) == 1
    assert outcome.failures[0].reason == "only 2,000 blocks of an answer are applied"
