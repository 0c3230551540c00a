"""The calls of one generation: an answer may take several, and all of them together have one limit."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import TypedDict

from codegen_site.errors import LLMServiceException, PromptTooLong
from generation.pipeline import events
from generation.pipeline.build_prompt import continue_answer
from generation.pipeline.call_model import call_model
from generation.pipeline.project import Project
from generation.pipeline.read_answer import AnswerReader
from generation.pipeline.records import (
    CallPurpose,
    ChatModel,
    GenerationRequest,
    Prompt,
    PromptTexts,
    Usage,
)

MAX_CONTINUATIONS = 2
# With fewer tokens left of the caller's limit there is nothing to begin.
LEAST_OUTPUT_TOKENS = 64


class SoFar(TypedDict):
    prompt: Prompt
    answer: str
    texts: PromptTexts


@dataclass(kw_only=True)
class Conversation:
    """`reader` has read what was asked for last, `answer` is the one that the result is made of.

    What follows the first call is worth less than what is there already: when it fails, and trying again
    would not help or `is_last_try`, the generation goes on with what it has.
    """

    model: ChatModel
    request: GenerationRequest
    texts: PromptTexts
    project: Project
    is_last_try: bool = False
    calls: int = 0
    usage: Usage = field(default_factory=Usage)
    failure: LLMServiceException | PromptTooLong | None = None
    prompt: Prompt = field(init=False)
    reader: AnswerReader = field(init=False)
    answer: AnswerReader = field(init=False)

    @property
    def tokens_left(self) -> int | None:
        """Of the caller's limit, which is for all calls together; None without one."""
        limit = self.request.max_output_tokens
        return None if limit is None else limit - self.usage.output_tokens

    @property
    def can_ask(self) -> bool:
        return self.failure is None and (self.tokens_left is None or self.tokens_left >= LEAST_OUTPUT_TOKENS)

    @property
    def so_far(self) -> SoFar:
        """What every further question has to know."""
        return SoFar(prompt=self.prompt, answer=self.reader.answer, texts=self.texts)

    async def ask(self, prompt: Prompt, purpose: CallPurpose) -> AsyncGenerator[events.PipelineEvent, None]:
        """One answer, which is continued where the limit of a call has cut it off."""
        self.prompt, self.reader = prompt, AnswerReader(self.project)
        reader, asked, why = self.reader, prompt, purpose
        for part in range(1 + MAX_CONTINUATIONS):
            said = len(reader.answer)
            async with aclosing(self._call(asked, why)) as stream:
                async for event in stream:
                    yield event
            was_cut_off = self.failure is None and reader.finish_reason == "length"
            if not was_cut_off or len(reader.answer) == said or not self.can_ask or part == MAX_CONTINUATIONS:
                break
            asked = continue_answer(open_path=reader.open_path, **self.so_far)
            why = "continuation"
            reader.go_on()
        for event in (*reader.close(), *self.project.settle()):
            yield event

    async def _call(self, prompt: Prompt, purpose: CallPurpose) -> AsyncGenerator[events.PipelineEvent, None]:
        self.calls += 1
        number = self.calls
        request = replace(self.request, max_output_tokens=self.tokens_left)
        yield events.CallStarted(number=number, purpose=purpose, model=request.model, prompt=prompt)
        said: list[str] = []
        try:
            call = call_model(model=self.model, request=request, prompt=prompt, purpose=purpose)
            async with aclosing(call) as stream:
                async for model_event in stream:
                    for event in self.reader.read(number, model_event):
                        yield event
                        if isinstance(event, events.AnswerDelta):
                            said.append(event.text)
        except (LLMServiceException, PromptTooLong) as error:
            if number == 1 or (error.retryable and not self.is_last_try):
                raise
            self.failure = error
            return
        assert self.reader.ended  # noqa: S101 - `call_model` ends with it, or raises
        self.usage += self.reader.ended.usage
        yield events.CallFinished(number=number, answer="".join(said), ended=self.reader.ended)
