"""The record of each model call: written when it starts, so that a call is known even if its worker dies."""

import time
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from codegen_site.errors import AppException
from generation.models import Attempt
from generation.pipeline.events import CallFinished, CallStarted
from jobs.task import JobContext


@dataclass(kw_only=True)
class AttemptRecorder:
    """One model call after the other; the open one is `finish`ed, `fail`ed or `cancel`led."""

    context: JobContext
    generation_id: UUID

    def __post_init__(self) -> None:
        self._open: UUID | None = None
        self._parts: list[str] = []
        self._started = 0.0
        self._first_token_ms: int | None = None

    async def start(self, call: CallStarted) -> None:
        attempt = Attempt(
            id=uuid7(),
            generation_id=self.generation_id,
            claim_no=self.context.claim_no,
            number=call.number,
            model=call.model,
            prompt_version=call.prompt.version,
            messages=[asdict(message) for message in call.prompt.messages],
        )
        await self.context.write(partial(attempt.save, force_insert=True))
        self._open, self._parts, self._first_token_ms = attempt.id, [], None
        self._started = time.monotonic()

    def add(self, text: str) -> None:
        if self._first_token_ms is None:
            self._first_token_ms = self._elapsed_ms()
        self._parts.append(text)

    async def finish(self, call: CallFinished) -> None:
        await self._close(
            status=Attempt.Status.FINISHED,
            answer=call.answer,
            answered_by=call.ended.model,
            finish_reason=call.ended.finish_reason,
            **asdict(call.ended.usage),
        )

    async def fail(self, error: AppException) -> None:
        detail = f"{error.message}\n{error.__cause__ or ''}".strip()
        await self._close(
            status=Attempt.Status.FAILED,
            answer="".join(self._parts),
            error_code=error.code,
            error_detail=detail,
        )

    async def cancel(self) -> None:
        await self._close(status=Attempt.Status.CANCELLED, answer="".join(self._parts))

    async def _close(self, **fields: Any) -> None:
        if self._open is None:
            return
        attempt = Attempt.objects.filter(id=self._open)
        self._open = None
        fields |= {"first_token_ms": self._first_token_ms, "latency_ms": self._elapsed_ms()}
        await self.context.write(partial(attempt.update, **fields))

    def _elapsed_ms(self) -> int:
        return int((time.monotonic() - self._started) * 1000)
