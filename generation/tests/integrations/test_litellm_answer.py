import json

import pytest

from generation.integrations.litellm_answer import StreamedAnswer, read_usage
from generation.pipeline.records import Usage


def test_it_reads_every_kind_of_token_and_the_cost() -> None:
    usage = read_usage(
        {
            "prompt_tokens": 100,
            "completion_tokens": 50,
            "total_tokens": 150,
            "completion_tokens_details": {"reasoning_tokens": 30, "text_tokens": 20},
            "prompt_tokens_details": {"cached_tokens": 64},
            "cost": 0.0002331,
        }
    )
    assert usage == Usage(
        input_tokens=100, output_tokens=50, reasoning_tokens=30, cached_tokens=64, cost_microusd=233
    )


@pytest.mark.parametrize(
    ("cost", "microusd"),
    [
        (0.0000005, 1),
        (0.00000049, 0),
        (0.0000025, 3),
        (1e-7, 0),
        (6e-7, 1),
        (1.1, 1_100_000),
        ("0.01", 10_000),
    ],
)
def test_money_is_rounded_half_up_to_millionths_of_a_dollar(cost: object, microusd: int) -> None:
    assert read_usage({"cost": cost}).cost_microusd == microusd


def test_what_the_provider_does_not_count_is_zero() -> None:
    empty: dict[str, object] = {
        "prompt_tokens": None,
        "completion_tokens_details": None,
        "prompt_tokens_details": {},
    }
    assert read_usage(empty) == Usage()


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("stop", "stop"),
        ("length", "length"),
        ("content_filter", "content_filter"),
        ("tool_calls", "stop"),
        ("function_call", "stop"),
    ],
)
def test_every_finish_reason_has_a_meaning(said: str, meant: str) -> None:
    answer = StreamedAnswer(model="m")
    choice = {"delta": {"content": "x"}, "finish_reason": said}
    answer.read(json.dumps({"choices": [choice]}))
    answer.read("[DONE]")
    assert answer.end().finish_reason == meant


def test_the_model_is_the_one_that_answered_or_else_the_one_that_was_asked() -> None:
    answer = StreamedAnswer(model="asked")
    answer.read('{"choices": [{"delta": {"content": "x"}, "finish_reason": "stop"}]}')
    answer.read("[DONE]")
    assert answer.end().model == "asked"
    answer.read('{"model": "another", "choices": []}')
    assert answer.end().model == "another"
