"""What a running pipeline tells its caller, in the order in which it happens.

FrameworkChosen, then per model call CallStarted, its AnswerDelta, File… and Message… events and
CallFinished, and at last ResultReady. A failure is an exception instead; the AnswerDeltas seen
until then are the partial answer.
"""

from dataclasses import dataclass

from generation.pipeline.records import CallEnded, CallPurpose, ChosenFramework, Prompt, Result


@dataclass(frozen=True, kw_only=True, slots=True)
class FrameworkChosen:
    framework: ChosenFramework


@dataclass(frozen=True, kw_only=True, slots=True)
class CallStarted:
    """A call to `model` begins. `number` counts from 1."""

    number: int
    purpose: CallPurpose
    model: str
    prompt: Prompt


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerDelta:
    """More of the raw answer of call `number`, before anything is read out of it."""

    number: int
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FileOpened:
    """A file begins. `path` is safe, and only FileDropped takes it back. One that was there starts anew."""

    path: str
    language: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FileDelta:
    path: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FileClosed:
    path: str
    complete: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class FileDropped:
    """The file was part of a draft, and is none of the result's."""

    path: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageDelta:
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageDropped:
    """What was said until here was thought aloud: the message begins now."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CallFinished:
    """Call `number` came to a regular end; `answer` is all that the model said, unchanged."""

    number: int
    answer: str
    ended: CallEnded


@dataclass(frozen=True, kw_only=True, slots=True)
class ResultReady:
    result: Result


PipelineEvent = (
    FrameworkChosen
    | CallStarted
    | AnswerDelta
    | FileOpened
    | FileDelta
    | FileClosed
    | FileDropped
    | MessageDelta
    | MessageDropped
    | CallFinished
    | ResultReady
)
