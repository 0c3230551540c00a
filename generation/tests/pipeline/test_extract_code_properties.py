"""What holds for every answer, however it is cut into chunks."""

import json
import tracemalloc
from itertools import pairwise
from time import process_time

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from generation.pipeline.extract_code import Extractor, extract_all
from generation.pipeline.extract_code.json_tokens import JsonTokens
from generation.pipeline.extract_code.source import MAX_LINE
from generation.tests.pipeline.answers import ALL, extract, fold

PIECES = [
    "```", "````", "~~~", "`", "\n", "\r\n", "\n\n", " ", "    ", "\t", "> ", "- ", "1. ", "python", "markdown", "json", "a.py", "**b.md**", "### ", "# c.py", "text",
    ":", "def f():", "<file path=\"d.js\">", "</file>", "<file>", "<file\n", "<path>x.py</path>", "<content>", "</content>", "<![CDATA[", "]]>", "<think>", "</think>",
    "<boltAction type=\"file\" filePath=\"e\">", "</boltAction>", "<<<<<<< SEARCH", "=======", ">>>>>>> REPLACE", "--- a/f.py\n", "--- /dev/null\n", "+x\n", "+++ b/f.py\n", "diff --git a/x b/x\n",
    '{"path": "g", "content": "h"}', '{"files": [', '"content": "x\\ny"', '"path": "z.py"', "{", "}", "[", "]", '"', ",", "\\", "\\u00e9", "\\ud83d", "-----", "import os",
    "├── ", "npm i", "$ ", "```bash\n", "```json\n", "```\n", "}```", "\u2028", "\ufeff", "é", "\x00", "<" * 100, "x" * MAX_LINE, " " * MAX_LINE,
]  # fmt: skip
hostile = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)
mutated = st.tuples(st.sampled_from(ALL), st.integers(0, 400), st.sampled_from(PIECES)).map(
    lambda drawn: f"{drawn[0][: drawn[1]]}{drawn[2]}{drawn[0][drawn[1] :]}"
)
answers = st.one_of(st.sampled_from(ALL), mutated, hostile, st.text())


@settings(max_examples=400, deadline=None)
@given(answer=answers, data=st.data())
def test_every_split_into_chunks_gives_the_same_result(answer: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(answer)), max_size=20)))
    chunks = [answer[start:end] for start, end in pairwise([0, *cuts, len(answer)])]

    assert extract(*chunks) == extract(answer)


@settings(max_examples=100, deadline=None)
@given(answer=answers)
def test_one_character_at_a_time_gives_the_same_result(answer: str) -> None:
    assert extract(*answer) == extract(answer)


@settings(max_examples=200, deadline=None)
@given(content=st.lists(st.text(st.characters(exclude_characters="`\n", exclude_categories=["Cs"]))))
def test_no_byte_of_a_fenced_file_is_lost(content: list[str]) -> None:
    assume(not content or content[0].strip() != "a.py")  # its own name as the first line is no part of it
    text = "".join(f"{line}\n" for line in content)
    assert extract(f"```python a.py\n{text}```\n").contents == {"a.py": text}


AROUND = [
    "```\n", "```python\n", "```python app.py\n", "````\n", "```markdown README.md\n", "~~~js\n", "> ```python\n", "   ```python\n", "   ```\n", "1. ```js\n", "```bash\n",
    "```json\n", "### `a.py`\n", "**b.md**\n", "File: c.txt\n", "Create `d.js`:\n", "<file path=\"e.py\">\n", "</file>\n", "<file\n", "<boltAction type=\"shell\">\n",
    "<file>\n<path>g.py</path>\n<content>\n", "</content>\n", "</boltAction>\n", "\n", "-----\n", "import os\n", "{\n", "}\n", "# Title\n", "├── a\n", "npm i\n", "$ ls\n",
    "--- a/h.py\n", "+++ b/h.py\n", "``` And then it goes on\n", "<![CDATA[\n", "]]>\n", "x ```python\n", "# i.py\n", "<html>\n", "Text:\n", "> \n", ">>>>>>> REPLACE\n",
]  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(AROUND), st.none()), max_size=30))
def test_every_line_is_told_once_in_a_file_or_in_the_message(parts: list[str | None]) -> None:
    """JSON, thinking and edits against nothing aside: of them only a part is told."""
    lines = [f"  token{number}q = 1\n" if part is None else part for number, part in enumerate(parts)]
    folded = extract("".join(lines))
    told = "".join([folded.message, *(content for _, content, _ in folded.files)])
    assert [told.count(line.strip()) for line in lines if "token" in line] == [1] * parts.count(None)


