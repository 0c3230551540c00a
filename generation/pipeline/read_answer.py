"""One answer, while it comes in, in one model call or several: what is found goes to the project."""

from collections.abc import Iterable, Iterator

from generation.pipeline import events
from generation.pipeline.extract_code import Extractor
from generation.pipeline.join_answers import Seam
from generation.pipeline.organise_files import LookAhead, OpenFile
from generation.pipeline.project import Project
from generation.pipeline.records import (
    CallEnded,
    DraftsDropped,
    ExtractionEvent,
    FileClosed,
    FileDelta,
    FileOpened,
    FinishReason,
    MessageDelta,
    ModelEvent,
    ProblemFound,
    TextDelta,
)

# Around the text of an edit whose SEARCH was empty, as it was written.
EMPTY_SEARCH, REPLACE = "<<<<<<< SEARCH\n=======\n", "\n>>>>>>> REPLACE\n"
# A block in this language has the path of a file that is to go, and nothing in it.
DELETE = "delete"


class AnswerReader:
    """`ended` is the last CallEnded that it has read. `close` ends the answer."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._before = project.state()
        self.ended: CallEnded | None = None
        self._extractor = Extractor()
        self._look_ahead = LookAhead()
        self._seam: Seam | None = None
        self._file: OpenFile | None = None
        self._edit: tuple[str | None, list[str]] | None = None
        self._edit_end = ""
        self._answer: list[str] = []
        self._message: list[str] = []

    @property
    def answer(self) -> str:
        """All that the model said, its pieces joined."""
        return "".join(self._answer)

    @property
    def message(self) -> str:
        """The prose outside of the files."""
        return "".join(self._message).strip()

    @property
    def finish_reason(self) -> FinishReason | None:
        return self.ended.finish_reason if self.ended else None

    @property
    def open_path(self) -> str | None:
        """The file in which the answer is at the moment."""
        if self._edit is not None:
            return self._edit[0]
        return self._file.path if self._file else None

    def go_on(self) -> None:
        """What is read from now on continues what was cut off."""
        self._seam = Seam(self.answer, fence=self._extractor.open_fence)

    def read(self, number: int, event: ModelEvent) -> Iterator[events.PipelineEvent]:
        """The events of call `number`."""
        match event:
            case TextDelta(text=text):
                yield events.AnswerDelta(number=number, text=text)
                yield from self._take(self._seam.feed(text) if self._seam else text)
            case CallEnded():
                self.ended = event
                if self._seam:
                    yield from self._take(self._seam.close())
                    self._seam = None

    def close(self) -> Iterator[events.PipelineEvent]:
        """The end of the answer. Where it ended well inside of a file, that lacks only its closing fence."""
        yield from self._organise(self._extractor.close(), ended_well=self.finish_reason == "stop")

    def _take(self, text: str) -> Iterator[events.PipelineEvent]:
        if text:
            self._answer.append(text)
            yield from self._organise(self._extractor.feed(text), ended_well=False)

    def _organise(
        self, found: Iterable[ExtractionEvent], *, ended_well: bool
    ) -> Iterator[events.PipelineEvent]:
        for event in self._look_ahead.feed(found):
            match event:
                case FileOpened():
                    yield from self._open(event)
                case FileDelta(text=text):
                    yield from self._write(text)
                case FileClosed(complete=complete):
                    yield from self._close(complete=complete or ended_well)
                case MessageDelta(text=text):
                    self._message.append(text)
                    yield events.MessageDelta(text=text)
                case ProblemFound():
                    self._project.report(event)
                case DraftsDropped():
                    self._message = []
                    yield events.MessageDropped()
                    yield from self._project.go_back(self._before)

    def _open(self, event: FileOpened) -> Iterator[events.PipelineEvent]:
        if event.edit:
            self._edit = (event.path, [])
        elif event.format == "edit" and event.path and self._project.has_text(event.path):
            # Nothing to search for makes a new file, and overwrites none: it does not fit.
            self._edit, self._edit_end = (event.path, [EMPTY_SEARCH]), REPLACE
        elif event.path and event.language == DELETE:
            self._project.delete(event.path)
        else:
            self._file = self._project.open(event.path, event.language, head=event.head)
            if self._file:
                yield events.FileOpened(path=self._file.path, language=self._file.language)

    def _write(self, text: str) -> Iterator[events.PipelineEvent]:
        if self._edit is not None:
            self._edit[1].append(text)
        elif self._file and (kept := self._project.write(self._file, text)):
            yield events.FileDelta(path=self._file.path, text=kept)

    def _close(self, *, complete: bool) -> Iterator[events.PipelineEvent]:
        if self._edit is not None:
            path, parts = self._edit
            self._project.edit(path, "".join(parts) + self._edit_end)
        elif self._file:
            self._project.close(self._file, complete=complete)
            yield events.FileClosed(path=self._file.path, complete=self._file.complete)
        self._edit, self._edit_end, self._file = None, "", None
