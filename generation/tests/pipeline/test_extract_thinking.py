"""What a model thinks aloud is left aside."""

import pytest

from generation.frameworks import load_frameworks
from generation.pipeline import events
from generation.pipeline.project import Project
from generation.pipeline.read_answer import AnswerReader
from generation.pipeline.records import TextDelta
from generation.tests.pipeline import answers
from generation.tests.pipeline.answers import extract
from generation.tests.pipeline.requests import ScriptedModel, ended
from generation.tests.pipeline.running import parent, run

DRAFT = "Say **b.py**:\n```python\ndraft = 1\n```\nGood.\n"


@pytest.mark.parametrize(
    ("opener", "closer"),
    [
        ("<think>", "</think>"), ("<thinking>", "</thinking>"), ("<Thinking>", "</Thinking>"), ("<reasoning>", "</reasoning>"), ("◁think▷", "◁/think▷"), ("[THINK]", "[/THINK]"),
        ("<|begin_of_thought|>", "<|end_of_thought|>"), ("<antThinking>", "</antThinking>"), ("<thinking-content-1f>", "</thinking-content-1f>"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("end", ["\n", ""])
def test_thinking_is_left_aside(opener: str, closer: str, end: str) -> None:
    folded = extract(f"{opener}\n{DRAFT}{closer}{end}**a.py**\n```python\na = 1\n```\n")
    assert (folded.contents, folded.message) == ({"a.py": "a = 1\n"}, "")


def test_thinking_that_nothing_opened_is_dropped_when_it_ends() -> None:
    folded = extract(answers.STRAY_THOUGHT)
    assert (folded.contents, folded.message) == ({"a.py": "a = 1\n"}, "")


def test_only_the_first_thinking_may_be_without_its_beginning() -> None:
    assert extract("<think>\nx\n</think>\n```python a.py\na = 1\n```\n</think>\nBye.\n").contents == {
        "a.py": "a = 1\n"
    }


def test_an_answer_that_ends_while_thinking_is_a_problem() -> None:
    folded = extract(f"<think>\n{DRAFT}")
    assert (folded.files, folded.problems) == ([], ["thinking_only"])


def test_files_of_a_draft_are_taken_back_from_who_follows_the_answer() -> None:
    reader = AnswerReader(Project(load_frameworks()["python"]))

    told = [*reader.read(1, TextDelta(text=answers.STRAY_THOUGHT)), *reader.close()]

    paths = [
        (type(event).__name__, event.path)
        for event in told
        if isinstance(event, events.FileOpened | events.FileDropped)
    ]
    assert paths == [("FileOpened", "main.py"), ("FileDropped", "main.py"), ("FileOpened", "a.py")]
    assert events.MessageDropped() in told
    assert reader.message == ""


def test_a_draft_leaves_the_files_that_are_to_be_changed_as_they_were() -> None:
    draft = (
        "```python a.py\na = 0\n```\n```delete b.py\n```\n```python c.py\n"
        "<<<<<<< SEARCH\nc = 1\n=======\nc = 0\n>>>>>>> REPLACE\n```\n```python d.py\nd = 0\n```\n</think>\n"
    )
    answer = f"{draft}```python e.py\ne = 1\n```\n"
    files = parent(a_py="a = 1\n", b_py="b = 1\n", c_py="c = 1\n")

    found = run(ScriptedModel([answer, ended()]), parent=files)

    before = {file.path: file.content for file in files.files}
    assert found.contents == before | {"e.py": "e = 1\n"}
    assert found.told == {"a.py": "a = 1\n", "e.py": "e = 1\n"}
    assert found.purposes == ["answer"]
