"""One streamed answer of the proxy, chunk by chunk (OpenAI's `chat.completion.chunk`)."""

import json
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from codegen_site.errors import LLMCutOff
from generation.integrations.litellm_errors import error_for_chunk
from generation.pipeline.records import CallEnded, FinishReason, Usage

END = "[DONE]"
# Anything else (tool_calls, function_call) is an end too: we offer no tools.
FINISH_REASONS: Mapping[str, FinishReason] = {"length": "length", "content_filter": "content_filter"}


class StreamedAnswer:
    """What the chunks of one answer add up to."""

    def __init__(self, *, model: str) -> None:
        self.begun = False
        self._model = model
        self._finish_reason: FinishReason | None = None
        self._usage: Usage | None = None
        self._has_text = False
        self._done = False

    def read(self, data: str) -> list[str]:
        """The pieces of text in one chunk. Raises `LLMCutOff` and other errors of the model."""
        if data == END:
            self._done = True
            return []
        try:
            return self._read_chunk(json.loads(data))
        except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError) as error:
            raise LLMCutOff("The model's answer cannot be read.") from error

    def _read_chunk(self, chunk: Mapping[str, Any]) -> list[str]:
        if error := chunk.get("error"):
            raise error_for_chunk(error)
        self.begun = True
        self._model = chunk.get("model") or self._model
        if usage := chunk.get("usage"):
            self._usage = read_usage(usage)
        return [text for choice in chunk.get("choices") or () if (text := self._read_choice(choice))]

    def _read_choice(self, choice: Mapping[str, Any]) -> str:
        if reason := choice.get("finish_reason"):
            self._finish_reason = FINISH_REASONS.get(reason, "stop")
        text = str((choice.get("delta") or {}).get("content") or "")
        self._has_text = self._has_text or bool(text)
        return text

    def end(self) -> CallEnded:
        """Raises `LLMCutOff` where the stream ended and the answer did not.

        The proxy makes up the finish reason `stop` for a provider that said nothing that it could
        read; such an answer has neither text nor usage.
        """
        if not self._done or self._finish_reason is None or not (self._usage or self._has_text):
            raise LLMCutOff
        return CallEnded(finish_reason=self._finish_reason, model=self._model, usage=self._usage or Usage())


def read_usage(usage: Mapping[str, Any]) -> Usage:
    """Has the cost where the proxy's `include_cost_in_streaming_usage` is on."""
    cost = Decimal(str(usage.get("cost") or 0)) * 1_000_000
    return Usage(
        input_tokens=int(usage.get("prompt_tokens") or 0),
        output_tokens=int(usage.get("completion_tokens") or 0),
        reasoning_tokens=int((usage.get("completion_tokens_details") or {}).get("reasoning_tokens") or 0),
        cached_tokens=int((usage.get("prompt_tokens_details") or {}).get("cached_tokens") or 0),
        cost_microusd=int(cost.to_integral_value(ROUND_HALF_UP)),
    )
