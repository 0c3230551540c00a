"""What holds for every answer, however it is cut into chunks."""

from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.pipeline.extract_code import extract_all
from generation.tests.pipeline.answers import ALL, extract, fold

PIECES = [
    "```", "````", "~~~", "`", "\n", "\r\n", "\n\n", " ", "    ", "> ", "- ", "1. ", "python", "markdown", "a.py", "**b.md**", "### ",
    "# c.py", "text", ":", "def f():", "<file path=\"d.js\">", "</file>", "<think>", "</think>", "<boltAction type=\"file\" filePath=\"e\">",
    "</boltAction>", "<<<<<<< SEARCH", "=======", ">>>>>>> REPLACE", "--- a/f.py", "+++ b/f.py", '{"path": "g", "content": "h"}', "{", "-----",
    "import os", "\u2028", "\ufeff", "├──", "é", "\x00",
]  # fmt: skip
hostile = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


@settings(max_examples=300, deadline=None)
@given(answer=st.one_of(st.sampled_from(ALL), hostile, st.text()), data=st.data())
def test_every_split_into_chunks_gives_the_same_result(answer: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(answer)), max_size=20)))
    chunks = [answer[start:end] for start, end in pairwise([0, *cuts, len(answer)])]

    assert extract(*chunks) == extract(answer)


@pytest.mark.parametrize("answer", ALL)
def test_one_character_at_a_time_gives_the_same_result(answer: str) -> None:
    assert extract(*answer) == extract(answer)


@settings(max_examples=200, deadline=None)
@given(content=st.lists(st.text(st.characters(exclude_characters="`\n", exclude_categories=["Cs"]))))
def test_no_byte_of_a_fenced_file_is_lost(content: list[str]) -> None:
    text = "".join(f"{line}\n" for line in content)
    assert extract(f"```python a.py\n{text}```\n").contents == {"a.py": text}


@pytest.mark.parametrize(
    "unit",
    [
        "`", "```\n", "```a\n", "```md\n", "> ", "<file path='a'>", "<file path=", "<think>\n", "</file>", "# a.py\n", "**a.py** ",
        "- 1. ", "\n", " ", "(", "a.py\n```\nx\n```\n", "```python\n# a.py\n```\n", "```\nnpm i\n", '{"a":', "<<<<<<< SEARCH\n=======\n",
        "\r", "a/", "-----\nimport os\n", "`a.py` ", "```md\n\n```\n\n", "<a><b> ",
    ],
)  # fmt: skip
def test_the_time_grows_with_the_answer_and_no_faster(unit: str) -> None:
    """Eight times the answer may take some sixteen times as long; squared it would take 64 times."""
    short = unit * (40_000 // len(unit))

    assert seconds(short * 8) < 24 * max(seconds(short), 0.002)


def seconds(answer: str) -> float:
    def once() -> float:
        start = process_time()
        fold(extract_all(answer))
        return process_time() - start

    return min(once() for _ in range(3))
