"""An answer that the limit of tokens has cut off goes on where it stopped."""

import pytest

from codegen_site.errors import AppException, LLMMisconfigured, LLMRateLimited, LLMTimeout, PromptTooLong
from generation.tests.pipeline.requests import ScriptedModel, Step, ended
from generation.tests.pipeline.running import run

WHOLE = "```html index.html\n<h1>Hello</h1>\n<p>One line more</p>\n```\n\n```css style.css\nh1 { color: teal }\n```\n"
CUT = WHOLE.index("Hello") + 2


def cut(text: str, **usage: int) -> list[Step]:
    return [text, ended("length", **usage)]


def test_it_is_continued_within_the_open_file_and_joined_without_a_seam() -> None:
    found = run(ScriptedModel(cut(WHOLE[:CUT]), [WHOLE[CUT:], ended()]))
    assert found.result.outcome == "completed"
    assert found.contents == {
        "index.html": "<h1>Hello</h1>\n<p>One line more</p>\n",
        "style.css": "h1 { color: teal }\n",
    }
    assert found.told == found.contents
    assert found.purposes == ["answer", "continuation"]
    assert "index.html" in found.questions[1]


@pytest.mark.parametrize(
    "again", ["<h1>He", "```html index.html\n<h1>He", "Sure, here is the rest:\n\n```html\n<h1>He"]
)
def test_what_the_model_says_again_is_there_once(again: str) -> None:
    found = run(ScriptedModel(cut(WHOLE[:CUT]), [again + WHOLE[CUT:], ended()]))
    assert found.contents["index.html"] == "<h1>Hello</h1>\n<p>One line more</p>\n"


def test_all_calls_are_billed() -> None:
    model = ScriptedModel(
        cut(WHOLE[:CUT], output_tokens=10, cost_microusd=3),
        [WHOLE[CUT:], ended(output_tokens=20, cost_microusd=4)],
    )
    usage = run(model).result.usage
    assert (usage.output_tokens, usage.cost_microusd) == (30, 7)


def test_after_two_continuations_it_is_incomplete_and_names_the_open_file() -> None:
    parts = ["```html index.html\n<p>one</p>\n", "<p>two</p>\n", "<p>three</p>\n"]
    found = run(ScriptedModel(*[cut(part) for part in parts]))
    assert found.purposes == ["answer", "continuation", "continuation"]
    assert (found.result.outcome, found.result.open_files) == ("incomplete", ("index.html",))
    assert found.contents == {"index.html": "<p>one</p>\n<p>two</p>\n<p>three</p>\n"}


def test_one_that_was_cut_off_between_two_files_goes_on_with_the_next() -> None:
    between = WHOLE.index("```css")
    found = run(ScriptedModel(cut(WHOLE[:between]), [WHOLE[between:], ended()]))
    assert (found.result.outcome, list(found.contents)) == ("completed", ["index.html", "style.css"])


def test_the_limit_of_the_caller_is_for_all_calls_together() -> None:
    model = ScriptedModel(
        cut(WHOLE[:CUT], output_tokens=700),
        [WHOLE[CUT:], ended(output_tokens=100)],
    )
    run(model, max_output_tokens=1000)
    assert [call.max_output_tokens for call in model.calls] == [1000, 300]


def test_a_limit_that_is_used_up_ends_it() -> None:
    found = run(ScriptedModel(cut(WHOLE[:CUT], output_tokens=990)), max_output_tokens=1000)
    assert (found.purposes, found.result.outcome) == (["answer"], "incomplete")


def test_a_continuation_that_says_nothing_is_not_asked_for_again() -> None:
    found = run(ScriptedModel(cut(WHOLE[:CUT]), cut("")))
    assert (len(found.purposes), found.result.outcome) == (2, "incomplete")


@pytest.mark.parametrize("error", [LLMMisconfigured(), PromptTooLong("Too long.")])
def test_when_it_cannot_be_continued_what_is_there_is_given(error: AppException) -> None:
    found = run(ScriptedModel(cut(WHOLE[:CUT]), [error]))
    assert (found.result.outcome, found.result.open_files) == ("incomplete", ("index.html",))
    assert found.contents == {"index.html": "<h1>He"}
    assert found.rules == [error.code]


def test_what_time_heals_is_raised_and_tried_again_by_the_queue() -> None:
    with pytest.raises(LLMTimeout):
        run(ScriptedModel(cut(WHOLE[:CUT]), [LLMTimeout()]))


@pytest.mark.parametrize("error", [LLMTimeout(), LLMRateLimited()])
def test_at_the_last_try_what_is_there_is_better_than_nothing(error: Exception) -> None:
    found = run(ScriptedModel(cut(WHOLE[:CUT]), [error]), is_last_try=True)
    assert found.result.outcome == "incomplete"
