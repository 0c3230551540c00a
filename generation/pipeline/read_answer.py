"""One model call's answer, while it comes in: what `extract_code` finds goes through `organise_files`."""

from collections.abc import Iterable, Iterator

from generation.pipeline import events
from generation.pipeline.extract_code import Extractor
from generation.pipeline.organise_files import LookAhead, OpenFile, Organiser
from generation.pipeline.records import (
    CallEnded,
    ExtractionEvent,
    FileClosed,
    FileDelta,
    FileOpened,
    MessageDelta,
    ModelEvent,
    TextDelta,
)


class AnswerReader:
    """`ended` is set with the CallEnded that it reads last."""

    ended: CallEnded

    def __init__(self, number: int, organiser: Organiser) -> None:
        self._number = number
        self._organiser = organiser
        self._extractor = Extractor()
        self._look_ahead = LookAhead()
        self._file: OpenFile | None = None
        self._answer: list[str] = []
        self._message: list[str] = []

    @property
    def answer(self) -> str:
        """All that the model said."""
        return "".join(self._answer)

    @property
    def message(self) -> str:
        """The prose outside of the files."""
        return "".join(self._message).strip()

    def read(self, event: ModelEvent) -> Iterator[events.PipelineEvent]:
        match event:
            case TextDelta(text=text):
                self._answer.append(text)
                yield events.AnswerDelta(number=self._number, text=text)
                yield from self._organise(self._extractor.feed(text), ended_well=False)
            case CallEnded():
                self.ended = event
                ended_well = event.finish_reason == "stop"
                yield from self._organise(self._extractor.close(), ended_well=ended_well)

    def _organise(
        self, found: Iterable[ExtractionEvent], *, ended_well: bool
    ) -> Iterator[events.PipelineEvent]:
        """An answer that ended well inside of a file lacks no more than the closing fence."""
        for event in self._look_ahead.feed(found):
            match event:
                case FileOpened(path=path, language=language, edit=edit, head=head):
                    self._file = self._organiser.open(path, language, edit=edit, head=head)
                    if self._file:
                        yield events.FileOpened(path=self._file.path, language=self._file.language)
                case FileDelta(text=text) if self._file:
                    if kept := self._organiser.write(self._file, text):
                        yield events.FileDelta(path=self._file.path, text=kept)
                case FileClosed(complete=complete) if self._file:
                    self._organiser.close(self._file, complete=complete or ended_well)
                    yield events.FileClosed(path=self._file.path, complete=self._file.complete)
                    self._file = None
                case MessageDelta(text=text):
                    self._message.append(text)
                    yield events.MessageDelta(text=text)
