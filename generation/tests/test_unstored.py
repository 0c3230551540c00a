"""`store: false`: whoever asked gets the answer once, and nothing is left but what it cost, and hashes."""

import asyncio
import hashlib
import json
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import StoredBytes
from accounts.testing import Cast
from codegen_site.errors import AnswerNotStored, LLMRefused
from generation.event_stream import _encode
from generation.integrations import known_answers, litellm_proxy
from generation.integrations.litellm_proxy import model_from_settings, unlogged
from generation.models import Attempt, File, Generation
from generation.pipeline.records import GenerationRequest
from generation.services import start_generation
from generation.testing import ScriptedAnswer, ScriptedModel
from generation.unstored import erase_undelivered
from generation.views.responding import Way, _wait, respond, respond_again
from jobs.models import Job
from jobs.services import retry_dead_jobs
from jobs.testing import run_job

pytestmark = pytest.mark.django_db(transaction=True)

Script = Callable[..., ScriptedModel]
PROMPT = "A page of xyzzy-prompt"
ANSWER = "Here is xyzzy-message.\n\n```html xyzzy-path.html\n<h1>xyzzy-content</h1>\n```\n"


def start(cast: Cast, *, store: bool = False, prompt: str = PROMPT, cache: Any = "use") -> Generation:
    request = GenerationRequest(prompt=prompt, model="gemini-2.5-flash", framework="html")
    return start_generation(
        organization=cast.organization,
        request=request,
        cache=cache,
        store=store,
        metadata={"note": "xyzzy-metadata"},
    )


def run(generation: Generation) -> Generation:
    asyncio.run(run_job(generation.id))
    generation.refresh_from_db()
    return generation


def everything() -> str:
    """All that stands in any table."""
    return "\n".join(str(list(model._base_manager.values())) for model in apps.get_models())


def wait(generation: Generation) -> Any:
    return asyncio.run(_wait(generation, respond(generation, way=Way.WAIT)))  # type: ignore[arg-type]


def follow(generation: Generation) -> str:
    async def read() -> bytes:
        return b"".join([piece async for piece in _encode(generation, after=0, from_rows=False)])

    return asyncio.run(read()).decode()


@pytest.fixture
def ended(cast: Cast, script: Script) -> Generation:
    script(ANSWER)
    return run(start(cast))


def check_gone(generation: Generation) -> None:
    assert "xyzzy" not in everything()
    generation.refresh_from_db()
    assert (generation.status, generation.prompt, generation.message) == ("completed", "", "")
    assert (generation.input_tokens, generation.output_tokens, generation.cost_microusd) == (10, 20, 30)
    assert generation.erased_at is not None
    assert generation.hashes["prompt"] == hashlib.sha256(PROMPT.encode()).hexdigest()
    [file] = generation.hashes["files"]
    assert file["sha256"] == hashlib.sha256(b"<h1>xyzzy-content</h1>\n").hexdigest()
    assert generation.hashes["answers"] == [hashlib.sha256(ANSWER.encode()).hexdigest()]
    assert [attempt.status for attempt in Attempt.objects.all()] == ["finished"]
    assert not File.objects.exists()
    assert StoredBytes.objects.get().bytes == 0


def test_who_waits_gets_it_and_then_it_is_gone(ended: Generation) -> None:
    assert "xyzzy-content" in everything()
    response = wait(ended)
    assert response.status_code == 200
    assert [file["content"] for file in response.data["files"]] == ["<h1>xyzzy-content</h1>\n"]
    assert (response.data["store"], response.data["prompt"]) == (False, PROMPT)
    check_gone(ended)


def test_who_follows_gets_it_and_then_it_is_gone(ended: Generation) -> None:
    told = follow(ended)
    assert "xyzzy-content" in told
    assert told.count("event: generation.completed") == 1
    check_gone(ended)


def test_who_polls_gets_it_for_a_while(ended: Generation, api: Client, settings: Settings) -> None:
    address = f"/api/v1/jobs/{ended.id}"
    assert erase_undelivered() == 0
    assert "xyzzy-content" in api.get(address).content.decode()
    Generation.objects.update(finished_at=timezone.now() - timedelta(seconds=settings.UNSTORED_KEPT_S + 1))
    assert erase_undelivered() == 1
    assert erase_undelivered() == 0
    check_gone(ended)
    shown = api.get(address).json()["result"]
    assert (shown["files"], shown["prompt"], shown["store"]) == ([], "", False)
    assert shown["hashes"]["prompt"] == ended.hashes["prompt"]


@pytest.mark.parametrize("way", [Way.WAIT, Way.STREAM])
def test_a_repetition_is_told_that_it_was_given(ended: Generation, way: Way) -> None:
    wait(ended)
    ended.refresh_from_db()
    with pytest.raises(AnswerNotStored):
        respond_again(ended, way=way)


