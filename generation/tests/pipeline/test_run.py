"""The eight stages together, with a model that follows a script."""

import asyncio
from contextlib import aclosing

import pytest

from codegen_site.errors import CodeExtractionException, LLMCutOff, LLMRefused
from generation.pipeline import events
from generation.pipeline.records import Result
from generation.pipeline.run import run_pipeline
from generation.tests.pipeline.requests import ScriptedModel, Step, Texts, ended, make_request

PAGE = "Here it is.\n\n```html\n<!-- index.html -->\n<p>Hello</p>\n```\nEnjoy."


def run(model: ScriptedModel, **values: object) -> list[events.PipelineEvent]:
    async def collect() -> list[events.PipelineEvent]:
        request = make_request(**values)  # type: ignore[arg-type]
        return [event async for event in run_pipeline(request, model=model, texts=Texts())]

    return asyncio.run(collect())


def result(model: ScriptedModel, **values: object) -> Result:
    last = run(model, **values)[-1]
    assert isinstance(last, events.ResultReady)
    return last.result


def test_a_prompt_becomes_files_prose_and_a_bill() -> None:
    found = result(
        ScriptedModel([PAGE[:30], PAGE[30:], ended(input_tokens=5, output_tokens=9, cost_microusd=3)])
    )
    assert found.outcome == "completed"
    assert [(f.path, f.language, f.complete) for f in found.files] == [("index.html", "html", True)]
    assert found.message == "Here it is.\n\nEnjoy."
    assert (found.model, found.usage.output_tokens, found.usage.cost_microusd) == ("small-001", 9, 3)


def test_its_events_come_in_order_and_while_the_model_speaks() -> None:
    async def first_file() -> list[str]:
        model = ScriptedModel([PAGE[:55], RuntimeError("the rest was asked for")])
        names = []
        async with aclosing(run_pipeline(make_request(), model=model, texts=Texts())) as stream:
            async for event in stream:
                if not isinstance(event, events.MessageDelta):
                    names.append(type(event).__name__)
                if isinstance(event, events.FileOpened):
                    break
        assert model.closed == 1
        return names

    assert asyncio.run(first_file()) == [
        "FrameworkChosen",
        "CallStarted",
        "AnswerDelta",
        "FileOpened",
    ]


def test_an_answer_without_a_file_is_asked_for_once_more_and_both_calls_are_billed() -> None:
    model = ScriptedModel(
        ["I could do that.", ended(input_tokens=1, output_tokens=2)],
        [PAGE, ended(input_tokens=3, output_tokens=4)],
    )
    found = result(model)
    assert (found.outcome, found.usage.input_tokens, found.usage.output_tokens) == ("completed", 4, 6)
    assert [m.role for m in model.calls[1].messages] == ["system", "user", "assistant", "user"]
    assert "held no code block" in model.calls[1].messages[-1].content


@pytest.mark.parametrize(
    ("answer", "says"), [("No.", "held no code block"), (" ", "was empty"), ("```html\n```\n", "held no")]
)
def test_a_second_answer_without_a_file_is_a_failure_that_says_why(answer: str, says: str) -> None:
    model = ScriptedModel([answer, ended()], [answer, ended()])
    with pytest.raises(CodeExtractionException, match=says):
        run(model)
    assert len(model.calls) == 2


def test_tokens_spent_on_thinking_are_not_asked_for_again() -> None:
    model = ScriptedModel([ended("length", output_tokens=50, reasoning_tokens=50)])
    with pytest.raises(
        CodeExtractionException, match=r"All 50 output tokens were spent, 50 of them on thinking"
    ):
        run(model, max_output_tokens=50)
    assert len(model.calls) == 1


def test_the_filter_of_the_provider_is_a_refusal() -> None:
    with pytest.raises(LLMRefused):
        run(ScriptedModel([PAGE, ended("content_filter")]))


def test_a_cut_inside_of_a_file_is_incomplete_and_names_it() -> None:
    cut: list[Step] = ["```html index.html\n<p>", ended("length", output_tokens=5)]
    found = result(ScriptedModel(cut), max_output_tokens=5)
    assert (found.outcome, found.open_files) == ("incomplete", ("index.html",))
    assert not found.files[0].complete


def test_an_answer_that_lacks_only_its_last_fence_is_complete() -> None:
    found = result(ScriptedModel(["```html index.html\n<p>Hi</p>\n", ended()]))
    assert (found.outcome, found.open_files) == ("completed", ())


def test_what_could_not_be_read_well_is_a_warning() -> None:
    answer = '{"files": [{"path": "a.py", "content": "a = 1\\n"}, {"path": "b.py", '
    found = result(ScriptedModel([answer, ended()]))
    assert [(f.path, f.content) for f in found.files] == [("a.py", "a = 1\n")]
    assert [(check.rule, check.severity) for check in found.checks] == [("truncated_json", "warning")]


def test_a_file_that_does_not_parse_keeps_it_from_being_completed() -> None:
    broken: list[Step] = ["```python main.py\ndef f(:\n```\n", ended()]
    found = result(ScriptedModel(broken, broken))
    assert (found.outcome, [check.rule for check in found.checks]) == ("incomplete", ["syntax"])


def test_a_failure_of_the_model_passes_through_and_closes_the_call() -> None:
    model = ScriptedModel([PAGE, LLMCutOff()])
    with pytest.raises(LLMCutOff):
        run(model)
    assert model.closed == 1
