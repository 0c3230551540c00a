"""One file and the blocks that are to be applied to it, one after the other."""

from dataclasses import dataclass, field

from generation.pipeline.apply_edits.blocks import Block, DoesNotFit, Reading
from generation.pipeline.apply_edits.choosing import Neighbours, chosen
from generation.pipeline.apply_edits.file_text import MAX_PLACES, FileText, without_trailing_blanks
from generation.pipeline.apply_edits.matching import Match, find_matches
from generation.pipeline.apply_edits.splicing import filled, spliced

MIN_EVIDENCE = 12  # letters and digits of a REPLACE by which it is recognised


@dataclass
class Budget:
    """Work that may still be done: a unit is a line, or twenty characters, that is looked at."""

    left: int

    def spend(self, units: int) -> None:
        self.left -= units
        if self.left < 0:
            raise DoesNotFit("there are too many blocks for files of this size")


@dataclass(frozen=True, slots=True)
class _Written:
    """Where the result of a block stands now."""

    block: Block
    start: int
    stop: int

    def moved(self, lines: int) -> "_Written":
        return _Written(self.block, self.start + lines, self.stop + lines)


@dataclass
class FileWork:
    """`text` is what has become of the file so far. `is_new`: there was none. `header` is its diff's."""

    path: str
    text: FileText
    budget: Budget
    is_new: bool = False
    is_deleted: bool = False
    new_path: str | None = None
    header: tuple[str, ...] = ()
    blocks: list[Block] = field(default_factory=list)
    _written: list[_Written] = field(default_factory=list)
    _shift: int = 0
    _in_order: bool = True

    def apply(self, index: int) -> None:
        """One of its blocks. Raises `DoesNotFit`, and the text is as before."""
        block = self.blocks[index]
        if block.flaw:
            raise DoesNotFit(block.flaw)
        if all(reading.changes_nothing for reading in block.readings):
            return
        if block.creation and (self.text.is_blank or len(block.readings) == 1):
            self._create(block.creation)
            return
        matches = self._find(block)
        unwritten = [match for match in matches if not self._is_result_of(block, match)]
        if unwritten:
            self._splice(block, self._chosen(index, unwritten))
        elif not matches and not self._is_done(block):
            raise DoesNotFit("its SEARCH is not in the file")

    def _find(self, block: Block) -> list[Match]:
        self.budget.spend(self.text.size)
        return find_matches(self.text, block.readings)

    def _create(self, reading: Reading) -> None:
        if self.text.is_blank:
            self.text = filled(self.text, reading.replace, final_newline=reading.final_newline is not False)
        elif self.text.lines != reading.replace:
            raise DoesNotFit("its SEARCH is empty, and the file is not")

    def _chosen(self, index: int, matches: list[Match]) -> Match:
        near = Neighbours(
            previous_stop=self._written[-1].stop if self._written else None,
            following=self.blocks[index + 1 :],
            shift=self._shift,
            in_order=self._in_order,
        )
        match = chosen(self.blocks[index], matches, near, self._find)
        if match is None:
            more = " or more" if len(matches) >= MAX_PLACES else ""
            raise DoesNotFit(f"its SEARCH is in the file {len(matches)}{more} times")
        return match

    def _splice(self, block: Block, match: Match) -> None:
        text = spliced(self.text, match)
        growth = len(text.lines) - len(self.text.lines)
        self._in_order &= not self._written or match.start >= self._written[-1].stop
        self._written = [done.moved(growth) if done.start >= match.stop else done for done in self._written]
        self._written.append(_Written(block, match.start, match.stop + growth))
        self._shift += growth
        self.text = text

    def _is_result_of(self, block: Block, match: Match) -> bool:
        """A block that the answer repeats finds what it has written itself, where it only added lines."""
        return any(
            done.start < match.stop and match.start < done.stop
            for done in self._written
            if done.block.readings == block.readings
        )

    def _is_done(self, block: Block) -> bool:
        """The REPLACE is there already, and is no commonplace."""
        return any(self._is_there(reading) for reading in block.readings)

    def _is_there(self, reading: Reading) -> bool:
        if sum(char.isalnum() for line in reading.replace for char in line) < MIN_EVIDENCE:
            return False
        return len(list(self.text.places(reading.replace, without_trailing_blanks))) == 1
