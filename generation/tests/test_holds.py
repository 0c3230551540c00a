"""How much is held for a request: what it allows, or what is usual."""

import pytest
from pytest_django import Settings

from accounts.ledger.amounts import Amount, Price
from generation import holds
from generation.holds import estimate_input_tokens, expect
from generation.pipeline.records import GenerationRequest
from generation.prices import Terms


def request(prompt: str = "A page", max_output_tokens: int | None = None) -> GenerationRequest:
    return GenerationRequest(prompt=prompt, model="flash", max_output_tokens=max_output_tokens)


@pytest.fixture
def priced(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    settings.RESERVED_OUTPUT_TOKENS, settings.MAX_OUTPUT_TOKENS = 16_000, 65_536
    give_limit(monkeypatch, 60_000)


def give_limit(monkeypatch: pytest.MonkeyPatch, limit: int | None) -> None:
    price = Price(input=1_000_000, output=2_000_000)
    terms = Terms(price=price, is_known=True, max_output_tokens=limit)
    monkeypatch.setattr(holds, "terms_of", lambda model: terms)


def test_without_a_limit_the_usual_is_held(priced: None) -> None:
    expected = expect(request(), input_tokens=500)
    assert (expected.output_tokens, expected.most_output_tokens) == (16_000, 60_000)
    assert expected.amount == Amount(microusd=500 + 32_000, tokens=16_500)
    assert (expected.cost_with(0), expected.cost_with(60_000)) == (500, 120_500)


@pytest.mark.parametrize(("asked", "held"), [(100, 100), (20_000, 20_000), (65_000, 60_000)])
def test_what_a_caller_allows_is_held_as_far_as_the_model_goes(priced: None, asked: int, held: int) -> None:
    expected = expect(request(max_output_tokens=asked))
    assert (expected.output_tokens, expected.most_output_tokens) == (held, held)


@pytest.mark.parametrize(("limit", "held"), [(None, 16_000), (4_096, 4_096)])
def test_a_small_model_says_less_than_the_usual(
    priced: None, monkeypatch: pytest.MonkeyPatch, limit: int | None, held: int
) -> None:
    give_limit(monkeypatch, limit)
    assert expect(request()).output_tokens == held


def test_input_is_rather_over_than_underestimated() -> None:
    empty = estimate_input_tokens(request(""))
    assert estimate_input_tokens(request("word " * 300)) == empty + 513
    assert estimate_input_tokens(request("字" * 300)) == empty + 300
    assert estimate_input_tokens(request("\ud800")) > 0
