import pytest

from generation.pipeline.detect_framework.prose import fence_languages, prose_of, scanned_part


@pytest.mark.parametrize(
    "line",
    [
        "import React from 'react'",
        "from flask import Flask",
        "#include <stdio.h>",
        "const app = express();",
        "class Book(models.Model):",
        '  "vue": "^3.4.0",',
        "django==5.0",
        "@app.route('/')",
        "<template>",
        "}",
        "SELECT * FROM users WHERE id = 1;",
        "Traceback (most recent call last):",
        'File "run.py", line 3, in <module>',
        "public class Main {",
        "x = foo(bar)",
    ],
)
def test_a_line_of_code_is_no_prose(line: str) -> None:
    assert prose_of(f"Fix this\n{line}\nplease") == f"Fix this\n{' ' * len(line)}\nplease"


@pytest.mark.parametrize(
    "line",
    [
        "Please import the customers from the old shop (with React):",
        "- use Django; no Flask;",
        "Make a class schedule for my school:",
        "static site with the following pages:",
        "Write it in Go (the language), and keep it small;",
        "Frontend = React",
    ],
)
def test_a_line_of_prose_stays(line: str) -> None:
    assert prose_of(line) == line


def test_fences_and_addresses_are_no_prose_and_offsets_stay() -> None:
    prompt = "Look:\n```js\nreact()\n```\nand https://react.dev/learn now\n~~~\nopen to the end"
    prose = prose_of(prompt)
    assert len(prose) == len(prompt)
    assert prose.split() == ["Look:", "and", "now"]


def test_the_languages_of_fences_are_known() -> None:
    assert fence_languages("```tsx\n1\n```\n~~~ Python\n2\n~~~\n```\n3\n```") == ["tsx", "python"]


def test_line_breaks_that_came_escaped_are_line_breaks() -> None:
    assert scanned_part("Fix:\\nimport os") == "Fix: \nimport os"
    assert scanned_part('Fix:\nprintf("\\n")') == 'Fix:\nprintf("\\n")'


def test_of_a_long_prompt_the_beginning_and_the_end_are_read() -> None:
    prompt = "In Rust: " + "x" * 100_000 + " That is all."
    part = scanned_part(prompt)
    assert part.startswith("In Rust: ")
    assert part.endswith(" That is all.")
    assert len(part) < 40_000
