"""Code with nothing around it."""

import pytest

from generation.tests.pipeline import answers
from generation.tests.pipeline.answers import extract
from generation.tests.pipeline.test_extract_judging import CODE


@pytest.mark.parametrize("code", [code for code in CODE if "\n" in code])
def test_an_answer_that_is_nothing_but_code_is_a_file(code: str) -> None:
    folded = extract(f"{code}\n")
    assert [content for _, content, _ in folded.files] == [f"{code}\n"]


@pytest.mark.parametrize("rule", ["-----", "=" * 40, "─" * 30, "*****"])
def test_code_between_ruled_lines_is_a_file(rule: str) -> None:
    code = "import os\n\n\nprint(os.name)\n"
    folded = extract(f"Here is my take.\n\n{rule}\n\n{code}\n{rule}\n\nIt prints the name. That is all.\n")
    assert [(content, complete) for _, content, complete in folded.files] == [(code, True)]
    assert "It prints the name." in folded.message


def test_titles_between_ruled_lines_name_what_follows() -> None:
    folded = extract(answers.RULED)
    assert "How it works" in folded.message
    assert "The function prints a line." in folded.message


@pytest.mark.parametrize(
    "answer",
    [
        "Using this approach you get:\n\n- speed\n- joy\n", "Title\n-----\nSome prose that explains it. It goes on.\n", "# Title\n\nSome text.\n", "Note: this is it.\n",
        "From here on it is easy.\n\nUse the tool, then return it.\n", "Answer:\n\nYes.\n", "-----\n\nMore prose, and so on.\n\n-----\n", "[Link](https://a.b)\n", "1. Import it\n2. Use it\n",
    ],
)  # fmt: skip
def test_prose_is_not_taken_for_code(answer: str) -> None:
    folded = extract(answer)
    assert (folded.files, folded.message) == ([], answer)


def test_a_comment_with_a_name_names_the_file() -> None:
    assert extract("# app.py\nimport os\nprint(os)\n").contents == {
        "app.py": "# app.py\nimport os\nprint(os)\n"
    }


def test_a_closing_fence_that_nothing_opened_ends_the_code() -> None:
    folded = extract("import os\nprint(os.name)\n```\n\nThis prints the name.\n")
    assert (folded.files, folded.message) == (
        [(None, "import os\nprint(os.name)\n", True)],
        "\nThis prints the name.\n",
    )


def test_a_line_like_code_above_a_fence_is_prose() -> None:
    folded = extract("Python:\n```python\na = 1\n```\n")
    assert (folded.contents, folded.message) == ({None: "a = 1\n"}, "Python:\n")
