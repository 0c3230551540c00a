import asyncio
from contextlib import aclosing

import pytest

from codegen_site.errors import LLMCutOff
from generation.pipeline.call_model import call_model, storable
from generation.pipeline.records import ModelEvent, Prompt, TextDelta
from generation.tests.pipeline.requests import ScriptedModel, ended, make_request

PROMPT = Prompt(messages=(), version="v")


def read(model: ScriptedModel, **values: object) -> list[ModelEvent]:
    async def collect() -> list[ModelEvent]:
        request = make_request(**values)  # type: ignore[arg-type]
        return [event async for event in call_model(model=model, request=request, prompt=PROMPT)]

    return asyncio.run(collect())


def test_text_then_one_end() -> None:
    model = ScriptedModel(["a", "b", ended(), "after the end"])
    assert read(model, max_output_tokens=7, temperature=0.5) == [
        TextDelta(text="a"),
        TextDelta(text="b"),
        ended(),
    ]
    assert [(call.max_output_tokens, call.temperature) for call in model.calls] == [(7, 0.5)]


def test_a_stream_that_stops_without_an_end_is_cut_off() -> None:
    with pytest.raises(LLMCutOff):
        read(ScriptedModel(["a"]))


def test_closing_it_closes_the_stream_of_the_model() -> None:
    model = ScriptedModel(["a", "b", ended()])

    async def read_one() -> None:
        async with aclosing(call_model(model=model, request=make_request(), prompt=PROMPT)) as stream:
            await anext(stream)
            assert model.closed == 0

    asyncio.run(read_one())
    assert model.closed == 1


@pytest.mark.parametrize(
    ("text", "stored"),
    [("plain", "plain"), ("a\0b", "a\ufffdb"), ("a\ud83d", "a\ufffd"), ("\ud83d\ude00", "😀"), ("é", "é")],
)
def test_text_can_be_stored_anywhere(text: str, stored: str) -> None:
    assert storable(text) == stored
    storable(text).encode()
