import pytest

from generation.pipeline.join_answers import Seam, join_answers

PYTHON = "```python app.py"
FIRST = f"{PYTHON}\nimport os\n\n\ndef total(prices):\n    result = 0\n    for price in prices:\n        result += pr"
REST = "ice\n    return result\n```\n"
WHOLE = FIRST + REST


def joined(first: str, second: str, fence: str | None = None) -> str:
    return first + join_answers(first, second, fence=fence)


def test_a_continuation_that_goes_on_in_the_word_is_put_behind() -> None:
    assert joined(FIRST, REST, PYTHON) == WHOLE


@pytest.mark.parametrize(
    "second",
    [
        "        result += pr" + REST,
        "result += pr" + REST,
        "\n    for price in prices:\n        result += pr" + REST,
        "    for price in prices:\n        result += pr" + REST,
        "r price in prices:\n        result += pr" + REST,
        FIRST[-120:] + REST,
        f"```python\n        result += pr{REST}",
        f"```python app.py\n    for price in prices:\n        result += pr{REST}",
        f"```py\n{REST}",
        f"```\n        result += pr{REST}",
        f"\n\n```python\n{REST}",
        f"Sure, here is the rest of the file:\n\n```python app.py\n{REST}",
        f"Sure, here is the rest:\n\n```\n{REST}",
        f"好的，以下是剩余部分：\n\n```python\n{REST}",
        f"I apologize for the cut. Here is the remaining code of `app.py`.\n```python\n        result += pr{REST}",
        f"Continuing from where I left off:\n\n        result += pr{REST}",
        f"Continuing from where I left off:\n\n{REST}",
        f"Understood, nothing more to say.\n\n    for price in prices:\n        result += pr{REST}",
    ],
)
def test_what_was_said_already_is_not_said_again(second: str) -> None:
    assert joined(FIRST, second, PYTHON) == WHOLE
    assert joined(FIRST, second, "```") == WHOLE


LINES = "```js a.js\nconst a = load('a');\nconst b = load('b');\n"


@pytest.mark.parametrize(
    ("first", "second", "result"),
    [
        # whole lines
        (LINES, "const b = load('b');\nconst c = 1;\n", LINES + "const c = 1;\n"),
        (LINES, "const c = 1;\n", LINES + "const c = 1;\n"),
        (LINES, "\nconst c = 1;\n", LINES + "\nconst c = 1;\n"),
        (LINES.rstrip(), "\nconst c = 1;\n", LINES + "const c = 1;\n"),
        # the fence again, behind a line that was complete or not
        (LINES, "```js\nconst c = 1;\n", LINES + "const c = 1;\n"),
        (LINES.rstrip(), "```js\nconst c = 1;\n", LINES + "const c = 1;\n"),
        (LINES + "if (a) {", "```js\n  b();\n", LINES + "if (a) {\n  b();\n"),
        (LINES + "const c = lo", "```js\nad('c');\n", LINES + "const c = load('c');\n"),
        # the end of the file, and the next one
        (LINES, "```\n\n```css b.css\np {}\n```\n", LINES + "```\n\n```css b.css\np {}\n```\n"),
        (LINES, "```\n", LINES + "```\n"),
        (LINES, "```css b.css\np {}\n```\n", LINES + "```\n```css b.css\np {}\n```\n"),
        (LINES + "// end", "```js b.js\nb()\n```\n", LINES + "// end\n```\n```js b.js\nb()\n```\n"),
        # all of the file again, as it was and goes on, or another version of it
        (LINES + "const c = 3;\nconst d", LINES + "const c = 3;\nconst d = 4;\n```\n", LINES + "const c = 3;\nconst d = 4;\n```\n"),
        ("```js a.js\n// the file\nconst a = 1;\nf()\ng()\n", "Here is the whole file:\n\n```js a.js\n// the file\nconst a = 1;\nf()\nh()\n```\n",
         "```js a.js\n// the file\nconst a = 1;\nf()\ng()\n```\nHere is the whole file:\n\n```js a.js\n// the file\nconst a = 1;\nf()\nh()\n```\n"),
    ],
)  # fmt: skip
def test_a_file_goes_on_or_ends(first: str, second: str, result: str) -> None:
    assert joined(first, second, "```js a.js") == result


def test_a_file_named_above_its_fence_is_the_same_under_its_name() -> None:
    first = "**src/a.js**\n```js\nconst a = load('a');\n"
    assert joined(first, "```js src/a.js\nconst b = 1;\n", "```js") == first + "const b = 1;\n"
    assert (
        joined(first, "```js src/b.js\nconst b = 1;\n", "```js")
        == first + "```\n```js src/b.js\nconst b = 1;\n"
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("f(() => {\n  if (a) {\n    b()\n    }\n  }\n}", "\n}\n}\n"),
        ("    }\n  }\n}\n", "}\n}\n"),
        ("<div>\n<p>x</p>\n</div>\n", "</div>\n</body>\n"),
        ("if a\n  b\nend\n", "end\nend\n"),
        ("[\n  0,\n  0,\n", "  0,\n  0,\n]\n"),
        ("  <li>Item</li>\n  <li>Item</li>\n  <li>It", "em</li>\n  <li>Item</li>\n  <li>Item</li>\n"),
        ("  <li>Item</li>\n  <li>Item</li>\n", "  <li>Item</li>\n  <li>Item</li>\n  <li>Item</li>\n"),
        ("<li>A long enough item</li>\n" * 3, "<li>A long enough item</li>\n" * 3 + "</ul>\n"),
        ("tic tac toe tic tac toe ", "tic tac toe tic tac toe "),
        ("a, a, a, ", "a, a, a, a"),
        ("0" * 50, "0" * 50),
        ("=" * 80, "=" * 20),
        ("    x", "x = 1\n"),
        ("co", "coa\n"),
        ("nothing in common", "here"),
        ("", "anything"),
        ("anything", ""),
    ],
)
def test_text_that_repeats_by_nature_is_not_eaten(first: str, second: str) -> None:
    assert joined(first, second) == first + second
    assert joined(f"```html\n{first}", second, "```html") == f"```html\n{first}{second}"


README = "````markdown README.md\n# Demo\n\nRun it"


@pytest.mark.parametrize(
    ("second", "result"),
    [
        (" with:\n\n```bash\nmake\n```\n", " with:\n\n```bash\nmake\n```\n"),
        (
            "\n\nContinue with this:\n\n```bash\nmake\n```\n",
            "\n\nContinue with this:\n\n```bash\nmake\n```\n",
        ),
        ("````markdown README.md\n with:\n", " with:\n"),
        ("Here is the rest of it:\n\n````markdown README.md\n with:\n", " with:\n"),
        ("Run it with:\n", " with:\n"),
    ],
)
def test_sentences_and_fences_are_content_of_prose(second: str, result: str) -> None:
    assert joined(README, second, "````markdown README.md") == README + result


def test_nothing_is_held_back_once_it_is_new() -> None:
    seam = Seam(FIRST, fence=PYTHON)
    assert seam.feed("ice\n    ret") == "ice\n    ret"
    assert seam.feed("u") == "u"
    assert seam.close() == ""


def test_no_more_is_held_back_than_what_may_be_a_repetition() -> None:
    seam = Seam(FIRST, fence=PYTHON)
    assert [seam.feed(text) for text in ("```pyt", "hon\n        resu", "lt += pr", "ice\n", "x")] == [
        "",
        "",
        "",
        "ice\n",
        "x",
    ]
