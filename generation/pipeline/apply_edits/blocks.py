"""Edits as they were read: what the readers hand to the matching."""

from dataclasses import dataclass
from typing import Literal


class DoesNotFit(ValueError):
    """A block cannot be applied; its text says why."""


Action = Literal["change", "create", "delete", "rename", "copy"]
Lines = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """Lines to find and lines to put there, without endings.

    `final_newline` is what a diff says of the end of the file, None where it says nothing.
    """

    search: Lines
    replace: Lines
    final_newline: bool | None = None

    @property
    def changes_nothing(self) -> bool:
        return self.search == self.replace and self.final_newline is None

    @property
    def is_creation(self) -> bool:
        """Nothing is searched for."""
        return not any(line.strip() for line in self.search)


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """One SEARCH/REPLACE block or one hunk. Several readings where the text does not say which it is.

    `flaw` says why it cannot be read. `old_line` and `new_line` are where a hunk says that it starts.
    """

    raw: str
    readings: tuple[Reading, ...] = ()
    flaw: str = ""
    old_line: int | None = None
    new_line: int | None = None

    @property
    def creation(self) -> Reading | None:
        return next((reading for reading in self.readings if reading.is_creation), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class FileEdit:
    """What is to be done to one file. `paths` are its names, the likeliest first; none if it has none."""

    paths: Lines
    blocks: tuple[Block, ...] = ()
    action: Action = "change"
    new_path: str = ""
