"""The table of contents of the product: how a prompt becomes checked files, stage by stage.

1  validate_request   a request is known to be right               (called where the request comes in)
2  detect_framework   what to build with
3  build_prompt       the exact messages for the model
4  call_model         what the model says, as it says it
5  extract_code       files and prose, while the answer comes in   (5 and 6 meet in read_answer)
6  organise_files     safe paths, names, limits
7  check_quality      does every file parse?
8  format_response    the shape of the API                         (called where the result goes out)
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing

from codegen_site.errors import CodeExtractionException, LLMRefused
from generation.frameworks import Framework, load_frameworks
from generation.pipeline import events
from generation.pipeline.build_prompt import ask_again, build_prompt
from generation.pipeline.call_model import call_model
from generation.pipeline.check_quality import blocks, check_quality
from generation.pipeline.detect_framework import detect_framework
from generation.pipeline.organise_files import Organiser
from generation.pipeline.read_answer import AnswerReader
from generation.pipeline.records import (
    ChatModel,
    ChosenFramework,
    GenerationRequest,
    PromptTexts,
    Result,
    Usage,
)

MAX_CALLS = 2


async def run_pipeline(
    request: GenerationRequest,
    *,
    model: ChatModel,
    texts: PromptTexts,
    frameworks: Mapping[str, Framework] | None = None,
) -> AsyncGenerator[events.PipelineEvent, None]:
    """The events of one generation; the last is `ResultReady`. Closing it closes the call under way.

    Raises `LLMServiceException` and its children, and `CodeExtractionException` for answers without
    a file that could be used. The AnswerDeltas until then are the partial answer.
    """
    frameworks = frameworks or load_frameworks()
    chosen = detect_framework(request, frameworks)
    yield events.FrameworkChosen(framework=chosen)
    framework = frameworks[chosen.slug]
    prompt = build_prompt(request=request, chosen=chosen, framework=framework, texts=texts)
    organiser, usage = Organiser(framework), Usage()
    for number in range(1, MAX_CALLS + 1):
        reader = AnswerReader(number, organiser)
        yield events.CallStarted(number=number, model=request.model, prompt=prompt)
        async with aclosing(call_model(model=model, request=request, prompt=prompt)) as stream:
            async for model_event in stream:
                for event in reader.read(model_event):
                    yield event
        yield events.CallFinished(number=number, answer=reader.answer, ended=reader.ended)
        usage += reader.ended.usage
        if organiser.has_usable_file and reader.ended.finish_reason != "content_filter":
            break
        reason = _why_no_file(reader, request)
        if number == MAX_CALLS or reader.ended.finish_reason == "length":
            raise CodeExtractionException(reason)
        prompt = ask_again(prompt=prompt, answer=reader.answer, reason=reason, texts=texts)
    yield events.ResultReady(result=await _judge(chosen, organiser, reader, usage))


def _why_no_file(reader: AnswerReader, request: GenerationRequest) -> str:
    """Raises `LLMRefused` where the provider's filter is the reason."""
    match reader.ended.finish_reason:
        case "content_filter":
            raise LLMRefused("The model's provider stopped the answer because of its content.")
        case "length":
            limit = request.max_output_tokens
            spent = f"All {limit:,} output tokens" if limit else "All output tokens that the model has"
            thought = reader.ended.usage.reasoning_tokens
            on_thinking = f", {thought:,} of them on thinking" if thought else ""
            return f"{spent} were spent{on_thinking}, before a file was written; allow more of them."
        case "stop" if not reader.answer.strip():
            return "The model's answer was empty."
        case "stop":
            return "The model's answer held no code block with a file."


async def _judge(chosen: ChosenFramework, organiser: Organiser, reader: AnswerReader, usage: Usage) -> Result:
    """`completed` only when the answer came to its end and no finding blocks."""
    files = organiser.files()
    checks = (*organiser.problems(), *await asyncio.to_thread(check_quality, files))
    open_files = tuple(file.path for file in files if not file.complete)
    is_whole = reader.ended.finish_reason == "stop" and not open_files
    return Result(
        outcome="completed" if is_whole and not blocks(checks) else "incomplete",
        framework=chosen,
        model=reader.ended.model,
        files=files,
        message=reader.message,
        checks=checks,
        usage=usage,
        open_files=open_files,
    )
