"""Answers that are made to take long: functions from a number of characters to a text of that length."""

from collections.abc import Callable, Mapping

Hostile = Callable[[int], str]


def repeated(unit: str, *, before: str = "", behind: str = "") -> Hostile:
    """`unit` over and over, all in all of the length that is asked for."""

    def text(size: int) -> str:
        count = max(1, (size - len(before) - len(behind)) // len(unit))
        return f"{before}{unit * count}{behind}"

    return text


def nested_quotes(size: int) -> str:
    """Lines of ten thousand marks of quotes, with a fence behind them."""
    line = f"{'> ' * 10_000}```python a.py\n"
    return line * max(1, size // len(line))


def nested_lists(size: int) -> str:
    line = f"{'- 1. ' * 2_000}```python a.py\n"
    return line * max(1, size // len(line))


def long_strings(size: int) -> str:
    """One file in JSON, in one line, whose content is nothing but escapes."""
    return repeated("\\n\\\\\\u00e9", before='{"path": "a.py", "content": "', behind='"}')(size)


HOSTILE: Mapping[str, Hostile] = {
    "backticks in one line": repeated("`"),
    "backticks, three a line": repeated("```\n"),
    "backticks, one a line": repeated("`\n"),
    "tildes in one line": repeated("~"),
    "alternating fences": repeated("```a\n````b\n~~~\n`````\n"),
    "nested fences": repeated("```a\n", before="```markdown README.md\n"),
    "bare fences in Markdown": repeated("\n```\n", before="```markdown README.md\n"),
    "blocks of commands": repeated("```\nnpm i\n```\n"),
    "long lines of dots in blocks": repeated(f"```\n- {'.' * 8_000}\n```\n"),
    "empty blocks": repeated("```md\n\n```\n\n"),
    "one line": repeated("x"),
    "one line in a fence": repeated("x", before="```python a.py\n"),
    "spaces": repeated(" "),
    "blank lines": repeated("\n"),
    "CRs only": repeated("\r"),
    "labels": repeated("### `src/app.py` (new)\n"),
    "labels in one line": repeated("**a.py** "),
    "names in comments": repeated("```python\n# src/app.py\n```\n"),
    "sentences": repeated("Create `a.py` and `b.py` in the folder, then open `c.py`:\n"),
    "rules": repeated("-----\nimport os\n"),
    "parentheses": repeated("("),
    "unclosed tags": repeated("<file path='a.py'>\n"),
    "unclosed tags in one line": repeated("<file path='a.py'>"),
    "tags that never end": repeated("<file path="),
    "tags over many lines": repeated("<file\n"),
    "closed tags in one line": repeated("<file path='a.py'>x</file>"),
    "closing tags": repeated("</file>"),
    "children of tags": repeated("<file>\n<path>a.py</path>\n"),
    "any tags": repeated("<a><b> "),
    "thinking": repeated("<think>\n"),
    "ends of thinking": repeated("</think>\n"),
    "quotes, 10,000 deep": nested_quotes,
    "quotes in one line": repeated("> "),
    "lists, 4,000 deep": nested_lists,
    "unclosed SEARCH": repeated("<<<<<<< SEARCH\n"),
    "empty edits": repeated("<<<<<<< SEARCH\n=======\n"),
    "headers of diffs": repeated("--- a/x\n+++ b/x\n"),
    "JSON, 1 file in one line": long_strings,
    "JSON, many files in one line": repeated(
        '{"path": "a.py", "content": "x\\n"}, ', before='{"files": [', behind="]}"
    ),
    "JSON, contents before paths": repeated('{"content": "x\\n", "path": "a.py"}\n'),
    "JSON without files": repeated('{"a": 1}, ', before="[", behind="]"),
    "JSON, deep lists": repeated("["),
    "JSON, deep objects": repeated('{"a":'),
    "JSON that is none": repeated('{"a": x\n'),
    "JSON, unclosed strings": repeated('{"a\n'),
    "JSON, half escapes": repeated("\\ud83d", before='{"path": "a.py", "content": "'),
}
