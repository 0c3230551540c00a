"""The table of contents of the product: how a prompt becomes checked files, stage by stage.

1  validate_request   a request is known to be right               (called where the request comes in)
2  detect_framework   what to build with
3  build_prompt       the exact messages for the model
4  call_model         what the model says, as it says it           (`conversation`: all calls of a generation)
5  extract_code       files and prose, while the answer comes in   (5 and 6 meet in `read_answer`)
6  organise_files     safe paths, names, limits                    (`project`: all files of a generation)
   apply_edits        what edits make of the files that they were written for
7  check_quality      is every file whole, does it parse, is what it refers to there?
   compare_files      what became of the files that were refined
8  format_response    the shape of the API                         (called where the result goes out)
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing

from codegen_site.errors import CodeExtractionException
from generation.frameworks import Framework, load_frameworks
from generation.pipeline import events
from generation.pipeline.build_prompt import (
    ask_again,
    ask_for_edits,
    ask_for_files,
    build_prompt,
    build_refinement,
)
from generation.pipeline.check_quality import check_quality
from generation.pipeline.compare_files import compare_files
from generation.pipeline.conversation import Conversation
from generation.pipeline.detect_framework import detect_framework
from generation.pipeline.judging import failed_edits, files_to_repair, judge, why_no_file
from generation.pipeline.project import Project
from generation.pipeline.records import (
    ChatModel,
    ChosenFramework,
    Comparison,
    GenerationRequest,
    Prompt,
    PromptTexts,
)

Events = AsyncGenerator[events.PipelineEvent, None]


async def run_pipeline(
    request: GenerationRequest,
    *,
    model: ChatModel,
    texts: PromptTexts,
    frameworks: Mapping[str, Framework] | None = None,
    is_last_try: bool = False,
) -> Events:
    """The events of one generation; the last is `ResultReady`. Closing it closes the call under way.

    Raises `LLMServiceException` and its children, and `CodeExtractionException` for answers without
    a file that could be used. The AnswerDeltas until then are the partial answer.
    """
    frameworks = frameworks or load_frameworks()
    chosen = detect_framework(request, frameworks)
    yield events.FrameworkChosen(framework=chosen)
    framework = frameworks[chosen.slug]
    project = Project(framework, request.parent.files if request.parent else ())
    talk = Conversation(model=model, request=request, texts=texts, project=project, is_last_try=is_last_try)
    first = first_prompt(request, chosen, framework, texts)
    for stage in (_answer(talk, first), _repair_edits(talk), _repair_files(talk)):
        async with aclosing(stage):
            async for event in stage:
                yield event
    comparison = await _compare(request, project) if request.parent else None
    yield events.ResultReady(result=judge(chosen, talk, comparison))


def first_prompt(
    request: GenerationRequest, chosen: ChosenFramework, framework: Framework, texts: PromptTexts
) -> Prompt:
    if request.parent is None:
        return build_prompt(request=request, chosen=chosen, framework=framework, texts=texts)
    return build_refinement(
        request=request,
        files=request.parent.files,
        chosen=chosen,
        framework=framework,
        texts=texts,
        edits=request.parent.edit_format == "search_replace",
    )


async def _answer(talk: Conversation, prompt: Prompt) -> Events:
    """Once more where it held no file, with the reason. Raises when that was in vain."""
    async with aclosing(talk.ask(prompt, "answer")) as stream:
        async for event in stream:
            yield event
    reason = why_no_file(talk)
    if reason and talk.can_ask and talk.reader.finish_reason != "length":
        async with aclosing(talk.ask(ask_again(reason=reason, **talk.so_far), "retry")) as stream:
            async for event in stream:
                yield event
        reason = why_no_file(talk)
    if reason:
        raise talk.failure or CodeExtractionException(reason)
    talk.answer = talk.reader


async def _repair_edits(talk: Conversation) -> Events:
    """Those that did not fit, once more, beside what is really in the file."""
    if talk.project.failures and talk.can_ask:
        question = ask_for_edits(failed=failed_edits(talk.project.failures), **talk.so_far)
        async with aclosing(talk.ask(question, "edit_repair")) as stream:
            async for event in stream:
                yield event


async def _repair_files(talk: Conversation) -> Events:
    """Files that cannot be used as they are, once more and whole. One that is cut off then stays."""
    project = talk.project
    project.checks = await asyncio.to_thread(check_quality, project.files())
    wanted = files_to_repair(talk)
    if not wanted:
        return
    project.remember()
    async with aclosing(talk.ask(ask_for_files(wanted=wanted, **talk.so_far), "repair")) as stream:
        async for event in stream:
            yield event
    for event in project.take_back_unfinished():
        yield event
    project.checks = await asyncio.to_thread(check_quality, project.files())


async def _compare(request: GenerationRequest, project: Project) -> Comparison:
    before = request.parent.files if request.parent else ()
    sides = ({file.path: file.content for file in side} for side in (before, project.files()))
    return await asyncio.to_thread(compare_files, *sides)
