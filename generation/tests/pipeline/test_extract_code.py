import pytest

from generation.pipeline.extract_code import Extractor
from generation.tests.pipeline import answers
from generation.tests.pipeline.answers import extract


def test_it_reads_files_out_of_a_chatty_answer_and_leaves_the_rest_as_prose() -> None:
    folded = extract(answers.CHATTY)

    assert folded.contents == {
        "index.html": "<!DOCTYPE html>\n<p>Hello</p>\n",
        "app/style.css": "p { color: teal }\n",
    }
    assert folded.message.startswith("Sure! Here is a **small** page.")
    assert "npm install" in folded.message
    assert "├── index.html" in folded.message
    assert "### `index.html`" not in folded.message


def test_a_file_opens_and_fills_before_its_end_is_there() -> None:
    extractor = Extractor()

    events = extractor.feed("```html index.html\n<p>one</p>\n<p>tw")

    assert [type(event).__name__ for event in events] == ["FileOpened", "FileDelta"]


@pytest.mark.parametrize(
    "info",
    [
        "python src/app.py", "python:src/app.py", "src/app.py", 'python title="src/app.py"',
        "python filename=src/app.py", "py {file='src/app.py'}", 'python path="./src/app.py"',
    ],
)  # fmt: skip
def test_the_info_string_names_the_file(info: str) -> None:
    assert extract(f"```{info}\na = 1\n```\n").contents == {"src/app.py": "a = 1\n"}


@pytest.mark.parametrize(
    "label",
    [
        "src/app.py", "**src/app.py**", "### src/app.py", "## 2. `src/app.py`", "`src/app.py`:", "File: src/app.py",
        "**File: `src/app.py`**", "- **src/app.py** (new)", "**`src\\app.py`**", "[src/app.py]", "#### `src/app.py` — the app",
        "Create a file named `src/app.py` with the following content:",
    ],
)  # fmt: skip
def test_the_line_above_names_the_file(label: str) -> None:
    assert extract(f"{label}\n\n```python\na = 1\n```\n").contents == {"src/app.py": "a = 1\n"}


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("python", "# src/app.x"), ("js", "// src/app.x"), ("css", "/* src/app.x */"), ("html", "<!-- src/app.x -->"),
        ("sql", "-- src/app.x"), ("ini", "; src/app.x"), ("tsx", "{/* src/app.x */}"), ("python", '"""src/app.x"""'),
        ("js", "// File: src/app.x"), ("jinja", "{# src/app.x #}"), ("bat", "REM src/app.x"), ("tex", "% src/app.x"),
    ],
)  # fmt: skip
def test_a_comment_in_the_first_line_names_the_file_and_stays_in_it(language: str, line: str) -> None:
    assert extract(f"```{language}\n{line}\nbody\n```\n").contents == {"src/app.x": f"{line}\nbody\n"}


@pytest.mark.parametrize(("language", "line"), [("html", "index.html"), ("py", "src/app.py")])
def test_a_bare_name_in_the_first_line_names_the_file_and_is_left_out(language: str, line: str) -> None:
    assert extract(f"```{language}\n{line}\nbody\n```\n").contents == {line: "body\n"}


@pytest.mark.parametrize(
    ("language", "line"),
    [("js", "index.html"), ("python", "app.run"), ("html", "see index.html"), ("text", "a.txt")],
)
def test_a_first_line_that_only_looks_like_a_name_stays(language: str, line: str) -> None:
    assert line in extract(f"```{language}\n{line}\nbody\n```\n").contents.get(None, line)


def test_the_fuller_of_two_spellings_of_a_name_is_taken() -> None:
    assert extract("**app.py**\n```python\n# src/app.py\na = 1\n```\n").paths == ["src/app.py"]


@pytest.mark.parametrize(
    "line",
    [
        "This uses Node.js and Vue.js:",
        "Then run `app.py` like this:",
        "It reads `data.csv` and writes `out.csv`:",
        "See https://example.com/a.py:",
        "Version 1.2.3:",
    ],
)
def test_a_file_that_is_merely_mentioned_is_no_name(line: str) -> None:
    assert extract(f"{line}\n```python\na = 1\n```\n").paths == [None]


def test_a_path_of_a_heading_names_the_first_block_below_it() -> None:
    answer = (
        "### `src/app.py`\n\nThe entry point.\n\n```python\na = 1\n```\n\nUse it:\n\n```python\nb = 2\n```\n"
    )
    assert extract(answer).paths == ["src/app.py", None]


