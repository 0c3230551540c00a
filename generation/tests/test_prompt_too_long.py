"""A prompt that leaves no room for an answer is refused with figures, before anything is stored."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.testing import Cast
from generation.integrations import model_list
from generation.integrations.litellm_proxy import ModelInfo
from generation.models import Generation
from generation.pipeline.records import ModelCall
from generation.testing import ScriptedModel
from generation.tests.conftest import TWO_FILES, post_lines, results_of
from jobs.models import Job
from jobs.testing import run_all_jobs

pytestmark = pytest.mark.django_db(transaction=True)

LONG = "word " * 6000


@pytest.fixture
def small_model(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    info = ModelInfo(
        id="small",
        max_input_tokens=8192,
        max_output_tokens=8000,
        input_usd_per_million=None,
        output_usd_per_million=None,
    )
    settings.DEFAULT_MODEL = "small"
    monkeypatch.setattr(model_list, "_last_seen", model_list._LastSeen(models=(info,), until=float("inf")))


def post(client: Client, **body: Any) -> Any:
    return client.post("/api/v1/generate_code", json.dumps(body), content_type="application/json")


def test_it_is_refused_with_figures_and_nothing_is_stored(api: Client, small_model: None) -> None:
    response = post(api, prompt=LONG, **{"async": True})
    assert response.status_code == 400
    error = response.json()["error"]
    assert error["code"] == "prompt_too_long"
    assert "takes 8,192 with 4,096 kept for the answer" in error["message"]
    assert error["details"] == [{"field": "prompt", "message": error["message"]}]
    assert (Generation.objects.count(), Job.objects.count()) == (0, 0)


def test_who_wants_a_short_answer_may_ask_more(api: Client, small_model: None) -> None:
    prompt = "word " * 3500
    assert post(api, prompt=prompt, **{"async": True}).status_code == 400
    assert post(api, prompt=prompt, max_output_tokens=500, **{"async": True}).status_code == 202


def test_of_a_model_that_nobody_knows_nothing_is_refused(api: Client) -> None:
    assert post(api, prompt=LONG, **{"async": True}).status_code == 202


def test_in_a_batch_it_is_an_error_of_its_line(api: Client, small_model: None) -> None:
    response = post_lines(api, {"prompt": LONG, "custom_id": "a"}, {"prompt": "A page.", "custom_id": "b"})
    assert response.status_code == 202
    batch = response.json()
    assert Generation.objects.count() == 1
    Generation.objects.update(status="completed")
    [refused] = [line for line in results_of(api, batch["id"]) if line["custom_id"] == "a"]
    assert refused["error"]["code"] == "prompt_too_long"


def test_the_answer_gets_what_the_prompt_has_left(
    api: Client, cast: Cast, small_model: None, script: Callable[..., ScriptedModel]
) -> None:
    model = script(TWO_FILES)
    assert post(api, prompt="word " * 2000, **{"async": True}).status_code == 202
    asyncio.run(run_all_jobs())
    [call] = model.calls
    assert isinstance(call, ModelCall)
    assert call.max_output_tokens is not None
    assert 4096 < call.max_output_tokens < 5000
