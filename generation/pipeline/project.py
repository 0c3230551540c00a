"""The files of a generation while answers come in: its parent's, what was written since, what edits made."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from generation.frameworks import Framework
from generation.pipeline import events
from generation.pipeline.apply_edits import Edit, EditOutcome, FailedBlock, apply_edits
from generation.pipeline.organise_files import OpenFile, Organiser
from generation.pipeline.records import Check, ProblemFound, ProjectFile


@dataclass(frozen=True, kw_only=True, slots=True)
class ProjectState:
    """All that an answer changes while it comes in."""

    organiser: Organiser
    edits: tuple[Edit, ...]
    kept: tuple[Edit, ...]
    unread: tuple[Check, ...]
    failures: tuple[FailedBlock, ...]
    has_answer: bool


class Project:
    """Whole files are written at once; edits are gathered, and applied when their answer is over."""

    def __init__(self, framework: Framework, parent: Iterable[ProjectFile] = ()) -> None:
        self._organiser = Organiser(framework)
        self._edits: list[Edit] = []
        self._kept: list[Edit] = []
        self._unread: list[Check] = []
        self._has_answer = False
        self.failures: tuple[FailedBlock, ...] = ()
        self.checks: tuple[Check, ...] = ()
        self._remembered: tuple[ProjectFile, ...] = ()
        for file in parent:
            self._put(file.path, file.language, file.content)

    @property
    def has_answer(self) -> bool:
        """Has any answer held a file with more than blanks in it, an edit, or a deletion?"""
        return self._has_answer or bool(self.failures)

    def files(self) -> tuple[ProjectFile, ...]:
        return self._organiser.files()

    def problems(self) -> tuple[Check, ...]:
        return (*self._organiser.problems(), *self._unread)

    def report(self, problem: ProblemFound) -> None:
        """Something in an answer could not be read well. What was read of it is there."""
        check = Check(
            tool="answer",
            rule=problem.rule,
            severity="warning",
            path=problem.path or "",
            line=None,
            message=problem.message,
        )
        if check not in self._unread:
            self._unread.append(check)

    def open(self, path: str | None, language: str | None, *, head: str = "") -> OpenFile | None:
        """A file that an answer writes whole; None for one that is refused. `head` are its first lines."""
        file = self._organiser.open(path, language, head=head)
        if file is not None:
            self._forget_edits(file.path)
        return file

    def write(self, file: OpenFile, text: str) -> str:
        """Returns what of the text was kept."""
        kept = self._organiser.write(file, text)
        self._has_answer = self._has_answer or bool(kept.strip())
        return kept

    def close(self, file: OpenFile, *, complete: bool) -> None:
        self._organiser.close(file, complete=complete)

    def has_text(self, path: str) -> bool:
        return any(file.path == path and file.content for file in self.files())

    def edit(self, path: str | None, text: str) -> None:
        """To be applied by `settle`."""
        self._edits.append(Edit(path=path, text=text))

    def delete(self, path: str) -> None:
        self._has_answer |= self._organiser.remove(path)

    def state(self) -> ProjectState:
        """To be asked for before an answer begins."""
        return ProjectState(
            organiser=self._organiser.copy(),
            edits=tuple(self._edits),
            kept=tuple(self._kept),
            unread=tuple(self._unread),
            failures=self.failures,
            has_answer=self._has_answer,
        )

    def go_back(self, state: ProjectState) -> Iterator[events.PipelineEvent]:
        """What was read since was a draft. Files that it wrote are dropped, or told as they were before."""
        drafted = self.files()
        self._organiser = state.organiser.copy()
        self._edits, self._kept = list(state.edits), list(state.kept)
        self._unread = list(state.unread)
        self.failures, self._has_answer = state.failures, state.has_answer
        before = {file.path: file for file in self.files()}
        for file in drafted:
            if file.path not in before:
                yield events.FileDropped(path=file.path)
            elif file != before[file.path]:
                yield from _tell(before[file.path])

    def settle(self) -> Iterator[events.PipelineEvent]:
        """Apply what was gathered, and tell each file that came of it. What does not fit is in `failures`."""
        edits, self._edits = self._edits, []
        if not edits:
            return
        outcome = self._apply(edits)
        for path in (*outcome.deleted, *(renamed.old_path for renamed in outcome.renamed)):
            self.delete(path)
        for file in outcome.files:
            self._has_answer = True
            yield from self._put_and_tell(file.path, None, file.content)

    def _apply(self, edits: Sequence[Edit]) -> EditOutcome:
        """Of a file of which some edits did not fit, those that did wait for its second attempt."""
        before = {file.path: file.content for file in self.files()}
        outcome = apply_edits(before, edits)
        touched = _touched(outcome)
        if again := [edit for edit in self._kept if edit.path in touched]:
            outcome = apply_edits(before, [*again, *edits])
        # An edit that named no file is given up with the answer that follows it.
        others = (failure for failure in self.failures if failure.path in before.keys() - touched)
        self.failures = (*others, *outcome.failures)
        self._kept = [*(edit for edit in self._kept if edit.path not in touched), *outcome.kept]
        return outcome

    def remember(self) -> None:
        """The files as they are, before some of them are written once more."""
        self._remembered = self.files()

    def take_back_unfinished(self) -> Iterator[events.PipelineEvent]:
        """A file that was whole when it was remembered, and is cut off now, is again as it was."""
        unfinished = {file.path for file in self.files() if not file.complete}
        for file in self._remembered:
            if file.complete and file.path in unfinished:
                yield from self._put_and_tell(file.path, file.language, file.content)

    def _put_and_tell(self, path: str, language: str | None, content: str) -> Iterator[events.PipelineEvent]:
        if file := self._put(path, language, content):
            yield from _tell(file.as_written())

    def _forget_edits(self, path: str) -> None:
        """Of a file that was written whole since."""
        self._edits = [edit for edit in self._edits if edit.path != path]
        self._kept = [edit for edit in self._kept if edit.path != path]
        self.failures = tuple(failure for failure in self.failures if failure.path != path)

    def _put(self, path: str, language: str | None, content: str) -> OpenFile | None:
        file = self._organiser.open(path, language)
        if file is not None:
            self._organiser.write(file, content)
            self._organiser.close(file, complete=True)
        return file


def _tell(file: ProjectFile) -> Iterator[events.PipelineEvent]:
    yield events.FileOpened(path=file.path, language=file.language)
    yield events.FileDelta(path=file.path, text=file.content)
    yield events.FileClosed(path=file.path, complete=file.complete)


def _touched(outcome: EditOutcome) -> set[str | None]:
    return {
        *(file.path for file in outcome.files),
        *(failure.path for failure in outcome.failures),
        *(renamed.old_path for renamed in outcome.renamed),
        *outcome.deleted,
    }
