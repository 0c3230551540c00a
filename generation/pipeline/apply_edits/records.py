"""What goes into `apply_edits` and comes out of it."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Edit:
    """SEARCH/REPLACE blocks or a unified diff, as the model wrote them.

    A path inside of the text goes before `path`. Without any, the file is the only one that fits.
    """

    path: str | None
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AppliedFile:
    """The new text of a file of which every block was applied, or had been before."""

    path: str
    content: str
    is_new: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class RenamedFile:
    old_path: str
    path: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FailedBlock:
    """A block that does not fit, and what the model has to know to write it anew.

    `path` is the file's, or as the model wrote it where that names no file. `number` counts the blocks of a
    file from 1. `nearest` are the lines of the file that are most like `search`, from `line` (from 1) on.
    """

    path: str | None
    number: int
    search: str
    replace: str
    reason: str
    nearest: str = ""
    line: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class EditOutcome:
    """Each file that was touched is in `files` or `deleted`, or stays as it was and has `failures`.

    A renamed file is in `files` under its new path. `kept` are the blocks that do fit of the files with
    failures: put before the model's second attempt, they complete it.
    """

    files: tuple[AppliedFile, ...]
    deleted: tuple[str, ...]
    renamed: tuple[RenamedFile, ...]
    failures: tuple[FailedBlock, ...]
    kept: tuple[Edit, ...]
