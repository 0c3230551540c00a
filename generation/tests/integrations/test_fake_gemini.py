"""The fake, seen by Google's own client library."""

import time
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from google import genai
from google.genai import errors, types

from generation.tests.integrations.gemini import Gemini

MODEL = "gemini-2.5-flash"


BODY = {"contents": [{"parts": [{"text": "A page"}]}]}


def client_of(gemini: Gemini, *, api_version: str = "v1beta", timeout_ms: int = 5000) -> genai.Client:
    options = types.HttpOptions(base_url=gemini.url, api_version=api_version, timeout=timeout_ms)
    return genai.Client(api_key="AIza-of-the-tests", http_options=options)


@pytest.fixture(params=["v1beta", "v1"])
def client(gemini: Gemini, request: pytest.FixtureRequest) -> Iterator[genai.Client]:
    with client_of(gemini, api_version=request.param) as client:
        yield client


def ask(client: genai.Client, **config: Any) -> types.GenerateContentResponse:
    return client.models.generate_content(
        model=MODEL, contents="A page", config=types.GenerateContentConfig(**config)
    )


def ask_for_pieces(client: genai.Client) -> list[types.GenerateContentResponse]:
    return list(client.models.generate_content_stream(model=MODEL, contents="A page"))


def finish_of(response: types.GenerateContentResponse) -> types.FinishReason | None:
    assert response.candidates
    return response.candidates[0].finish_reason


def test_it_answers_with_two_files(client: genai.Client) -> None:
    answer = ask(client)
    assert answer.text
    assert "```html index.html" in answer.text
    assert "```css style.css" in answer.text
    assert finish_of(answer) == types.FinishReason.STOP
    assert answer.model_version == MODEL


def test_it_streams_the_same_answer_in_pieces(client: genai.Client) -> None:
    pieces = ask_for_pieces(client)
    assert len(pieces) == 5
    assert "".join(piece.text or "" for piece in pieces) == ask(client).text
    assert [finish_of(piece) for piece in pieces] == [None] * 4 + [types.FinishReason.STOP]


def test_another_prompt_has_another_answer(client: genai.Client) -> None:
    other = client.models.generate_content(model=MODEL, contents="Another page")
    assert other.text != ask(client).text


def test_it_counts_tokens_as_the_vendor_does(client: genai.Client, gemini: Gemini) -> None:
    gemini.script({"text": "x" * 40, "thoughts": "Hm.", "thinking_tokens": 7, "cached_tokens": 1})
    usage = ask(client).usage_metadata
    assert usage
    assert (usage.prompt_token_count, usage.candidates_token_count) == (2, 10)
    assert (usage.thoughts_token_count, usage.cached_content_token_count) == (7, 1)
    assert usage.total_token_count == 19


def test_thoughts_are_marked_as_thoughts(client: genai.Client, gemini: Gemini) -> None:
    gemini.script({"text": "Answer", "thoughts": "Hm.", "pieces": 1})
    thought, answer = ask_for_pieces(client)
    assert thought.parts
    assert thought.parts[0].thought
    assert answer.text == "Answer"


def test_it_stops_at_the_limit_of_the_caller(client: genai.Client) -> None:
    answer = ask(client, max_output_tokens=10)
    assert len(answer.text or "") == 40
    assert finish_of(answer) == types.FinishReason.MAX_TOKENS


def test_all_tokens_can_be_spent_on_thinking(client: genai.Client, gemini: Gemini) -> None:
    gemini.script({"text": "", "finish": "MAX_TOKENS", "thinking_tokens": 500})
    answer = ask(client)
    assert answer.text is None
    assert finish_of(answer) == types.FinishReason.MAX_TOKENS


def test_an_answer_can_be_blocked(client: genai.Client, gemini: Gemini) -> None:
    gemini.script({"text": "", "finish": "SAFETY"})
    assert finish_of(ask(client)) == types.FinishReason.SAFETY


def test_a_prompt_can_be_blocked(client: genai.Client, gemini: Gemini) -> None:
    gemini.script({"block": "PROHIBITED_CONTENT"})
    answer = ask(client)
    assert answer.candidates is None
    assert answer.prompt_feedback
    assert answer.prompt_feedback.block_reason == types.BlockedReason.PROHIBITED_CONTENT


