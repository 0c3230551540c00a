"""The files of a project, and which block goes to which of them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from generation.pipeline.apply_edits.blocks import Block, DoesNotFit, FileEdit, Lines
from generation.pipeline.apply_edits.file_text import FileText
from generation.pipeline.apply_edits.file_work import Budget, FileWork
from generation.pipeline.apply_edits.matching import find_matches
from generation.pipeline.apply_edits.paths import KnownPaths, clean

MAX_BLOCKS = 2_000
MAX_TOLD = 20  # wrong paths that are told with right ones
MAX_WORK = 20_000_000  # units of `Budget`: some seconds


@dataclass(frozen=True, slots=True)
class Misplaced:
    """A block that goes to no file. `path` is as the model wrote it."""

    path: str | None
    block: Block
    reason: str


class ProjectWork:
    """`works` are the files that are touched."""

    def __init__(self, parent: Mapping[str, str]) -> None:
        self.works: list[FileWork] = []
        self.misplaced: list[Misplaced] = []
        self._by_path: dict[str, FileWork] = {}
        self._parent = parent
        self._paths = KnownPaths(parent)
        self._texts: dict[str, FileText] = {}
        self._budget = Budget(MAX_WORK)
        self._blocks_left = MAX_BLOCKS

    def take(self, edits: list[FileEdit]) -> None:
        """All that one edit of the answer says. Nothing is applied yet."""
        last: FileWork | None = None
        for edit in edits:
            if not edit.paths and not edit.blocks:
                continue
            try:
                self._count(edit)
                last = self._work_of(edit, last)
                last.blocks += edit.blocks if edit.action != "delete" else ()
            except DoesNotFit as error:
                self._misplace(edit, str(error))

    def _count(self, edit: FileEdit) -> None:
        self._blocks_left -= len(edit.blocks)
        if self._blocks_left < 0:
            raise DoesNotFit(f"only {MAX_BLOCKS:,} blocks of an answer are applied")

    def _misplace(self, edit: FileEdit, reason: str) -> None:
        """Blocks that go to no file; or to one of which nothing may be applied then."""
        blocks = edit.blocks or (Block(raw=f"{edit.action} {edit.paths[0]} {edit.new_path}".strip()),)
        known = next((found for path in edit.paths if (found := self._paths.meant_by(path))), None)
        if known:
            self._existing(known).blocks += [replace(block, flaw=reason) for block in blocks]
        else:
            path = edit.paths[0] if edit.paths else None
            self.misplaced += [Misplaced(path, block, reason) for block in blocks]

    def _work_of(self, edit: FileEdit, last: FileWork | None) -> FileWork:
        if not edit.paths:
            return self._only_fit(edit.blocks[0], last)
        match edit.action:
            case "create":
                return self._created(edit)
            case "delete":
                return self._deleted(edit)
            case "rename":
                return self._renamed(edit)
            case "copy":
                return self._copied(edit)
            case "change":
                return self._changed(edit)

    def _changed(self, edit: FileEdit) -> FileWork:
        known = next((path for path in edit.paths if path in self._paths), None)
        if known is None and edit.blocks and edit.blocks[0].creation:
            return self._new(edit.paths[0])
        return self._existing(known or self._meant(edit.paths))

    def _created(self, edit: FileEdit) -> FileWork:
        work = self._new(edit.paths[0])
        if work.is_new:
            work.header = (f"diff --git a/{work.path} b/{work.path}", "new file mode 100644")
        return work

    def _deleted(self, edit: FileEdit) -> FileWork:
        if any(reading.replace for block in edit.blocks for reading in block.readings):
            raise DoesNotFit("it deletes the file, and yet keeps lines of it")
        work = self._existing(self._meant(edit.paths))
        work.is_deleted = True
        return work

    def _renamed(self, edit: FileEdit) -> FileWork:
        path, new_path = self._meant(edit.paths), self._free(edit.new_path)
        work = self._existing(path)
        work.new_path = new_path
        work.header = (f"rename from {path}", f"rename to {new_path}")
        self._by_path[new_path] = work
        self._paths.add(new_path)
        return work

    def _copied(self, edit: FileEdit) -> FileWork:
        path, new_path = self._meant(edit.paths), self._free(edit.new_path)
        work = self._new(new_path, self._text(path))
        work.header = (f"copy from {path}", f"copy to {new_path}")
        return work

    def _existing(self, path: str) -> FileWork:
        work = self._by_path.get(path)
        return work or self._start(FileWork(path, self._text(path), self._budget))

    def _new(self, path: str, text: FileText | None = None) -> FileWork:
        """A file that is there already is taken: a block that is to make it finds that out."""
        path = clean(path)
        if path in self._paths:
            return self._existing(path)
        self._paths.add(path)
        return self._start(FileWork(path, text or FileText.parse(""), self._budget, is_new=True))

    def _start(self, work: FileWork) -> FileWork:
        self._by_path[work.path] = work
        self.works.append(work)
        return work

    def _text(self, path: str) -> FileText:
        if path not in self._texts:
            self._texts[path] = FileText.parse(self._parent.get(path, ""))
        return self._texts[path]

    def _free(self, path: str) -> str:
        path = clean(path)
        if not path:
            raise DoesNotFit("it does not say where the file goes")
        if path in self._paths:
            raise DoesNotFit(f"there is a file {path} already")
        return path

    def _meant(self, paths: Lines) -> str:
        if found := next((known for path in paths if (known := self._paths.meant_by(path))), None):
            return found
        are_told = len(self.misplaced) < MAX_TOLD
        candidates = ", ".join(self._paths.candidates(paths[0])) if are_told else ""
        raise DoesNotFit(f"there is no file {paths[0]}" + (f"; there is {candidates}" if candidates else ""))

    def _only_fit(self, block: Block, last: FileWork | None) -> FileWork:
        """The only file that has its SEARCH; one that is nowhere goes where the block before it went."""
        if block.flaw or block.creation:
            raise DoesNotFit(block.flaw or "it does not say which file it makes")
        fits = [path for path in self._parent if self._fits(path, block)]
        if len(fits) == 1:
            return self._existing(fits[0])
        if last and not fits:
            return last
        where = f"in {len(fits)} files: {', '.join(fits[:5])}" if fits else "in none"
        raise DoesNotFit(f"it names no file, and its SEARCH is {where}")

    def _fits(self, path: str, block: Block) -> bool:
        text = self._text(path)
        self._budget.spend(text.size)
        return bool(find_matches(text, block.readings))
