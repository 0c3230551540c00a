"""Stage 4: ask the model, and pass on what it says as it says it."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from codegen_site.errors import LLMCutOff
from generation.pipeline.records import (
    CallEnded,
    CallPurpose,
    ChatModel,
    GenerationRequest,
    ModelCall,
    ModelEvent,
    Prompt,
    TextDelta,
)


async def call_model(
    *, model: ChatModel, request: GenerationRequest, prompt: Prompt, purpose: CallPurpose = "answer"
) -> AsyncGenerator[ModelEvent, None]:
    """TextDeltas, then exactly one CallEnded. Raises `LLMCutOff` where the stream ends without one.

    The text can be stored anywhere: NULs and halves of surrogate pairs are replaced. Closing this
    generator closes the model's stream.
    """
    call = ModelCall(
        model=request.model,
        messages=prompt.messages,
        max_output_tokens=request.max_output_tokens,
        temperature=request.temperature,
        purpose=purpose,
    )
    async with aclosing(model.stream(call)) as stream:
        async for event in stream:
            yield TextDelta(text=storable(event.text)) if isinstance(event, TextDelta) else event
            if isinstance(event, CallEnded):
                return
    raise LLMCutOff


def storable(text: str) -> str:
    """The text as UTF-8 and SQL can hold it."""
    text = text.replace("\0", "\ufffd")
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