def test_it_limits_the_rate_in_googles_words(client: genai.Client, gemini: Gemini) -> None:
    gemini.script({"status": 429, "retry_delay_s": 17})
    with pytest.raises(errors.ClientError) as caught:
        ask(client)
    assert (caught.value.code, caught.value.status) == (429, "RESOURCE_EXHAUSTED")
    retry = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "17s"}
    assert caught.value.details["error"]["details"] == [retry]


def test_it_fails_once_and_then_answers(client: genai.Client, gemini: Gemini) -> None:
    gemini.script({"status": 503})
    with pytest.raises(errors.ServerError) as caught:
        ask_for_pieces(client)
    assert (caught.value.code, caught.value.status) == (503, "UNAVAILABLE")
    assert ask_for_pieces(client)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("cut", httpx2.RemoteProtocolError),
        ("malformed", errors.UnknownApiResponseError),
        ("silent", httpx2.ReadTimeout),
    ],
)
def test_it_can_break_off(gemini: Gemini, fault: str, error: type[Exception]) -> None:
    gemini.script({"fault": fault, "fault_after": 2})
    with client_of(gemini, timeout_ms=500) as client, pytest.raises(error):
        ask_for_pieces(client)


def test_a_key_is_needed_and_must_be_right(gemini: Gemini) -> None:
    url = f"{gemini.url}/v1beta/models/{MODEL}:generateContent"
    statuses = [
        httpx2.post(url, json=BODY, headers=headers).json()["error"]["code"]
        for headers in ({}, {"x-goog-api-key": "wrong"})
    ]
    assert statuses == [403, 400]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"contents": []},
        {"contents": [{"parts": [{"txt": "A page"}]}]},
        {"contents": [{"role": "assistant", "parts": [{"text": "A page"}]}]},
        {"contents": [{"parts": [{"text": "A page"}]}], "generationConfig": {"maxTokens": 5}},
        {"contents": [{"parts": [{"text": "A page"}]}], "num_retries": 0},
    ],
)
def test_a_body_that_the_vendor_would_refuse_is_refused(gemini: Gemini, body: dict[str, Any]) -> None:
    url = f"{gemini.url}/v1beta/models/{MODEL}:generateContent"
    response = httpx2.post(url, json=body, headers={"x-goog-api-key": "k"})
    assert response.status_code == 400
    assert response.json()["error"]["status"] == "INVALID_ARGUMENT"


def test_an_unknown_model_is_not_found(client: genai.Client) -> None:
    with pytest.raises(errors.ClientError) as caught:
        client.models.generate_content(model="gpt-4", contents="A page")
    assert (caught.value.code, caught.value.status) == (404, "NOT_FOUND")


def test_it_tells_how_it_was_called(client: genai.Client, gemini: Gemini) -> None:
    ask(client, temperature=0.5, system_instruction="Be brief.")
    (call,) = gemini.calls()
    assert (call["model"], call["method"]) == (MODEL, "generateContent")
    assert call["body"]["contents"][0]["parts"] == [{"text": "A page"}]
    assert call["body"]["generationConfig"] == {"temperature": 0.5}
    assert call["started"] <= call["finished"] <= time.time()
    assert call["disconnected"] is None


def test_it_tells_when_the_caller_left(gemini: Gemini) -> None:
    gemini.script({"fault": "silent"})
    left = time.time()
    url = f"{gemini.url}/v1beta/models/{MODEL}:streamGenerateContent?alt=sse"
    with pytest.raises(httpx2.ReadTimeout):
        httpx2.post(url, json=BODY, headers={"x-goog-api-key": "k"}, timeout=0.2)
    call = gemini.first_call(when="disconnected")
    assert left <= call["disconnected"] <= left + 1
    assert call["finished"] is None


def test_a_script_with_a_slip_is_refused(gemini: Gemini) -> None:
    response = httpx2.post(f"{gemini.url}/_fake/script", json=[{"finnish": "STOP"}])
    assert response.status_code == 400
    assert "finnish" in response.json()["error"]["message"]
