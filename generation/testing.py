"""A model for tests that says what it is told to say."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

from codegen_site.errors import AppException
from generation.pipeline.records import CallEnded, FinishReason, ModelCall, ModelEvent, TextDelta, Usage


@dataclass(frozen=True, kw_only=True, slots=True)
class ScriptedAnswer:
    """One answer, `then` raised, hung for ever, or broken off without an end after its text."""

    text: str = ""
    finish_reason: FinishReason = "stop"
    usage: Usage = field(default_factory=lambda: Usage(input_tokens=10, output_tokens=20, cost_microusd=30))
    error: AppException | None = None
    hangs: bool = False
    breaks_off: bool = False


class ScriptedModel:
    """A `ChatModel` that gives its answers in turn, in pieces of `chunk_size` characters.

    A bare string is an answer that ends well. `calls` and `open_streams` tell what was asked of it.
    """

    def __init__(self, *answers: str | ScriptedAnswer, chunk_size: int = 7) -> None:
        self._answers = [ScriptedAnswer(text=a) if isinstance(a, str) else a for a in answers]
        self._chunk_size = chunk_size
        self.calls: list[ModelCall] = []
        self.open_streams = 0

    async def stream(self, call: ModelCall, /) -> AsyncGenerator[ModelEvent, None]:
        answer = self._answers[len(self.calls)]
        self.calls.append(call)
        self.open_streams += 1
        try:
            for start in range(0, len(answer.text), self._chunk_size):
                yield TextDelta(text=answer.text[start : start + self._chunk_size])
                await asyncio.sleep(0)
            if answer.hangs:
                await asyncio.Event().wait()
            if answer.error is not None:
                raise answer.error
            if not answer.breaks_off:
                yield CallEnded(finish_reason=answer.finish_reason, model=call.model, usage=answer.usage)
        finally:
            self.open_streams -= 1
