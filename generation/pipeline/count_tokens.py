"""How many tokens a prompt has, about, and whether a model has room for it and for its answer.

An estimate and not a count: each vendor has a tokenizer of its own, not all of them public, and the proxy's
`/utils/token_counter` takes OpenAI's for almost every model, which is 20 % too few for Gemini. The weights
lean to the side of too many: for code, half above OpenAI's count and a quarter above Gemini's, the largest of
those that were measured, and below none by a tenth. deploy/benchmarks/estimate_error.py measures it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from codegen_site.errors import PromptTooLong
from generation.pipeline.records import Message, Prompt

# What an answer needs at least, where the caller asks for no less; a small model keeps half of its context.
KEPT_FOR_ANSWER = 4096
# Of each message: its role, and the marks around it.
TOKENS_PER_MESSAGE = 8


@dataclass(frozen=True, slots=True)
class _Kind:
    """Runs of like characters: what a run costs, and what each of its characters costs."""

    pattern: re.Pattern[str]
    per_run: float
    per_char: float

    def tokens_in(self, text: str) -> float:
        runs = self.pattern.findall(text)
        return self.per_run * len(runs) + self.per_char * sum(map(len, runs))


def _kind(pattern: str, per_run: float, per_char: float) -> _Kind:
    return _Kind(re.compile(pattern), per_run, per_char)


_ASCII = (
    _kind("[A-Z]?[a-z]+|[A-Z]+", 0.85, 0.175),
    _kind("[0-9]+", 0.0, 1.1),
    _kind(r"[!-/:-@\[-`{-~]+", 0.0, 0.8),
    _kind(r"[\0- \x7f]+", 0.15, 0.01),
)
_OTHERS = (
    _kind("[\x80-\u02ff\u1e00-\u1eff]+", 0.0, 0.75),  # Latin
    _kind("[\u0400-\u052f]+", 0.0, 0.5),  # Cyrillic
    _kind("[\u0370-\u03ff\u0590-\u05ff]+", 0.0, 0.95),  # Greek, Hebrew
    _kind("[\u0600-\u06ff]+", 0.0, 0.65),  # Arabic
    _kind("[\u0900-\u097f]+", 0.0, 1.0),  # Devanagari
    _kind("[\u0e00-\u0e7f]+", 0.0, 0.6),  # Thai
    _kind("[\u3000-\u9fff\uac00-\ud7af\uff00-\uffef]+", 0.0, 1.0),  # Chinese, Japanese, Korean
    # Scripts of which models have seen little, and symbols: several bytes each, and often a token for each.
    _kind(
        "[\u0300-\u036f\u0530-\u058f\u0700-\u08ff\u0980-\u0dff\u0e80-\u1dff\u1f00-\u2fff\ua000-\uabff"
        "\ud7b0-\ufeff\ufff0-\U0010ffff]+",
        0.0,
        2.0,
    ),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelWindow:
    """How many tokens a model takes, its prompt and its answer together, and how many it answers with.

    None is not known: then nothing is refused.
    """

    model: str
    context_tokens: int | None = None
    output_tokens: int | None = None


def estimate_tokens(text: str) -> int:
    kinds = _ASCII if text.isascii() else (*_ASCII, *_OTHERS)
    return round(sum(kind.tokens_in(text) for kind in kinds))


def prompt_tokens(messages: Iterable[Message]) -> int:
    return sum(TOKENS_PER_MESSAGE + estimate_tokens(message.content) for message in messages)


def most_tokens(messages: Iterable[Message]) -> int:
    """More than any tokenizer makes of them, at little cost: none has a token of less than a byte."""
    return sum(TOKENS_PER_MESSAGE + 4 * len(message.content) for message in messages)


def check_room(*, prompt: Prompt, window: ModelWindow, max_output_tokens: int | None) -> None:
    """Raises `PromptTooLong`, with figures, for a prompt that leaves too little room for its answer."""
    kept = kept_for_answer(window, max_output_tokens)
    if window.context_tokens is None or most_tokens(prompt.messages) + kept <= window.context_tokens:
        return
    tokens = prompt_tokens(prompt.messages)
    if tokens + kept > window.context_tokens:
        raise too_long(window, tokens=tokens, kept=kept)


def room_for_answer(
    messages: Sequence[Message], *, window: ModelWindow, max_output_tokens: int | None
) -> int | None:
    """How long the answer may be at most; None where the model's own limit is the only one.

    Raises `PromptTooLong` where nothing would be left of it.
    """
    limit = _least(max_output_tokens, window.output_tokens)
    left = _left_of(window, messages, wanted=limit)
    if left is not None and (limit is None or left < limit):
        return left
    return limit if max_output_tokens is not None else None


def _left_of(window: ModelWindow, messages: Sequence[Message], *, wanted: int | None) -> int | None:
    """None for as much as is `wanted`, or for nobody knows how much."""
    if window.context_tokens is None:
        return None
    if wanted is not None and most_tokens(messages) + wanted <= window.context_tokens:
        return None
    tokens = prompt_tokens(messages)
    if tokens >= window.context_tokens:
        raise too_long(window, tokens=tokens, kept=kept_for_answer(window, wanted))
    return window.context_tokens - tokens


def kept_for_answer(window: ModelWindow, max_output_tokens: int | None) -> int:
    half = window.context_tokens // 2 if window.context_tokens else None
    return _least(max_output_tokens, window.output_tokens, half, KEPT_FOR_ANSWER) or KEPT_FOR_ANSWER


def too_long(window: ModelWindow, *, tokens: int, kept: int) -> PromptTooLong:
    about = round(tokens, -2) if tokens > 1000 else tokens
    sentence = (
        f"The prompt has about {about:,} tokens; {window.model} takes {window.context_tokens:,}"
        f" with {kept:,} kept for the answer."
    )
    return PromptTooLong(sentence, details=[{"field": "prompt", "message": sentence}])


def _least(*limits: int | None) -> int | None:
    return min((limit for limit in limits if limit is not None), default=None)
