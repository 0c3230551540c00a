"""What a run leaves behind: events, attempts, and the state of the generation, when it goes well or not."""

import asyncio
import contextlib
from collections.abc import Callable
from uuid import UUID

import pytest

from accounts.testing import Cast
from codegen_site.errors import LLMRateLimited, LLMRefused, LLMServiceException, LLMTimeout
from generation.integrations import model_pause
from generation.models import Attempt, Generation
from generation.pipeline.records import GenerationRequest
from generation.services import cancel_generation, start_generation
from generation.testing import ScriptedAnswer, ScriptedModel
from generation.tests.conftest import TWO_FILES
from jobs.models import Job, Step
from jobs.testing import RecordedRun, run_job

pytestmark = pytest.mark.django_db(transaction=True)

Script = Callable[..., ScriptedModel]


@pytest.fixture
def generation(cast: Cast) -> Generation:
    request = GenerationRequest(prompt="A page", model="gemini-2.5-flash", framework="html")
    return start_generation(organization=cast.organization, request=request, cache="off")


def run(generation: Generation) -> RecordedRun:
    Job.objects.filter(status=Job.Status.READY).update(run_after=None)
    recorded = asyncio.run(run_job(generation.id))
    generation.refresh_from_db()
    return recorded


def test_the_events_tell_the_files_as_they_come(generation: Generation, script: Script) -> None:
    script(TWO_FILES)
    events = run(generation).events
    assert [event.type for event in events if not event.type.endswith(".delta")] == [
        "generation.started",
        "file.opened",
        "file.closed",
        "file.opened",
        "file.closed",
        "usage",
        "job.ended",
    ]
    said = "".join(str(event.data["delta"]) for event in events if event.type == "message.delta")
    assert said.strip() == "Here it is."
    told = "".join(str(event.data["delta"]) for event in events if event.type == "file.delta")
    assert told == "<h1>Hello</h1>\nh1 { color: teal }\n"


def test_what_was_only_a_draft_is_taken_back(generation: Generation, script: Script) -> None:
    script(f"Let me see.\n```html draft.html\n<p>\n```\n</think>\n{TWO_FILES}")
    events = run(generation).events
    told = [(event.type, event.data.get("path")) for event in events]
    taken_back = told.index(("file.dropped", "draft.html"))
    assert told.index(("file.closed", "draft.html")) < told.index(("message.dropped", None)) < taken_back
    assert taken_back < told.index(("file.opened", "index.html"))
    assert (generation.message, generation.files.count()) == ("Here it is.", 2)


def test_a_failure_that_may_heal_leaves_it_running_and_the_attempt_on_record(
    generation: Generation, script: Script
) -> None:
    script(ScriptedAnswer(text="```html ind", error=LLMServiceException("away")), TWO_FILES)
    run(generation)
    assert generation.status == "running"
    first = Attempt.objects.get()
    assert (first.status, first.error_code, first.answer) == ("failed", "llm_unavailable", "```html ind")
    run(generation)
    assert generation.status == "completed"
    assert list(Attempt.objects.values_list("claim_no", "status")) == [(1, "failed"), (2, "finished")]


def test_the_last_failure_ends_it_with_the_code_of_the_error(generation: Generation, script: Script) -> None:
    script(*[ScriptedAnswer(error=LLMTimeout("Too slow.", retry_after=1))] * 4)
    for _ in range(4):
        run(generation)
    assert (generation.status, generation.error_code, generation.error_retryable) == (
        "failed",
        "llm_timeout",
        True,
    )
    assert generation.error_message == "Too slow."
    assert Job.objects.get().status == Job.Status.FAILED


def test_a_provider_without_room_costs_no_attempt_and_is_left_alone(
    generation: Generation, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_pause, "_here", {})
    model = script(ScriptedAnswer(error=LLMRateLimited(retry_after=30)), TWO_FILES)
    for _ in range(6):
        run(generation)
    assert (generation.status, len(model.calls)) == ("running", 1)
    assert Job.objects.get().failures == 0
    monkeypatch.setattr(model_pause, "_here", {})
    run(generation)
    assert generation.status == "completed"


def test_an_answer_that_was_bought_is_not_bought_again(generation: Generation, script: Script) -> None:
    model = script("I would rather talk.", ScriptedAnswer(error=LLMServiceException("away")), TWO_FILES)
    run(generation)
    run(generation)
    assert (generation.status, len(model.calls)) == ("completed", 3)
    assert generation.cost_microusd == 60
    assert list(Attempt.objects.values_list("claim_no", "number", "status")) == [
        (1, 1, "finished"),
        (1, 2, "failed"),
        (2, 2, "finished"),
    ]


def test_a_call_whose_worker_died_is_booked_as_lost(generation: Generation, script: Script) -> None:
    model = script(ScriptedAnswer(text="```html", hangs=True), TWO_FILES)

    async def die() -> None:
        working = asyncio.ensure_future(run_job(generation.id))
        while not model.calls:  # noqa: ASYNC110 - the double has no event
            await asyncio.sleep(0.01)
        working.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await working

    asyncio.run(die())
    Job.objects.update(lease_until="2020-01-01T00:00:00Z")
    run(generation)
    assert (generation.status, generation.cost_microusd) == ("completed", 30)
    step = Step.objects.get()
    assert (step.calls_lost, step.lost_microusd, step.cost_microusd) == (1, 30, 30)


def test_a_refusal_is_not_repeated(generation: Generation, script: Script) -> None:
    model = script(ScriptedAnswer(error=LLMRefused("No.")))
    run(generation)
    assert (generation.status, generation.error_code) == ("failed", "llm_refused")
    assert len(model.calls) == 1


def test_a_defect_of_ours_is_not_told_in_its_own_words(generation: Generation, script: Script) -> None:
    script(ScriptedAnswer(error=ZeroDivisionError("secret")))  # type: ignore[arg-type]
    run(generation)
    assert (generation.status, generation.error_code) == ("failed", "job_lost")
    assert "secret" not in generation.error_message


def test_an_answer_without_a_file_is_asked_for_once_more(generation: Generation, script: Script) -> None:
    model = script("I would rather talk.", TWO_FILES)
    run(generation)
    assert (generation.status, len(model.calls)) == ("completed", 2)
    assert list(Attempt.objects.values_list("number", flat=True)) == [1, 2]
    assert (generation.input_tokens, generation.cost_microusd) == (20, 60)


def test_what_was_cancelled_meanwhile_stays_cancelled(generation: Generation, script: Script) -> None:
    model = script(TWO_FILES)
    cancel_generation(generation=generation)
    run(generation)
    assert generation.status == "cancelled"
    assert model.calls == []


def test_a_job_whose_workers_died_ends_its_generation(generation: Generation, script: Script) -> None:
    Job.objects.update(status=Job.Status.RUNNING, crashes=2, lease_until="2020-01-01T00:00:00Z")
    run(generation)
    assert (generation.status, generation.error_code) == ("failed", "job_lost")


def test_a_joined_generation_that_is_gone_is_no_defect(generation: Generation, script: Script) -> None:
    script(TWO_FILES)
    Generation.objects.all().delete()
    asyncio.run(run_job(UUID(str(generation.id))))
    assert Job.objects.get().status == Job.Status.FAILED
