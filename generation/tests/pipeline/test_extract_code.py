"""Whole answers, and how they come in."""

import pytest

from generation.pipeline.extract_code import Extractor
from generation.tests.pipeline import answers
from generation.tests.pipeline.answers import RECORDED, extract


@pytest.mark.parametrize("answer", RECORDED)
def test_it_reads_the_files_out_of_an_answer(answer: str) -> None:
    assert extract(answer).contents == RECORDED[answer]


def test_what_is_no_file_is_told_as_prose_but_for_the_labels() -> None:
    message = extract(answers.CHATTY).message

    assert message.startswith("Sure! Here is a **small** page.")
    assert "npm install" in message
    assert "├── index.html" in message
    assert "### `index.html`" not in message


def test_a_file_opens_and_fills_before_its_end_is_there() -> None:
    extractor = Extractor()

    events = extractor.feed("```html index.html\n<p>one</p>\n<p>tw")

    assert [type(event).__name__ for event in events] == ["FileOpened", "FileDelta"]


def test_a_file_whose_fence_names_no_language_fills_too() -> None:
    extractor = Extractor()

    events = extractor.feed("**app.py**\n```\nimport os\nprint(os.")

    assert [type(event).__name__ for event in events] == ["FileOpened", "FileDelta"]


def test_prose_is_no_file() -> None:
    folded = extract("I cannot do that.\n\nImport duties are high.\n")
    assert (folded.files, folded.message) == ([], "I cannot do that.\n\nImport duties are high.\n")


def test_an_answer_of_nothing_holds_nothing() -> None:
    assert extract("") == extract() == extract("", "")


def test_a_file_that_is_never_closed_runs_to_the_end_and_is_not_complete() -> None:
    assert extract(answers.UNCLOSED).files == [("main.py", "print(1)\n~~~\nprint(2)", False)]


def test_separators_that_are_no_line_ends_stay() -> None:
    content = "a\u2028b\x0cc\rd\x85e\n"
    assert extract(f"```python a.py\n{content}```\n").contents == {"a.py": content}


def test_a_byte_order_mark_is_not_of_the_answer() -> None:
    assert extract("\ufeff```python\na = 1\n```\n").contents == {None: "a = 1\n"}


def test_each_file_tells_the_format_that_it_was_read_from() -> None:
    answer = (
        "```python a.py\na = 1\n```\n<file path='b.py'>\nb = 1\n</file>\n"
        '{"path": "c.py", "content": "c = 1"}\n\nd.py\n<<<<<<< SEARCH\n1\n=======\n2\n>>>>>>> REPLACE\n'
        "```diff\n--- a/e.py\n+++ b/e.py\n@@ @@\n-1\n+2\n```\n"
    )
    assert [opened.format for opened in extract(answer).opened] == [
        "fence",
        "element",
        "json",
        "edit",
        "diff",
    ]
    assert extract("import os\nprint(os)\n").opened[0].format == "bare"


def test_it_tells_the_fence_in_which_the_answer_is() -> None:
    extractor = Extractor()
    extractor.feed("Text\n```python app.py\nimport os\n")
    assert extractor.open_fence == "```python app.py"

    extractor.feed("```\nMore text\n")
    assert extractor.open_fence is None
