"""Requests, texts and a model for the tests of the stages: nothing here leaves the process."""

from collections.abc import AsyncGenerator, Mapping, Sequence

from generation.pipeline.records import (
    CallEnded,
    FinishReason,
    GenerationRequest,
    ModelCall,
    ModelEvent,
    TextDelta,
    Usage,
)


def make_request(prompt: str = "A page that says hello.", **values: object) -> GenerationRequest:
    return GenerationRequest(**{"prompt": prompt, "model": "small", **values})  # type: ignore[arg-type]


class Texts:
    """Prompt texts that show the values which they were given."""

    version = "v-test"

    def __call__(self, name: str, values: Mapping[str, object], /) -> str:
        return f" {name} " + " ".join(f"{key}={value}" for key, value in sorted(values.items())) + "\n"


def ended(finish_reason: FinishReason = "stop", **usage: int) -> CallEnded:
    return CallEnded(finish_reason=finish_reason, model="small-001", usage=Usage(**usage))


Step = str | ModelEvent | Exception


class ScriptedModel:
    """Each call plays the next script; an exception in it is raised. `closed` counts closed streams."""

    def __init__(self, *scripts: Sequence[Step]) -> None:
        self._scripts = list(scripts)
        self.calls: list[ModelCall] = []
        self.closed = 0

    async def stream(self, call: ModelCall, /) -> AsyncGenerator[ModelEvent, None]:
        self.calls.append(call)
        try:
            for step in self._scripts.pop(0):
                if isinstance(step, Exception):
                    raise step
                yield TextDelta(text=step) if isinstance(step, str) else step
        finally:
            self.closed += 1