def test_nothing_of_it_is_kept_while_it_waits(cast: Cast) -> None:
    """But for the row of the generation, from which a worker reads it."""
    start(cast)
    assert "xyzzy" not in str(list(Job.objects.values()))


def test_a_failed_one_goes_too_and_is_not_run_again(cast: Cast, script: Script, settings: Settings) -> None:
    script(ScriptedAnswer(text="xyzzy-part", error=LLMRefused("no")))
    generation = run(start(cast))
    assert generation.status == "failed"
    Generation.objects.update(finished_at=timezone.now() - timedelta(seconds=settings.UNSTORED_KEPT_S + 1))
    assert erase_undelivered() == 1
    assert "xyzzy" not in everything()
    outcome = retry_dead_jobs([generation.id])
    assert outcome.refused == {generation.id: "Its prompt was erased."}


def test_it_is_neither_known_nor_joined(cast: Cast, script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[str] = []
    monkeypatch.setattr(known_answers, "remember_answer", lambda key, payload: kept.append(key))
    monkeypatch.setattr(known_answers, "find_answer", lambda key: pytest.fail("it looked"))
    monkeypatch.setattr(known_answers, "lead_or_find_leader", lambda *_: pytest.fail("it joined"))
    script(ANSWER, ANSWER)
    first, second = start(cast), start(cast)
    assert (first.answer_key, second.leader_id) == ("", None)
    run(first)
    run(second)
    assert kept == []
    assert Attempt.objects.count() == 2


def test_a_stored_one_stays(cast: Cast, script: Script) -> None:
    script(ANSWER)
    generation = run(start(cast, store=True, cache="off"))
    assert wait(generation).status_code == 200
    follow(generation)
    Generation.objects.update(finished_at=timezone.now() - timedelta(days=1))
    assert erase_undelivered() == 0
    assert everything().count("xyzzy-content") >= 2


def test_its_texts_are_in_no_line_of_the_log(
    cast: Cast, script: Script, caplog: pytest.LogCaptureFixture
) -> None:
    script(ANSWER)
    with caplog.at_level(logging.DEBUG):
        wait(run(start(cast)))
    ours = [record for record in caplog.records if not record.name.startswith(("django.db", "asyncio"))]
    assert "xyzzy" not in "\n".join(str(vars(record)) for record in ours)


def test_the_proxy_is_asked_to_log_no_texts(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[bool] = []

    def note(model: Any) -> ScriptedModel:
        called.append(True)
        return ScriptedModel(ANSWER)

    monkeypatch.setattr("generation.execution.unlogged", note)
    monkeypatch.setattr("generation.execution.model_from_settings", lambda: ScriptedModel(ANSWER))
    run(start(cast, store=True, cache="off"))
    assert called == []
    run(start(cast))
    assert called == [True]
    proxy = model_from_settings()
    asked = unlogged(proxy)
    assert isinstance(asked, litellm_proxy.LiteLLMProxy)
    assert asked._headers["x-litellm-enable-message-redaction"] == "true"
    assert "x-litellm-enable-message-redaction" not in proxy._headers


def test_the_api_takes_it(api: Client) -> None:
    body = {"prompt": PROMPT, "store": False, "async": True}
    response = api.post("/api/v1/generate_code", body, content_type="application/json")
    assert response.status_code == 202
    assert Generation.objects.get().store is False
    wrong = api.post("/api/v1/generate_code", {**body, "store": "no"}, content_type="application/json")
    assert json.loads(wrong.content)["error"]["details"][0]["field"] == "store"


def test_nothing_is_made_of_it(ended: Generation, api: Client) -> None:
    body = {"instructions": "Make it blue", "async": True}
    response = api.post(f"/api/v1/generations/{ended.id}/refine", body, content_type="application/json")
    assert (response.status_code, response.json()["error"]["code"]) == (409, "conflict")


def test_a_refinement_that_is_not_stored_leaves_its_parent_alone(
    api: Client, cast: Cast, script: Script
) -> None:
    script("```html index.html\n<h1>kept</h1>\n```\n", ANSWER)
    parent = run(start(cast, store=True, prompt="A page"))
    Generation.objects.update(metadata={})
    body = {"instructions": "xyzzy-instructions", "store": False, "async": True}
    path = f"/api/v1/generations/{parent.id}/refine"
    accepted = api.post(path, body, content_type="application/json").json()
    child = run(Generation.objects.get(id=accepted["job_id"]))
    contents = {file["path"]: file["content"] for file in wait(child).data["files"]}
    assert contents["xyzzy-path.html"] == "<h1>xyzzy-content</h1>\n"
    assert "xyzzy" not in everything()
    assert [file.content for file in parent.files.all()] == ["<h1>kept</h1>\n"]
    refused = api.post(f"/api/v1/generations/{child.id}/refine", body, content_type="application/json")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "conflict")
