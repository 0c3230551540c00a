"""What is wrong with what came of the answers, what is worth asking for once more, and what the end is."""

from collections.abc import Iterator

from codegen_site.errors import LLMRefused
from generation.pipeline.apply_edits import FailedBlock
from generation.pipeline.build_prompt import FailedEdit, WantedFile
from generation.pipeline.check_quality import blocks
from generation.pipeline.conversation import Conversation
from generation.pipeline.project import Project
from generation.pipeline.records import Check, ChosenFramework, Comparison, Result

MAX_WANTED = 20


def why_no_file(talk: Conversation) -> str:
    """The reason that the model is told, or the caller; empty where there is something to use.

    Raises `LLMRefused` where the provider's filter is the reason.
    """
    reader = talk.reader
    if reader.finish_reason == "content_filter":
        raise LLMRefused("The model's provider stopped the answer because of its content.")
    if talk.project.has_answer:
        return ""
    if reader.finish_reason == "length":
        limit = talk.request.max_output_tokens
        spent = f"All {limit:,} output tokens" if limit else "All output tokens that the model has"
        thought = talk.usage.reasoning_tokens
        on_thinking = f", {thought:,} of them on thinking" if thought else ""
        return f"{spent} were spent{on_thinking}, before a file was written; allow more of them."
    if not reader.answer.strip():
        return "The model's answer was empty."
    return "The model's answer held no code block with a file."


def failed_edits(failures: tuple[FailedBlock, ...]) -> list[FailedEdit]:
    return [
        FailedEdit(
            path=failure.path or "a file that is not named",
            block=failure.search,
            nearest=failure.nearest,
            line=failure.line,
        )
        for failure in failures
    ]


def files_to_repair(talk: Conversation) -> tuple[WantedFile, ...]:
    """Files with findings that block, and those whose edits did not fit; none of a cut-off answer."""
    project = talk.project
    if not talk.can_ask or talk.answer.finish_reason != "stop":
        return ()
    reasons: dict[str, str] = {}
    for path, reason in (*_edits_given_up(project), *_findings(project.checks)):
        reasons.setdefault(path, reason)
    return tuple(WantedFile(path=path, reason=reason) for path, reason in list(reasons.items())[:MAX_WANTED])


def _edits_given_up(project: Project) -> Iterator[tuple[str, str]]:
    there = {file.path for file in project.files()}
    for failure in project.failures:
        if failure.path in there:
            yield failure.path, "The edits do not fit the file."


def _findings(checks: tuple[Check, ...]) -> Iterator[tuple[str, str]]:
    for check in checks:
        if blocks([check]) and check.path:
            where = f"Line {check.line}: " if check.line else ""
            yield check.path, f"{where}{check.message}"


def judge(
    chosen: ChosenFramework,
    talk: Conversation,
    comparison: Comparison | None,
) -> Result:
    """`completed` only when the answer came to its end, no edit is left over and no finding blocks."""
    project, answer = talk.project, talk.answer
    checks = (*project.problems(), *_edit_checks(project), *_call_checks(talk), *project.checks)
    files = project.files()
    open_files = tuple(file.path for file in files if not file.complete)
    is_whole = answer.finish_reason == "stop" and not open_files
    assert answer.ended  # noqa: S101 - a first call that fails raises
    return Result(
        outcome="completed" if is_whole and not blocks(checks) else "incomplete",
        framework=chosen,
        model=answer.ended.model,
        files=files,
        message=answer.message,
        checks=checks,
        usage=talk.usage,
        open_files=open_files,
        comparison=comparison,
    )


def _edit_checks(project: Project) -> Iterator[Check]:
    for failure in project.failures:
        yield Check(
            tool="edits",
            rule="edit_failed",
            severity="error",
            path=failure.path or "",
            line=failure.line,
            message=f"An edit was not applied: {failure.reason}",
        )


def _call_checks(talk: Conversation) -> Iterator[Check]:
    """A call that was to complete the answer has failed: whoever pays for the rest is told why."""
    if talk.failure:
        yield Check(
            tool="model",
            rule=talk.failure.code,
            severity="warning",
            path="",
            line=None,
            message=f"A further call failed: {talk.failure.message}",
        )