@settings(max_examples=200, deadline=None)
@given(
    value=st.recursive(
        st.text() | st.integers() | st.booleans() | st.none(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ),
    data=st.data(),
)
def test_strings_in_json_are_read_as_the_json_library_reads_them(value: object, data: st.DataObject) -> None:
    text = json.dumps([value], ensure_ascii=data.draw(st.booleans()))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=10)))
    tokens = JsonTokens()

    found = [
        token for start, end in pairwise([0, *cuts, len(text)]) for token in tokens.feed(text[start:end])
    ]

    strings = "".join("|" if kind in ("key", "value") else part for kind, part in found)
    assert strings == "".join(f"|{string}" for string in _strings_in([value]))
    assert not tokens.is_broken
    assert not tokens.is_inside


def _strings_in(value: object) -> list[str]:
    if isinstance(value, dict):
        return [string for key, inner in value.items() for string in (key, *_strings_in(inner))]
    if isinstance(value, list):
        return [string for inner in value for string in _strings_in(inner)]
    return [value] if isinstance(value, str) else []


LINEAR = [
    "`", "```\n", "```a\n", "```md\n", "````\n```\n", "> ", "<file path='a'>", "<file path=", "<file\n", "<file>\n<path>a</path>\n", "<file path='a'>x</file>", "<think>\n",
    "</think>\n", "</file>", "# a.py\n", "**a.py** ", "- 1. ", "\n", " ", "(", "a.py\n```\nx\n```\n", "```python\n# a.py\n```\n", "```\nnpm i\n", '{"a":', '{"a": x\n', '{"a\n',
    "[", '"\\u', "<<<<<<< SEARCH\n=======\n", "--- a/x\n+++ b/x\n", "\r", "a/", "-----\nimport os\n", "`a.py` ", "```md\n\n```\n\n", "<a><b> ",
]  # fmt: skip


@pytest.mark.parametrize("unit", LINEAR)
@pytest.mark.parametrize("before", ["", '{"path": "a.py", "content": "', "```md README.md\n"])
def test_the_time_grows_with_the_answer_and_no_faster(before: str, unit: str) -> None:
    """Eight times the answer may take some sixteen times as long; squared it would take 64 times."""
    short = unit * (3_000 // len(unit))

    assert seconds(before + short * 8) < 24 * max(seconds(before + short), 0.002)


def seconds(answer: str) -> float:
    def once() -> float:
        start = process_time()
        fold(extract_all(answer))
        return process_time() - start

    return min(once() for _ in range(3))


@pytest.mark.parametrize("start", ["", "- ", "<", "# ", "<file "])
@pytest.mark.parametrize("unit", [".", "_", " ", "-", "a-", "a/", "a.b ", "<a>", "1. ", "http://", "\\"])
def test_no_line_takes_long_in_whatever_block_it_stands(start: str, unit: str) -> None:
    """Backtracking patterns would take a second for each."""
    line = f"{start}{unit * (8_000 // len(unit))}!\n"
    blocks = ("```\n", "```text a.txt\n", "```bash\n", "```markdown\n```\n", "**a.py**\n```\n")
    answer = "".join(f"{line}\n{opener}{line}{line}```\n" for opener in blocks)

    assert seconds(answer) < 1.0


@pytest.mark.parametrize(
    "unit",
    [
        "Some words.\n",
        "### `a.py`\n```python\na = 1\n```\n",
        "```\nnpm i\n```\n",
        "```python a.py\n" + "a = 1\n" * 50,
        "x",
        "[a](b) ",
    ],
)
def test_what_is_held_does_not_grow_with_the_answer(unit: str) -> None:
    def peak(size: int) -> int:
        extractor = Extractor()
        chunk = unit * (2_048 // len(unit))
        tracemalloc.start()
        for _ in range(size // len(chunk)):
            extractor.feed(chunk)
        held = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return held

    peak(24_000)  # what is made once and kept
    assert peak(120_000) < peak(24_000) + 32_000
