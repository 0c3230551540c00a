"""A model whose every call is on record before it starts, and is bought once.

An answer is journalled with its cost in one transaction. A run that takes over from a worker that died gets
it from there: nobody pays for it again.
"""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import asdict, dataclass, fields
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from codegen_site.errors import AppException, LLMCutOff
from generation.models import Attempt
from generation.pipeline.call_model import storable
from generation.pipeline.records import CallEnded, ChatModel, ModelCall, ModelEvent, TextDelta, Usage
from jobs import steps
from jobs.context import JobContext
from jobs.lane import keep_trying


@dataclass(kw_only=True)
class RecordedModel:
    """Implements `ChatModel` for one run of one generation; its calls come one after the other."""

    model: ChatModel
    context: JobContext
    generation_id: UUID
    prompt_version: str

    def __post_init__(self) -> None:
        self._calls = 0

    async def stream(self, call: ModelCall, /) -> AsyncGenerator[ModelEvent, None]:
        self._calls += 1
        record = CallRecord(
            context=self.context,
            number=self._calls,
            attempt=Attempt(
                id=uuid7(),
                generation_id=self.generation_id,
                claim_no=self.context.claim_no,
                number=self._calls,
                purpose=call.purpose,
                model=call.model,
                prompt_version=self.prompt_version,
                messages=[asdict(message) for message in call.messages],
            ),
        )
        known = await record.start()
        async with aclosing(_replay(known) if known else self._call(call, record)) as events:
            async for event in events:
                yield event

    async def _call(self, call: ModelCall, record: "CallRecord") -> AsyncGenerator[ModelEvent, None]:
        try:
            async with aclosing(self.model.stream(call)) as stream:
                async for event in stream:
                    await record.add(event)
                    yield event
                    if isinstance(event, CallEnded):
                        return
            raise LLMCutOff
        except AppException as error:
            await record.fail(error)
            raise
        except (asyncio.CancelledError, GeneratorExit):
            await record.cancel()
            raise


async def _replay(known: steps.Known) -> AsyncGenerator[ModelEvent, None]:
    attempt = await Attempt.objects.aget(id=known.output["attempt"])
    yield TextDelta(text=attempt.answer)
    usage = Usage(**{field.name: getattr(attempt, field.name) for field in fields(Usage)})
    yield CallEnded(finish_reason=known.output["finish_reason"], model=attempt.answered_by, usage=usage)


class CallRecord:
    """The attempt of a call and its step in the job's journal, written together."""

    def __init__(self, *, context: JobContext, number: int, attempt: Attempt) -> None:
        self._context = context
        self._job_id = context.job_id
        self._step = f"call {number}"
        self._attempt = attempt
        self._parts: list[str] = []
        self._started = time.monotonic()
        self._first_token_ms: int | None = None
        self._is_open = True

    async def start(self) -> steps.Known | None:
        """What the journal has of this call; else it is on record from now on that it was made."""

        def write() -> steps.Known | None:
            claim_no = self._context.claim_no
            known = steps.start_step(job_id=self._job_id, name=self._step, claim_no=claim_no)
            if known is None:
                self._attempt.save(force_insert=True)
            return known

        return await keep_trying(lambda: self._context.write(write))

    async def add(self, event: ModelEvent) -> None:
        if isinstance(event, CallEnded):
            await self._finish(event)
            return
        if self._first_token_ms is None:
            self._first_token_ms = self._elapsed_ms()
        self._parts.append(event.text)

    async def fail(self, error: AppException) -> None:
        detail = f"{error.message}\n{error.__cause__ or ''}".strip()

        def write() -> None:
            self._update(status=Attempt.Status.FAILED, error_code=error.code, error_detail=detail)
            steps.fail_step(job_id=self._job_id, name=self._step)

        await self._close(write)

    async def cancel(self) -> None:
        """Its step stays open: what the provider bills for it is nobody's, unless it is called again."""
        await self._close(lambda: self._update(status=Attempt.Status.CANCELLED))

    async def _finish(self, ended: CallEnded) -> None:
        output = {"attempt": str(self._attempt.id), "finish_reason": ended.finish_reason}

        def write() -> None:
            self._update(
                status=Attempt.Status.FINISHED,
                answered_by=ended.model,
                finish_reason=ended.finish_reason,
                **asdict(ended.usage),
            )
            steps.finish_step(
                job_id=self._job_id,
                name=self._step,
                output=output,
                cost_microusd=ended.usage.cost_microusd,
            )

        await self._close(write)

    async def _close(self, write: Any) -> None:
        if self._is_open:
            self._is_open = False
            # It is paid for: kept until SQL takes it.
            await keep_trying(lambda: self._context.write(write))

    def _update(self, **changes: Any) -> None:
        Attempt.objects.filter(id=self._attempt.id).update(
            answer=storable("".join(self._parts)),
            first_token_ms=self._first_token_ms,
            latency_ms=self._elapsed_ms(),
            **changes,
        )

    def _elapsed_ms(self) -> int:
        return int((time.monotonic() - self._started) * 1000)
