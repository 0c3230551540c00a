"""Files that cannot be used as they are, are asked for once more."""

from codegen_site.errors import LLMCutOff, LLMMisconfigured
from generation.tests.pipeline.requests import ScriptedModel, Step, ended
from generation.tests.pipeline.running import run

GOOD = "```python helper.py\ndef helper():\n    return 1\n```\n"
ELIDED = "```python main.py\nimport helper\n\n# ... rest of the code stays the same\n```\n"
WHOLE = "```python main.py\nimport helper\n\nprint(helper.helper())\n```\n"
BROKEN = "```python main.py\ndef main(:\n```\n"


def test_a_file_of_which_code_was_left_out_is_asked_for_again_and_replaced() -> None:
    model = ScriptedModel([GOOD + ELIDED, ended(cost_microusd=1)], [WHOLE, ended(cost_microusd=2)])
    found = run(model)
    assert (found.result.outcome, found.purposes) == ("completed", ["answer", "repair"])
    assert found.contents["main.py"] == "import helper\n\nprint(helper.helper())\n"
    assert found.contents["helper.py"] == "def helper():\n    return 1\n"
    assert found.told == found.contents
    assert found.result.usage.cost_microusd == 3
    assert "- main.py: Line 3" in found.questions[1]
    assert "helper.py" not in found.questions[1]


def test_a_file_that_does_not_parse_is_asked_for_again_with_the_reason() -> None:
    found = run(ScriptedModel([GOOD + BROKEN, ended()], [WHOLE, ended()]))
    assert (found.result.outcome, found.purposes) == ("completed", ["answer", "repair"])
    assert "- main.py: Line 1: invalid syntax" in found.questions[1]


def test_it_is_asked_only_once() -> None:
    found = run(ScriptedModel([ELIDED, ended()], [ELIDED, ended()]))
    assert (found.result.outcome, found.purposes) == ("incomplete", ["answer", "repair"])
    assert found.rules == ["omitted_code"]


def test_a_repair_that_is_cut_off_leaves_the_file_as_it_was() -> None:
    repair: list[list[Step]] = [
        ["```python main.py\nimport hel", ended("length")],
        ["per", ended("length")],
        ["", ended("length")],
    ]
    found = run(ScriptedModel([GOOD + ELIDED, ended()], *repair))
    assert found.result.outcome == "incomplete"
    assert found.contents["main.py"].endswith("# ... rest of the code stays the same\n")
    assert found.told == found.contents
    assert found.result.open_files == ()


def test_a_repair_that_fails_leaves_the_file_as_it_was() -> None:
    for error in (LLMMisconfigured(), LLMCutOff()):
        model = ScriptedModel([GOOD + ELIDED, ended()], ["```python main.py\nimport hel", error])
        found = run(model, is_last_try=True)
        assert found.contents["main.py"].endswith("# ... rest of the code stays the same\n")
        assert (found.result.outcome, found.rules) == ("incomplete", [error.code, "omitted_code"])


def test_an_answer_that_was_cut_off_is_not_repaired_as_well() -> None:
    model = ScriptedModel([ELIDED + "```python a.py\nx = 1\n", ended("length", output_tokens=9)])
    assert run(model, max_output_tokens=10).purposes == ["answer"]


def test_a_second_answer_after_one_without_a_file_is_repaired_too() -> None:
    found = run(ScriptedModel(["I would.", ended()], [ELIDED, ended()], [WHOLE, ended()]))
    assert (found.result.outcome, found.purposes) == ("completed", ["answer", "retry", "repair"])
