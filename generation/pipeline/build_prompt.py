"""Stage 3: the exact messages for the model, for the first question and for those that follow it.

What users, models and files say is a value of a template and never a template itself. It stands between
marks that it cannot write: a tag with a number that it does not contain, or a fence longer than its own.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from types import MappingProxyType

from generation.frameworks import Framework
from generation.frameworks.languages import LANGUAGES
from generation.pipeline.records import (
    ChosenFramework,
    GenerationRequest,
    Message,
    ProjectFile,
    Prompt,
    PromptTexts,
)

SYSTEM, USER, NO_FILE = "system.txt", "user.txt", "no_file.txt"
CONTINUE, COMPLETE_FILES = "continue.txt", "complete_files.txt"
REFINE, REPAIR_EDIT = "refine.txt", "repair_edit.txt"

# The templates, each with the values that its text has to show whatever its wording.
TEMPLATES: Mapping[str, Collection[str]] = MappingProxyType(
    {
        SYSTEM: ("framework", "guidance", "fence_language", "path"),
        USER: ("marker", "prompt"),
        NO_FILE: ("reason",),
        CONTINUE: ("marker", "tail"),
        COMPLETE_FILES: ("files",),
        REFINE: ("marker", "prompt", "project", "files"),
        REPAIR_EDIT: ("edits",),
    }
)
# Which of them stand between the tags of which name.
ENCLOSED: Mapping[str, str] = MappingProxyType({"prompt": "marker", "tail": "marker", "files": "project"})

TAIL_CHARS = 200
MAX_REASON_CHARS = 300

_BACKTICKS = re.compile("`+")


@dataclass(frozen=True, kw_only=True, slots=True)
class WantedFile:
    """A file that is to be written once more, and why: its content was left out, or it is missing."""

    path: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FailedEdit:
    """An edit whose SEARCH part is not in the file; `nearest` are lines of the file, from `line` on."""

    path: str
    block: str
    nearest: str = ""
    line: int | None = None


def build_prompt(
    *, request: GenerationRequest, chosen: ChosenFramework, framework: Framework, texts: PromptTexts
) -> Prompt:
    """The first question."""
    fence_language, path = _example_file(chosen.language, framework)
    values = {
        "prompt": request.prompt,
        "marker": _marker("request", request.prompt),
        "fence_language": fence_language,
        "path": path,
    }
    system = _system(request=request, chosen=chosen, framework=framework, texts=texts, edits=False)
    return _prompt([system, _user(texts, USER, values)], texts)


def build_refinement(
    *,
    request: GenerationRequest,
    files: Sequence[ProjectFile],
    chosen: ChosenFramework,
    framework: Framework,
    texts: PromptTexts,
    edits: bool,
) -> Prompt:
    """What is to change in `files`, as the request's prompt says.

    The model answers with whole files, or with SEARCH/REPLACE blocks where `edits`. It deletes a file by an
    empty block whose language is the word `delete`.
    """
    values = {
        "prompt": request.prompt,
        "marker": _marker("request", request.prompt, *(file.content for file in files)),
        "project": _marker("project", request.prompt, *(file.content for file in files)),
        "files": [
            {"path": file.path, "language": file.language, **_fenced(content=file.content)} for file in files
        ],
        "edits": edits,
    }
    system = _system(request=request, chosen=chosen, framework=framework, texts=texts, edits=edits)
    return _prompt([system, _user(texts, REFINE, values)], texts)


def ask_again(*, prompt: Prompt, answer: str, reason: str, texts: PromptTexts) -> Prompt:
    """The same conversation, with the answer that could not be used and the reason why."""
    return _follow(prompt, answer, _user(texts, NO_FILE, {"reason": reason}), texts)


def continue_answer(*, prompt: Prompt, answer: str, open_path: str | None, texts: PromptTexts) -> Prompt:
    """Go on where the answer was cut off, inside of the file `open_path` or outside of any.

    `answer` is all that was said so far, its pieces joined, and `prompt` what was asked for it at first.
    Small models open the code block anew all the same, and repeat some lines: what comes is to be joined.
    """
    tail = answer[-TAIL_CHARS:]
    values = {"path": open_path or "", "tail": tail, "marker": _marker("end", tail)}
    return _follow(prompt, answer, _user(texts, CONTINUE, values), texts)


def ask_for_files(*, prompt: Prompt, answer: str, wanted: Sequence[WantedFile], texts: PromptTexts) -> Prompt:
    """Files once more, and whole: what was left out of them or of the project is named."""
    files = [{"path": file.path, "reason": _one_line(file.reason)} for file in wanted]
    return _follow(prompt, answer, _user(texts, COMPLETE_FILES, {"files": files}), texts)


def ask_for_edits(*, prompt: Prompt, answer: str, failed: Sequence[FailedEdit], texts: PromptTexts) -> Prompt:
    """Edits once more that could not be applied, beside what is really in the file."""
    edits = [
        {
            "path": edit.path,
            "line": edit.line,
            **_fenced(block=edit.block, nearest=edit.nearest),
        }
        for edit in failed
    ]
    return _follow(prompt, answer, _user(texts, REPAIR_EDIT, {"edits": edits}), texts)


def _system(
    *,
    request: GenerationRequest,
    chosen: ChosenFramework,
    framework: Framework,
    texts: PromptTexts,
    edits: bool,
) -> Message:
    fence_language, path = _example_file(chosen.language, framework)
    values: dict[str, object] = {
        "framework": framework.name,
        "guidance": framework.guidance,
        "language": request.language or "",
        "path": path,
        "fence_language": fence_language,
        "edits": edits,
    }
    return Message(role="system", content=texts(SYSTEM, values).strip())


def _example_file(language: str, framework: Framework) -> tuple[str, str]:
    """The language and the path of a file that a project has; a stand-in where neither is known."""
    usual = LANGUAGES.get(language) if language != "text" else None
    path = framework.files.get(language) or (usual.file if usual else None)
    return (language, path) if path else ("language", "path/to/file.ext")


def _user(texts: PromptTexts, name: str, values: Mapping[str, object]) -> Message:
    return Message(role="user", content=texts(name, values).strip())


def _follow(prompt: Prompt, answer: str, question: Message, texts: PromptTexts) -> Prompt:
    said = [Message(role="assistant", content=answer)] if answer.strip() else []
    return _prompt([*prompt.messages, *said, question], texts)


def _prompt(messages: Sequence[Message], texts: PromptTexts) -> Prompt:
    return Prompt(messages=tuple(messages), version=texts.version)


def _marker(name: str, *texts: str) -> str:
    """The name of a tag that none of the texts can open or close."""
    tag = re.compile(rf"<[\s/]*{name}(?:-([0-9]{{1,9}}))?", re.IGNORECASE)
    taken = {int(number or 1) for text in texts for number in tag.findall(text)}
    number = next(number for number in count(1) if number not in taken)
    return f"{name}-{number}" if number > 1 else name


def _fenced(**texts: str) -> dict[str, str]:
    """The texts, each without a last line break, and a fence that none of them can close."""
    longest = max((len(run) for text in texts.values() for run in _BACKTICKS.findall(text)), default=0)
    return {
        "fence": "`" * max(3, longest + 1),
        **{key: text.removesuffix("\n") for key, text in texts.items()},
    }


def _one_line(text: str) -> str:
    return " ".join(text.split())[:MAX_REASON_CHARS]
