"""Calls become usage: one line for each model and purpose."""

from accounts.ledger.usage import Used
from generation.usage import CallUsage, usage_of


def call(purpose: str = "answer", model: str = "flash", **figures: int) -> CallUsage:
    default = dict.fromkeys(
        ("input_tokens", "output_tokens", "reasoning_tokens", "cached_tokens", "cost_microusd"), 1
    )
    return CallUsage(model=model, purpose=purpose, **{**default, **figures})


def used(purpose: str, calls: int, model: str = "flash", **figures: int) -> Used:
    default = dict.fromkeys(
        ("input_tokens", "output_tokens", "reasoning_tokens", "cached_tokens", "cost_microusd"), calls
    )
    return Used(model=model, purpose=purpose, calls=calls, **{**default, **figures})


def test_a_single_call_is_a_line() -> None:
    assert usage_of([call()]) == [used("answer", 1)]


def test_calls_of_one_purpose_are_summed() -> None:
    calls = [
        call(cost_microusd=10),
        call("continuation"),
        call("repair"),
        call("continuation", output_tokens=9),
    ]
    assert usage_of(calls) == [
        used("answer", 1, cost_microusd=10),
        used("continuation", 2, output_tokens=10),
        used("repair", 1),
    ]


def test_models_are_told_apart() -> None:
    assert usage_of([call(), call(model="pro")]) == [used("answer", 1), used("answer", 1, model="pro")]


def test_no_call_is_no_line() -> None:
    assert usage_of([]) == []
