"""The blocks are applied, and what came of it is told."""

from collections import Counter
from collections.abc import Iterator

from generation.pipeline.apply_edits.blocks import Block, DoesNotFit, Lines
from generation.pipeline.apply_edits.file_work import FileWork
from generation.pipeline.apply_edits.nearest import nearest_lines
from generation.pipeline.apply_edits.project_work import Misplaced, ProjectWork
from generation.pipeline.apply_edits.records import (
    AppliedFile,
    Edit,
    EditOutcome,
    FailedBlock,
    RenamedFile,
)

MAX_SHOWN = 20  # failed blocks that get the nearest lines

Reasons = dict[int, str]  # by the index of the block


def outcome_of(project: ProjectWork) -> EditOutcome:
    files: list[AppliedFile] = []
    deleted: list[str] = []
    renamed: list[RenamedFile] = []
    kept: list[Edit] = []
    failures = list(_without_file(project.misplaced))
    for work in project.works:
        original = work.text.lines
        reasons = _apply_all(work)
        path = work.new_path or work.path
        if reasons:
            failures += _failures(work, original, reasons, shown=MAX_SHOWN - len(failures))
            kept += _kept(work, reasons)
        elif work.is_deleted:
            deleted.append(work.path)
        else:
            files.append(AppliedFile(path=path, content=str(work.text), is_new=work.is_new))
            renamed += [RenamedFile(old_path=work.path, path=path)] if work.new_path else []
    return EditOutcome(
        files=tuple(files),
        deleted=tuple(deleted),
        renamed=tuple(renamed),
        failures=tuple(failures),
        kept=tuple(kept),
    )


def _apply_all(work: FileWork) -> Reasons:
    """Blocks after one that does not fit are tried all the same."""
    reasons: Reasons = {}
    for index in range(len(work.blocks)):
        try:
            work.apply(index)
        except DoesNotFit as error:
            reasons[index] = str(error)
    return reasons


def _failures(work: FileWork, original: Lines, reasons: Reasons, *, shown: int) -> Iterator[FailedBlock]:
    for count, (index, reason) in enumerate(reasons.items()):
        block = work.blocks[index]
        nearest, line = "", None
        if count < shown and work.budget.left > 0:
            work.budget.left -= work.text.size
            search = block.readings[0].search if block.readings else tuple(block.raw.split("\n"))
            nearest, line = nearest_lines(original, search)
        yield _failure(work.path, index + 1, block, reason, nearest, line)


def _without_file(misplaced: list[Misplaced]) -> Iterator[FailedBlock]:
    numbers: Counter[str | None] = Counter()
    for one in misplaced:
        numbers[one.path] += 1
        yield _failure(one.path, numbers[one.path], one.block, one.reason)


def _failure(
    path: str | None, number: int, block: Block, reason: str, nearest: str = "", line: int | None = None
) -> FailedBlock:
    """A block that could not be read is a `search` as a whole."""
    reading = block.readings[0] if block.readings else None
    return FailedBlock(
        path=path,
        number=number,
        search="\n".join(reading.search) if reading else block.raw,
        replace="\n".join(reading.replace) if reading else "",
        reason=reason,
        nearest=nearest,
        line=line,
    )


def _kept(work: FileWork, reasons: Reasons) -> Iterator[Edit]:
    fitting = [block.raw for index, block in enumerate(work.blocks) if index not in reasons]
    if work.header or fitting:
        yield Edit(path=work.path, text="\n".join([*work.header, *fitting]))
