"""What the stages hand to each other: frozen values, and nothing that does anything."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

FrameworkSource = Literal["requested", "detected", "default"]
FinishReason = Literal["stop", "length", "content_filter"]
Severity = Literal["error", "warning", "info"]
Outcome = Literal["completed", "incomplete"]
# How a file stands in an answer: a fence, an element like <file>, an entry of JSON, SEARCH/REPLACE blocks, a
# unified diff, or code with nothing around it.
Format = Literal["fence", "element", "json", "edit", "diff", "bare"]
ChangeKind = Literal["added", "modified", "deleted", "renamed"]
# How a model is to answer a refinement: with whole files, or with SEARCH/REPLACE blocks.
EditFormat = Literal["whole", "search_replace"]
# Why a model is called: the first question, once more without a file, on with what was cut off, edits that
# did not fit, files that cannot be used as they are.
CallPurpose = Literal["answer", "retry", "continuation", "edit_repair", "repair"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ProjectFile:
    """A file of the result: a safe relative POSIX path and its text."""

    path: str
    language: str
    content: str
    complete: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class ParentProject:
    """An earlier result that is to be changed. The prompt says what is to become of it."""

    id: str
    files: tuple[ProjectFile, ...]
    edit_format: EditFormat


@dataclass(frozen=True, kw_only=True, slots=True)
class GenerationRequest:
    """A request that passed `validate_request`: every value is known and within its limits."""

    prompt: str
    model: str
    framework: str | None = None
    language: str | None = None
    max_output_tokens: int | None = None
    temperature: float | None = None
    parent: ParentProject | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ChosenFramework:
    """The framework to build with. `confidence` is a probability, 1.0 for a requested one."""

    slug: str
    source: FrameworkSource
    confidence: float
    language: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Prompt:
    """The exact messages for the model, and the version of the texts that they were made from."""

    messages: tuple[Message, ...]
    version: str


class PromptTexts(Protocol):
    """The prompt templates: `version` names their exact wording, a call renders one of them."""

    @property
    def version(self) -> str: ...

    def __call__(self, name: str, values: Mapping[str, object], /) -> str: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Usage:
    """Tokens and money of one or several model calls. Money is in millionths of a US dollar.

    `output_tokens` includes `reasoning_tokens`, `input_tokens` includes `cached_tokens`.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0
    cached_tokens: int = 0
    cost_microusd: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            reasoning_tokens=self.reasoning_tokens + other.reasoning_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            cost_microusd=self.cost_microusd + other.cost_microusd,
        )


# What a model sends while it answers.


@dataclass(frozen=True, kw_only=True, slots=True)
class TextDelta:
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CallEnded:
    """The last event of a model call that came to a regular end. `model` is the one that answered."""

    finish_reason: FinishReason
    model: str
    usage: Usage


ModelEvent = TextDelta | CallEnded


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelCall:
    """What a model is asked."""

    model: str
    messages: tuple[Message, ...]
    max_output_tokens: int | None = None
    temperature: float | None = None
    purpose: CallPurpose = "answer"


class ChatModel(Protocol):
    """A model that answers in a stream. Raises `LLMServiceException` and its children.

    `aclose()` of the stream closes the connection to the model.
    """

    def stream(self, call: ModelCall, /) -> AsyncGenerator[ModelEvent, None]: ...


# What the extraction finds while the answer comes in.


@dataclass(frozen=True, kw_only=True, slots=True)
class FileOpened:
    """A file begins. `path` is as the model wrote it, `None` for a block without a name.

    An `edit` holds SEARCH/REPLACE blocks or a diff in place of the file's whole text. `head` are the
    first lines of a block without a name.
    """

    path: str | None
    language: str | None
    edit: bool = False
    format: Format = "fence"
    head: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class FileDelta:
    """More content of the file that is open."""

    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FileClosed:
    """The open file ends. `complete` is false when the answer ended inside it."""

    complete: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageDelta:
    """More of the prose outside the files."""

    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftsDropped:
    """What was found so far was a draft: the files and the prose until here do not count."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ProblemFound:
    """Something in the answer could not be read well. `path` is that of the file, as the model wrote it."""

    rule: str
    path: str | None
    message: str


ExtractionEvent = FileOpened | FileDelta | FileClosed | MessageDelta | DraftsDropped | ProblemFound


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """One finding about one file. `line` counts from 1."""

    tool: str
    rule: str
    severity: Severity
    path: str
    line: int | None
    message: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """What became of one file. `similarity` is the percentage of a renamed file that is still the same.

    `old_path` is where the file was before; None for one that was not there. `diff` is its part of the whole.
    """

    kind: ChangeKind
    path: str
    old_path: str | None
    similarity: int | None
    lines_added: int
    lines_removed: int
    diff: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    changes: tuple[Change, ...]

    @property
    def diff(self) -> str:
        """A unified diff in git's form, which `git apply` and GNU `patch -p1` take."""
        return "".join(change.diff for change in self.changes)


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What a generation came to: the outcome, the files, the prose and what was checked."""

    outcome: Outcome
    framework: ChosenFramework
    model: str
    files: tuple[ProjectFile, ...]
    message: str
    checks: tuple[Check, ...]
    usage: Usage
    open_files: tuple[str, ...] = ()
    comparison: Comparison | None = None
