"""What stands between fences, and where they end."""

import pytest

from generation.tests.pipeline import answers
from generation.tests.pipeline.answers import extract


@pytest.mark.parametrize(
    "answer",
    [
        "~~~python\na = 1\n~~~\n", "````python\na = 1\n````\n", "```python\na = 1\n````\n", "```python\na = 1\n```   \n", "   ```python\n   a = 1\n   ```\n",
        "- ```python\n  a = 1\n  ```\n", "1. ```python\n   a = 1\n   ```\n", "1. ```python\na = 1\n```\n", "\t```python\n\ta = 1\n\t```\n",
        "> ```python\n> a = 1\n> ```\n", ">```python\n>a = 1\n>```\n", "> > ```python\n> > a = 1\n> > ```\n", "> ```python\na = 1\n```\n",
        "Here it is: ```python\na = 1\n```\n", "```python\n```python\na = 1\n```\n```\n", "```\n```python\na = 1\n```\n```\n", "``` python\na = 1\n```\n",
        "```python\na = 1\n```", "```python\na = 1\n```</details>\n", "```python\na = 1\n```.\n",
    ],
)  # fmt: skip
def test_a_block_is_what_stands_between_its_fences(answer: str) -> None:
    folded = extract(f"Words.\n\n{answer}\nMore words.\n\n```js\nlet b\n```\n")
    assert (
        folded.contents == {None: "let b\n"} | {folded.files[0][0]: "a = 1\n"}
        or folded.files[0][1] == "a = 1\n"
    )
    assert [content for _, content, _ in folded.files] == ["a = 1\n", "let b\n"]
    assert "More words." in folded.message


@pytest.mark.parametrize(
    "content",
    [
        "x = '''\n~~~\n'''\n", "a = '`'\nb = '``'\n", "def f():\n    '''\n    ```\n    f()\n    ```\n    '''\n", "s = '''\n```python\n'''\n",
        "a = 1   \n\tb = 2\n\n\n", "\n\na = 1\n", "print('```')\n", "> quoted\n> text\n", "<file path='b.py'>\n</file>\n", "{'files': []}\n",
        "<<<<<<<\n=======\n", "-----\nimport os\n-----\n", "<think>\n</think>\n",
    ],
)  # fmt: skip
def test_what_is_no_closer_is_content(content: str) -> None:
    assert extract(f"```python a.py\n{content}```\nBye.\n").contents == {"a.py": content}


def test_the_indentation_of_the_fence_is_removed_from_lines_that_have_it() -> None:
    assert extract("   ```python a.py\n   a\n b\n      c\n   ```\n").contents == {"a.py": "a\nb\n   c\n"}
    assert extract("  ```python a.py\n\ta\n  ```\n").contents == {"a.py": "  a\n"}


def test_after_a_list_marker_nothing_is_removed_from_code_that_is_not_indented() -> None:
    code = "def f():\n    return 1\n"
    assert extract(f"1. ```python a.py\n{code}```\n").contents == {"a.py": code}


def test_a_fence_in_a_quote_ends_with_the_quote() -> None:
    folded = extract("> ```python a.py\n> a = 1\n\nNo more.\n")
    assert (folded.files, folded.message) == ([("a.py", "a = 1\n", True)], "\nNo more.\n")


def test_prose_behind_a_closer_is_prose() -> None:
    folded = extract("```js a.js\nf()\n``` And now the styles follow:\nBye")
    assert (folded.contents, folded.message) == ({"a.js": "f()\n"}, "And now the styles follow:\nBye")


def test_a_closer_that_is_stuck_to_the_code_closes() -> None:
    assert extract("```js a.js\nf()```\nBye").contents == {"a.js": "f()\n"}


def test_code_in_a_line_of_prose_opens_nothing() -> None:
    folded = extract("Use ```a()``` and ``b``.\n\n```print(1)```\n\nBye.\n")
    assert (folded.files, folded.message) == ([], "Use ```a()``` and ``b``.\n\n```print(1)```\n\nBye.\n")


@pytest.mark.parametrize(
    "inside",
    [
        "```bash\nnpm i\n```\n", "```\nnpm i\n```\n", "Run:\n```\nnpm start\n```\nDone.\n", "1. Do:\n   ```\n   npm i\n   ```\n", "~~~\ntext\n~~~\n",
        "## Run\n```\nnpm start\n```\n", "```\nsrc/\n├── a.py\n```\n\n```js\nlet a\n```\n", "Install with\n```\nnpm i\nnpm test\n```\nand enjoy.\n",
    ],
)  # fmt: skip
@pytest.mark.parametrize("opener", ["```markdown", "```md", "```"])
def test_fences_inside_of_markdown_belong_to_the_file(opener: str, inside: str) -> None:
    content = f"# Title\n\n{inside}\nMIT\n"
    folded = extract(f"**README.md**\n{opener}\n{content}```\n\n**a.py**\n```python\na = 1\n```\n")
    assert folded.contents == {"README.md": content, "a.py": "a = 1\n"}


def test_markdown_without_a_name_is_known_by_its_heading() -> None:
    content = "# Title\n\n```bash\nnpm i\n```\n\nMIT\n"
    assert extract(f"Words.\n\n```\n{content}```\n\nBye.\n").contents == {None: content}


def test_markdown_without_fences_inside_ends_with_its_closer() -> None:
    folded = extract("```markdown a.md\n# Title\n\nText.\n```\nThat was it.\n")
    assert (folded.contents, folded.message) == ({"a.md": "# Title\n\nText.\n"}, "That was it.\n")


def test_an_empty_block_is_a_file_only_if_it_has_a_name() -> None:
    assert extract("```python\n```\n").files == []
    assert extract("`app/__init__.py`\n```python\n```\n").files == [("app/__init__.py", "", True)]
    assert extract("### requirements.txt\n\nThere are none:\n```\n```\n").files == []


def test_line_endings_stay_as_they_were() -> None:
    assert extract(answers.WINDOWS).contents == {"app.js": "let a = 1\r\n\r\n"}
