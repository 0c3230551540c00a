"""A model that is never asked for a longer answer than its context has room for beside the prompt."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace

from generation.pipeline.count_tokens import ModelWindow, room_for_answer
from generation.pipeline.records import ChatModel, ModelCall, ModelEvent


@dataclass(frozen=True, kw_only=True, slots=True)
class FittedModel:
    """Implements `ChatModel`. Raises `PromptTooLong` where there is no room at all."""

    model: ChatModel
    window: ModelWindow

    def stream(self, call: ModelCall, /) -> AsyncGenerator[ModelEvent, None]:
        limit = room_for_answer(call.messages, window=self.window, max_output_tokens=call.max_output_tokens)
        return self.model.stream(replace(call, max_output_tokens=limit))
