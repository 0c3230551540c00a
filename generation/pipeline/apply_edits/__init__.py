"""Edits of an answer are applied to the files that they were made for: all of a file's blocks, or none.

A block is applied where its lines stand, to the letter but for white space (`matching`), and only if that is
one place. Nothing is guessed: users of tools that match by likeness, or take the first of several places,
report duplicated functions, deleted code and edits in the wrong one of two twins, all of it told as success.
A block that does not fit is handed back with what the model needs to write it anew.
"""

from collections.abc import Iterable, Mapping

from generation.pipeline.apply_edits.outcome import outcome_of
from generation.pipeline.apply_edits.project_work import ProjectWork
from generation.pipeline.apply_edits.reading import read_edit
from generation.pipeline.apply_edits.records import (
    AppliedFile,
    Edit,
    EditOutcome,
    FailedBlock,
    RenamedFile,
)

__all__ = ["AppliedFile", "Edit", "EditOutcome", "FailedBlock", "RenamedFile", "apply_edits", "files_after"]


def apply_edits(parent: Mapping[str, str], edits: Iterable[Edit]) -> EditOutcome:
    """`parent` is path and text of every file. Later blocks see what earlier ones have done.

    Paths of new and renamed files are the model's: still to be made safe, as those of whole files are.
    """
    project = ProjectWork(parent)
    for edit in edits:
        project.take(read_edit(edit))
    return outcome_of(project)


def files_after(parent: Mapping[str, str], outcome: EditOutcome) -> dict[str, str]:
    """The whole project: the parent's files in their order, then new ones and those under a new name."""
    gone = {*outcome.deleted, *(renamed.old_path for renamed in outcome.renamed)}
    files = {path: text for path, text in parent.items() if path not in gone}
    return files | {file.path: file.content for file in outcome.files}
