"""Runs the pipeline for one generation and does what its events call for: rows, events, the cache."""

from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial, singledispatchmethod
from typing import Any, cast
from uuid import UUID

import structlog
from asgiref.sync import sync_to_async

from codegen_site.errors import Conflict, LLMRateLimited
from generation import transitions
from generation.fitted_model import FittedModel
from generation.integrations import known_answers
from generation.integrations.litellm_proxy import model_from_settings
from generation.integrations.model_list import window_of
from generation.integrations.model_pause import check_pause, pause_model
from generation.models import Batch, Generation
from generation.parents import parent_project
from generation.pipeline import events
from generation.pipeline.format_response import format_response
from generation.pipeline.records import CallPurpose, EditFormat, GenerationRequest, ParentProject
from generation.pipeline.run import run_pipeline
from generation.prompts.serving import texts_of
from generation.recorded_model import RecordedModel
from jobs.lane import keep_trying
from jobs.task import JobContext, JobTask

# What a client is told of each call.
STAGES: Mapping[CallPurpose, str] = {
    "answer": "calling the model",
    "retry": "asking once more",
    "continuation": "continuing the answer",
    "edit_repair": "asking for edits that fit",
    "repair": "asking for whole files",
}


async def execute_generation(context: JobContext, generation_id: UUID, *, use_known: bool = False) -> None:
    """Runs it to its end. Raises what the pipeline raised; once more after its end does nothing."""
    related = ("batch", "organization", "prompt_texts")
    generation = await Generation.objects.select_related(*related).aget(id=generation_id)
    structlog.contextvars.bind_contextvars(request_id=generation.request_id)
    is_cancelling = generation.batch and generation.batch.status == Batch.Status.CANCELLING
    if is_cancelling or generation.organization.is_suspended:
        # Whoever cancelled the batch, or stops the organization, has not come to this line, or died before.
        await context.write(partial(transitions.cancel, generation_id))
        return
    await sync_to_async(check_pause, thread_sensitive=False)(generation.model)
    if not await context.write(partial(transitions.start, generation_id)):
        return
    context.events.append("generation.started", {"id": str(generation_id), "attempt": context.attempt})
    if use_known and await _recall(context, generation):
        return
    await Execution(context=context, generation=generation).run()


async def _recall(context: JobContext, generation: Generation) -> bool:
    payload = await sync_to_async(known_answers.find_answer, thread_sensitive=False)(generation.answer_key)
    if payload is None:
        return False
    await context.write(partial(transitions.recall, generation.id, payload=payload))
    return True


@dataclass(kw_only=True)
class Execution:
    context: JobContext
    generation: Generation
    progress: dict[str, Any] = field(default_factory=lambda: {"stage": "detecting", "files": []})

    async def run(self) -> None:
        texts = texts_of(self.generation)
        window = await sync_to_async(window_of, thread_sensitive=False)(self.generation.model)
        model = RecordedModel(
            model=FittedModel(model=model_from_settings(), window=window),
            context=self.context,
            generation_id=self.generation.id,
            prompt_version=texts.version,
        )
        request = await sync_to_async(request_of)(self.generation)
        last = cast(JobTask, self.context.task_result.task).max_attempts
        pipeline = run_pipeline(request, model=model, texts=texts, is_last_try=self.context.attempt >= last)
        try:
            async with aclosing(pipeline):
                async for event in pipeline:
                    await self.handle(event)
        except LLMRateLimited as error:
            await sync_to_async(pause_model, thread_sensitive=False)(self.generation.model, error)
            raise

    @singledispatchmethod
    async def handle(self, event: events.PipelineEvent) -> None:
        raise TypeError(f"An event without a handler: {event!r}")

    @handle.register
    async def _(self, event: events.FrameworkChosen) -> None:
        framework = event.framework
        await self.context.write(
            partial(
                transitions.choose_framework,
                self.generation.id,
                slug=framework.slug,
                source=framework.source,
                confidence=framework.confidence,
            )
        )

    @handle.register
    async def _(self, event: events.CallStarted) -> None:
        self._report(stage=STAGES[event.purpose], call=event.number)

    @handle.register
    async def _(self, event: events.AnswerDelta) -> None:
        self.progress["answer_chars"] = self.progress.get("answer_chars", 0) + len(event.text)
        self._report()

    @handle.register
    async def _(self, event: events.FileOpened) -> None:
        self._publish("file.opened", path=event.path, language=event.language)

    @handle.register
    async def _(self, event: events.FileDelta) -> None:
        self._publish("file.delta", path=event.path, delta=event.text)

    @handle.register
    async def _(self, event: events.FileClosed) -> None:
        self._publish("file.closed", path=event.path, complete=event.complete)
        self._report(files=[*(path for path in self.progress["files"] if path != event.path), event.path])

    @handle.register
    async def _(self, event: events.FileDropped) -> None:
        self._publish("file.dropped", path=event.path)
        self._report(files=[path for path in self.progress["files"] if path != event.path])

    @handle.register
    async def _(self, event: events.MessageDelta) -> None:
        self._publish("message.delta", delta=event.text)

    @handle.register
    async def _(self, event: events.MessageDropped) -> None:
        self._publish("message.dropped")

    @handle.register
    async def _(self, event: events.CallFinished) -> None:
        self._report(stage="reading the answer", call=event.number)

    @handle.register
    async def _(self, event: events.ResultReady) -> None:
        payload = format_response(event.result)
        self._publish("usage", **payload["usage"])
        succeed = partial(
            transitions.succeed,
            self.generation.id,
            payload=payload,
            cost_microusd=event.result.usage.cost_microusd,
        )
        settled = await keep_trying(lambda: self.context.write(succeed))
        if settled and self.generation.answer_key:
            await sync_to_async(self._make_known, thread_sensitive=False)(payload)

    def _make_known(self, payload: dict[str, Any]) -> None:
        if payload["status"] == Generation.Status.COMPLETED:
            known_answers.remember_answer(self.generation.answer_key, payload)
        known_answers.leave_lead(self.generation.answer_key)

    def _publish(self, event_type: str, **data: Any) -> None:
        self.context.events.append(event_type, data)

    def _report(self, **progress: Any) -> None:
        self.progress |= progress
        self.context.report(dict(self.progress))


def request_of(generation: Generation) -> GenerationRequest:
    """What was asked for, with the files of the parent. Raises `Conflict` when that is gone."""
    return GenerationRequest(
        prompt=generation.prompt,
        model=generation.model,
        framework=generation.requested_framework or None,
        language=generation.requested_language or None,
        max_output_tokens=generation.max_output_tokens,
        temperature=generation.temperature,
        parent=_parent_of(generation),
    )


def _parent_of(generation: Generation) -> ParentProject | None:
    if not generation.edit_format:
        return None
    if generation.parent is None:
        raise Conflict("The generation that was to be refined has been deleted.")
    return parent_project(generation.parent, edit_format=cast(EditFormat, generation.edit_format))
