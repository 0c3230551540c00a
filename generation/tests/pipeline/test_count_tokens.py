"""Counts of real tokenizers, noted once; the estimate is to be no smaller than most of them."""

import time

import pytest

from codegen_site.errors import PromptTooLong
from generation.pipeline.count_tokens import (
    ModelWindow,
    check_room,
    estimate_tokens,
    most_tokens,
    prompt_tokens,
    room_for_answer,
)
from generation.pipeline.records import Message, Prompt

SMALL = ModelWindow(model="small", context_tokens=8192, output_tokens=4096)
WIDE = ModelWindow(model="wide", context_tokens=200_000, output_tokens=64_000)
UNKNOWN = ModelWindow(model="new")


def prompt_of(tokens: int) -> Prompt:
    """A prompt with about so many tokens: the estimate itself is tested elsewhere."""
    content = "word " * tokens
    content = content[: len(content) * tokens // max(1, prompt_tokens([user(content)]))]
    return Prompt(messages=(user(content),), version="v")


def user(content: str) -> Message:
    return Message(role="user", content=content)


@pytest.mark.parametrize(
    ("size", "window", "wanted", "fits"),
    [
        (4000, SMALL, None, True),
        (4300, SMALL, None, False),
        (7000, SMALL, 1000, True),
        (7000, SMALL, 2000, False),
        # What the model cannot answer with need not be kept free.
        (4000, SMALL, 60_000, True),
        (150_000, WIDE, 64_000, True),
        (199_000, WIDE, None, False),
        (500_000, UNKNOWN, 64_000, True),
    ],
)
def test_a_prompt_fits_where_an_answer_has_room_beside_it(
    size: int, window: ModelWindow, wanted: int | None, fits: bool
) -> None:
    prompt = prompt_of(size)
    if fits:
        check_room(prompt=prompt, window=window, max_output_tokens=wanted)
        return
    with pytest.raises(PromptTooLong):
        check_room(prompt=prompt, window=window, max_output_tokens=wanted)


def test_the_refusal_has_the_figures() -> None:
    with pytest.raises(PromptTooLong) as refusal:
        check_room(prompt=prompt_of(41_200), window=SMALL, max_output_tokens=None)
    sentence = "The prompt has about 41,200 tokens; small takes 8,192 with 4,096 kept for the answer."
    assert refusal.value.message == sentence
    assert refusal.value.details == [{"field": "prompt", "message": sentence}]
    assert (refusal.value.status, refusal.value.code) == (400, "prompt_too_long")


@pytest.mark.parametrize(
    ("size", "window", "wanted", "limit"),
    [
        (1000, SMALL, None, None),
        (6000, SMALL, None, 2192),
        (1000, SMALL, 500, 500),
        (1000, SMALL, 60_000, 4096),
        (6000, SMALL, 60_000, 2192),
        (1000, UNKNOWN, None, None),
        (1000, UNKNOWN, 700, 700),
        (1000, ModelWindow(model="half", output_tokens=50), 700, 50),
    ],
)
def test_an_answer_gets_what_is_left(
    size: int, window: ModelWindow, wanted: int | None, limit: int | None
) -> None:
    found = room_for_answer(prompt_of(size).messages, window=window, max_output_tokens=wanted)
    assert found == (limit if limit is None else pytest.approx(limit, abs=5))


def test_without_any_room_there_is_no_call() -> None:
    with pytest.raises(PromptTooLong):
        room_for_answer(prompt_of(9000).messages, window=SMALL, max_output_tokens=None)


@pytest.mark.parametrize("text", ["x" * 2000, "\u0e01" * 1000, "😀" * 500, "\0" * 100, "字" * 300])
def test_nothing_is_estimated_as_more_than_is_possible(text: str) -> None:
    messages = [user(text)]
    assert len(text.encode()) <= most_tokens(messages)
    assert prompt_tokens(messages) <= most_tokens(messages)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        # The largest count of o200k, DeepSeek, Gemini, Gemma 3, Llama 3, Tekken and Qwen 2.5.
        ('def greet(name: str) -> str:\n    return f"Hello, {name}!"\n', 22),
        ('<div class="card"><button onclick="add()">Add</button></div>', 17),
        ("Build a small shop with a basket and a page for each product.", 14),
        ("Ein kleiner Laden mit Warenkorb und einer Seite für jedes Produkt.", 17),
        ("Магазин с корзиной и страницей для каждого товара.", 17),
        ("一个带有购物车和产品页面的小商店。", 16),
        ("カートと商品ページのある小さな店。", 14),
        ("장바구니와 상품 페이지가 있는 작은 가게.", 15),
        ("متجر صغير مع سلة وصفحة لكل منتج.", 14),
        ("const total = items.reduce((sum, item) => sum + item.price, 0);", 21),
        ("1234567890 0.5 42", 17),
    ],
)
def test_the_estimate_is_not_too_small_nor_twice_too_large(text: str, tokens: int) -> None:
    assert 0.95 * tokens <= estimate_tokens(text) <= 2.0 * tokens


@pytest.mark.parametrize("piece", ["a", "aB1_ ", "word ", "\n", "é", "字", "😀", "\u0300", "\udcff"])
def test_a_long_text_is_estimated_in_linear_time(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    started = time.process_time()
    assert estimate_tokens(text) > 0
    assert time.process_time() - started < 5
