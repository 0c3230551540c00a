"""The wire between us and the proxy, byte by byte."""

import asyncio
import time
from contextlib import aclosing

import pytest

from codegen_site.errors import LLMCutOff, LLMMisconfigured, LLMRateLimited, LLMServiceException, LLMTimeout
from generation.integrations.litellm_proxy import ModelInfo, model_from_settings
from generation.pipeline.records import CallEnded, Message, ModelCall, Usage
from generation.tests.integrations.wire import DONE, answering, ask, chunk, proxy_at

USAGE = {"prompt_tokens": 12, "completion_tokens": 34, "cost": 0.0000125}
ENDED = (chunk(finish="stop"), chunk(usage=USAGE), DONE)


def text_of(*pieces: str | bytes) -> str:
    async def run() -> str:
        async with answering(*pieces) as server:
            text, _ = await ask(server.proxy)
            return text

    return asyncio.run(run())


def end_of(*pieces: str | bytes) -> CallEnded:
    async def run() -> CallEnded:
        async with answering(*pieces) as server:
            _, end = await ask(server.proxy)
            return end

    return asyncio.run(run())


def test_it_streams_the_text_and_tells_how_it_ended() -> None:
    async def run() -> None:
        pieces = (chunk("Hel", model="gemini-2.5-pro"), chunk("lo"), *ENDED)
        async with answering(*pieces) as server:
            text, end = await ask(server.proxy)
        assert text == "Hello"
        usage = Usage(input_tokens=12, output_tokens=34, cost_microusd=13)
        assert end == CallEnded(finish_reason="stop", model="gemini-2.5-pro", usage=usage)

    asyncio.run(run())


def test_it_asks_for_a_stream_with_usage_and_without_retries() -> None:
    async def run() -> None:
        async with answering(chunk("x"), *ENDED) as server:
            messages = (Message(role="system", content="You are"), Message(role="user", content="A page"))
            await ask(server.proxy, messages=messages, max_output_tokens=500)
            assert server.body == {
                "model": "gemini-2.5-flash",
                "messages": [
                    {"role": "system", "content": "You are"},
                    {"role": "user", "content": "A page"},
                ],
                "max_tokens": 500,
                "temperature": 0.5,
                "stream": True,
                "stream_options": {"include_usage": True},
                "num_retries": 0,
            }

    asyncio.run(run())


def test_what_the_caller_left_open_is_left_to_the_model() -> None:
    async def run() -> None:
        async with answering(chunk("x"), *ENDED) as server:
            await ask(server.proxy, max_output_tokens=None)
            assert "max_tokens" not in server.body

    asyncio.run(run())


def test_it_sends_the_key_and_the_headers_of_the_caller() -> None:
    async def run() -> None:
        async with answering(chunk("x"), *ENDED) as server:
            await ask(server.proxy.with_headers({"X-Request-ID": "r-1"}))
            assert b"authorization: bearer sk-of-a-test" in server.requests[0].lower()
            assert b"x-request-id: r-1" in server.requests[0].lower()
            await ask(server.proxy)
            assert b"x-request-id" not in server.requests[1].lower()

    asyncio.run(run())


@pytest.mark.parametrize(
    "text",
    [
        "first\u2028second\u2029third\x85fourth\x0bfifth\x0csixth",
        "Grüße, 世界 ☕ 🚀",
        'data: {"choices": []}\n\ndata: [DONE]\n\n',
        " leading and trailing \n",
    ],
)
def test_the_text_arrives_as_it_was_sent(text: str) -> None:
    assert text_of(chunk(text), *ENDED) == text


def test_pieces_of_the_network_may_end_anywhere() -> None:
    wire = "".join([chunk("Grüße 🚀"), *ENDED]).encode()
    assert text_of(*(wire[n : n + 1] for n in range(len(wire)))) == "Grüße 🚀"


def test_it_reads_windows_line_ends_comments_and_unknown_fields() -> None:
    wire = ": keep-alive\n\nevent: ping\n" + 'data: {"type": "ping"}\n\n' + "".join([chunk("Hello"), *ENDED])
    assert text_of(wire.replace("\n", "\r\n")) == "Hello"


def test_an_event_may_have_several_lines_of_data() -> None:
    assert text_of('data: {"choices": [{"delta":\ndata: {"content": "Hello"}}]}\n\n', *ENDED) == "Hello"


@pytest.mark.parametrize(
    "pieces",
    [
        [],
        [chunk("Hel")],
        [chunk("Hel"), DONE],
        [chunk("Hello"), chunk(finish="stop")],
        [chunk("Hello"), chunk(finish="stop"), "data: [DONE]"],
        [chunk("Hel"), 'data: {"choices": [{"del\n\n', *ENDED],
        [chunk("Hel"), "data: [1, 2]\n\n", *ENDED],
        [chunk("Hel"), 'data: {"choices": [{"delta": "lo"}]}\n\n', *ENDED],
        [chunk("Hel"), 'data: {"error": {"message": "broke off", "code": "500"}}\n\n'],
        [chunk(finish="stop"), chunk(), DONE],
    ],
    ids=[
        "nothing at all",
        "text only",
        "no finish reason",
        "no DONE",
        "half a DONE",
        "half an event",
        "a list",
        "a text for an object",
        "an error",
        "neither text nor usage",
    ],
)
def test_an_answer_that_broke_off_is_no_answer(pieces: list[str]) -> None:
    with pytest.raises(LLMCutOff):
        text_of(*pieces)