def test_fences_inside_of_markdown_belong_to_the_file() -> None:
    folded = extract(answers.NESTED)

    assert folded.paths == ["README.md"]
    assert folded.files[0][1].endswith("```\na tree\n```\n\nDone.\n")
    assert folded.message == "And that is all.\n"


def test_indented_listed_and_quoted_fences_lose_their_indentation() -> None:
    assert extract(answers.LISTED).contents == {"a.py": "def a():\n    return 1\n", "b.py": "# b.py\nb = 1\n"}


def test_line_endings_stay_as_they_were() -> None:
    folded = extract(answers.WINDOWS)
    assert folded.contents == {"app.js": "let a = 1\r\n\r\n"}


def test_separators_that_are_no_line_ends_stay() -> None:
    content = "a\u2028b\x0cc\rd\x85e\n"
    assert extract(f"```python a.py\n{content}```\n").contents == {"a.py": content}


def test_a_file_that_is_never_closed_runs_to_the_end_and_is_not_complete() -> None:
    assert extract(answers.UNCLOSED).files == [("main.py", "print(1)\n~~~\nprint(2)", False)]


def test_a_closer_that_is_stuck_to_the_code_or_followed_by_prose_closes() -> None:
    assert extract("```js a.js\nf()```\nBye").contents == {"a.js": "f()\n"}
    folded = extract("```js a.js\nf()\n``` And now the styles follow:\nBye")
    assert (folded.contents, folded.message) == ({"a.js": "f()\n"}, "And now the styles follow:\nBye")


def test_elements_hold_files_and_thinking_is_left_aside() -> None:
    folded = extract(answers.ELEMENTS)

    assert folded.contents == {
        "src/main.js": 'console.log("<b>")\n',
        "src/b.ts": "export const b = 1\n",
        "c.py": "c = 1\n",
        "d.txt": "inside\n",
    }
    assert folded.message == "I will write two files.\nnpm installBye.\n"


def test_tags_inside_of_a_fence_are_text() -> None:
    content = '<file path="x.py">\nx = 1\n</file>\n'
    assert extract(f"```xml a.xml\n{content}```\n").contents == {"a.xml": content}


def test_an_edit_against_nothing_becomes_the_file() -> None:
    assert extract(answers.EDITS).contents == {"src/app.py": 'print("new")\n', "notes.txt": "hello\n"}


def test_files_inside_of_json_are_decoded() -> None:
    assert extract(answers.JSON).contents == {"a.py": "a = 1\n", "b/c.txt": "c"}


def test_json_without_files_is_a_file() -> None:
    assert extract('```json\n{"name": "site"}\n```\n').files == [(None, '{"name": "site"}\n', True)]


def test_an_answer_that_is_nothing_but_code_is_a_file() -> None:
    assert extract(answers.BARE).files == [(None, "import sys\n\n\nprint(sys.argv)\n", True)]


def test_prose_is_no_file() -> None:
    folded = extract("I cannot do that.\n\nImport duties are high.\n")
    assert (folded.files, folded.message) == ([], "I cannot do that.\n\nImport duties are high.\n")


@pytest.mark.parametrize(
    "block",
    [
        "```bash\ncd app\nnpm install # all of it\n```\n",
        "```\n$ python app.py\n```\n",
        "```\nsrc/\n  main.py\ntests/\n```\n",
        "```text\nHello, world\n```\n",
        "```console\n>>> 1 + 1\n2\n```\n",
        '```\nTraceback (most recent call last):\n  File "a.py", line 1, in <module>\nValueError: no\n```\n',
    ],
)
def test_commands_trees_and_output_are_no_files_but_told(block: str) -> None:
    folded = extract(block)
    assert (folded.files, folded.message) == ([], block)


def test_a_shell_script_is_a_file() -> None:
    script = "#!/bin/sh\nset -e\nmake\n"
    assert extract(f"```bash\n{script}```\n").files == [(None, script, True)]
    assert extract("**run.sh**\n```bash\nmake\n```\n").paths == ["run.sh"]


def test_an_empty_block_is_a_file_only_if_it_has_a_name() -> None:
    assert extract("```python\n```\n").files == []
    assert extract("`app/__init__.py`\n```python\n```\n").files == [("app/__init__.py", "", True)]