def test_a_limit_of_the_rate_in_the_middle_is_told_as_such() -> None:
    with pytest.raises(LLMRateLimited):
        text_of(chunk("Hel"), 'data: {"error": {"message": "quota", "code": "429"}}\n\n')


def test_a_connection_that_breaks_in_the_middle_cuts_the_answer_off() -> None:
    async def run() -> None:
        async with answering(chunk("Hel"), headers="Content-Length: 5000\r\n") as server:
            with pytest.raises(LLMCutOff):
                await ask(server.proxy)

    asyncio.run(run())


def test_an_answer_that_is_no_stream_is_the_proxys_fault() -> None:
    async def run() -> None:
        async with answering("<html>", content_type="text/html") as server:
            with pytest.raises(LLMServiceException) as caught:
                await ask(server.proxy)
            assert caught.type is LLMServiceException

    asyncio.run(run())


@pytest.mark.parametrize("pieces", [[], [chunk("Hel")]], ids=["from the start", "in the middle"])
def test_a_silence_longer_than_the_read_timeout_ends_the_call(pieces: list[str]) -> None:
    async def run() -> None:
        async with answering(*pieces, hold=True, read_timeout=0.2) as server:
            async with asyncio.timeout(2):
                with pytest.raises(LLMTimeout):
                    await ask(server.proxy)
            await asyncio.wait_for(server.closed_by_client.wait(), 1)

    asyncio.run(run())


def test_nobody_listening_is_retryable() -> None:
    with pytest.raises(LLMServiceException) as caught:
        asyncio.run(ask(proxy_at("http://127.0.0.1:1")))
    assert caught.type is LLMServiceException
    assert caught.value.retryable


@pytest.mark.parametrize("url", ["ftp://127.0.0.1", "http://host:port", "127.0.0.1:4000"])
def test_an_address_that_is_none_is_a_fault_of_the_setup(url: str) -> None:
    with pytest.raises(LLMMisconfigured):
        asyncio.run(ask(proxy_at(url)))


def test_closing_the_stream_closes_the_connection_at_once() -> None:
    async def run() -> float:
        async with answering(chunk("Hel"), hold=True) as server:
            call = ModelCall(model="m", messages=(Message(role="user", content="A page"),))
            async with aclosing(server.proxy.stream(call)) as stream:
                await anext(stream)
                closed = time.monotonic()
            await asyncio.wait_for(server.closed_by_client.wait(), 1)
            return time.monotonic() - closed

    assert asyncio.run(run()) < 0.5


def test_cancelling_a_call_that_waits_closes_the_connection_at_once() -> None:
    async def run() -> None:
        async with answering(chunk("Hel"), hold=True) as server:
            call = asyncio.create_task(ask(server.proxy))
            await server.asked.wait()
            call.cancel()
            await asyncio.wait_for(server.closed_by_client.wait(), 1)

    asyncio.run(run())


def test_one_proxy_serves_several_event_loops() -> None:
    proxy = proxy_at("http://127.0.0.1:1")
    for _ in range(2):
        with pytest.raises(LLMServiceException):
            asyncio.run(ask(proxy))


def test_it_lists_each_model_once_with_its_prices() -> None:
    row = (
        '{"model_name": "%s", "litellm_params": {"api_base": "http://inside"}, "model_info": '
        '{"max_input_tokens": 1000, "max_output_tokens": %s, "input_cost_per_token": 3e-07}}'
    )
    rows = [row % ("a", 1), row % ("b", "null"), row % ("a", 2), '{"model_name": "c"}']

    async def run() -> tuple[ModelInfo, ...]:
        async with answering(f'{{"data": [{", ".join(rows)}]}}', content_type="application/json") as server:
            return await server.proxy.list_models()

    first, second, third = asyncio.run(run())
    assert first == ModelInfo(
        id="a",
        max_input_tokens=1000,
        max_output_tokens=1,
        input_usd_per_million=0.3,
        output_usd_per_million=None,
    )
    assert (second.id, second.max_output_tokens) == ("b", None)
    assert (third.id, third.input_usd_per_million) == ("c", None)


@pytest.mark.parametrize("body", ["", "[]", '{"data": [{}]}', '{"data": 5}', '{"data": ["x"]}'])
def test_a_list_of_models_that_cannot_be_read_is_the_proxys_fault(body: str) -> None:
    async def run() -> None:
        async with answering(body, content_type="application/json") as server:
            with pytest.raises(LLMServiceException):
                await server.proxy.list_models()

    asyncio.run(run())


def test_it_is_ready_when_the_proxy_says_so() -> None:
    async def run() -> float:
        async with answering("{}", content_type="application/json") as server:
            seconds = await server.proxy.check_ready()
            assert server.requests[0].startswith(b"GET /health/readiness ")
            return seconds

    assert 0 < asyncio.run(run()) < 2


def test_it_is_not_ready_when_the_proxy_says_so() -> None:
    async def run() -> None:
        async with answering("{}", status="503 Service Unavailable") as server:
            with pytest.raises(LLMServiceException):
                await server.proxy.check_ready()

    asyncio.run(run())


def test_all_that_ask_for_the_proxy_of_the_settings_share_it() -> None:
    assert model_from_settings() is model_from_settings()
