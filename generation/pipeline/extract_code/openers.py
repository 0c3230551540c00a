"""Which reader a line of prose opens. To add a format, add a method and name it in the table."""

from collections.abc import Callable

from generation.pipeline.extract_code.bare_code import BareCode, may_be_code
from generation.pipeline.extract_code.block import Block
from generation.pipeline.extract_code.draft import Setting
from generation.pipeline.extract_code.edit_block import DiffBlock, SearchReplaceBlock
from generation.pipeline.extract_code.edits import is_search, starts_diff
from generation.pipeline.extract_code.element_block import ElementBlock, ElementHead
from generation.pipeline.extract_code.elements import begins_tag, element_in, is_wrapper
from generation.pipeline.extract_code.fenced_block import FencedBlock
from generation.pipeline.extract_code.fences import fence_after_prose, fence_in
from generation.pipeline.extract_code.info_strings import read_info
from generation.pipeline.extract_code.json_block import JsonBlock, begins_json, may_begin_json
from generation.pipeline.extract_code.json_fence import JsonFence, may_hold_files
from generation.pipeline.extract_code.names import Name
from generation.pipeline.extract_code.paths_seen import PathsSeen
from generation.pipeline.extract_code.prose import Prose
from generation.pipeline.extract_code.source import Source
from generation.pipeline.extract_code.thinking import thinking_in
from generation.pipeline.records import Format

Opener = Callable[[str], Block | None]

_AHEAD = 64  # characters; enough to see how the content of a block begins


class Openers:
    """Looks at a line that was just taken from the source. What of it is the block's to read is given back."""

    def __init__(self, source: Source, prose: Prose, seen: PathsSeen) -> None:
        self._source = source
        self._prose = prose
        self._seen = seen
        self._refusers: set[type[Block]] = set()
        # By the first character of the line, which costs little to look at.
        self._by_first: dict[str, tuple[Opener, ...]] = {
            "{": (self._json,),
            "[": (self._json, self._thinking),
            "<": (self._thinking, self._element, self._edit),
            "◁": (self._thinking,),
            "-": (self._edit,),
            "d": (self._edit,),
        }
        self.waits = False

    def candidates(self, line: str) -> tuple[Opener, ...]:
        """A cheap look, before any pattern: which readers may read on from this line?"""
        first = line.lstrip(" \t")[:1]
        found = self._by_first.get(first, ())
        if "```" in line or "~~~" in line:
            found = (*found, self._fence)
        if "<" in line and first != "<":
            found = (*found, self._element)
        return (*found, self._bare_code) if self._prose.may_be_bare else found

    def opened_by(self, line: str, candidates: tuple[Opener, ...]) -> Block | None:
        """`waits` is set when it cannot be told before more is there; the line is given back then."""
        self._prose.label_of(None)
        for opener in candidates:
            block = opener(line)
            if self.waits:
                self._source.give_back(len(line), as_line=True)
                return None
            if block:
                return block
        return None

    def opened_in_line(self) -> Block | None:
        """JSON is read on from the beginning of a line whose end is not there yet."""
        is_json = self._may_be(JsonBlock) and begins_json(self._source.peek(_AHEAD))
        return JsonBlock(self._seen) if is_json else None

    def refuse(self, block: Block) -> None:
        """The block gave its lines back: its kind is not tried on them again."""
        self._source.unread(block.refused)
        self._refusers.add(type(block))

    def _thinking(self, line: str) -> Block | None:
        found = thinking_in(line)
        if found is None:
            return None
        block, at = found
        self._source.give_back(len(line) - at)
        return block

    def _fence(self, line: str) -> Block | None:
        if fence := fence_in(line):
            setting = self._setting("fence", line, fence.info)
            if not may_hold_files(fence, setting):
                return FencedBlock(fence, setting)
            ahead = self._source.peek(_AHEAD)
            content = ahead.lstrip()
            self.waits = not content and len(ahead) < _AHEAD and not self._source.is_over
            return JsonFence(fence, setting) if may_begin_json(content) else FencedBlock(fence, setting)
        if not (trailing := fence_after_prose(line)):
            return None
        prose, fence = trailing
        self._prose.add(prose)
        return FencedBlock(fence, self._setting("fence", line.removeprefix(prose), fence.info))

    def _element(self, line: str) -> Block | None:
        element = element_in(line)
        if element is None:
            may_begin = self._may_be(ElementHead) and begins_tag(line)
            return ElementHead(line, None, seen=self._seen) if may_begin else None
        if element.is_named_by_child:
            return ElementHead(line, element, seen=self._seen) if self._may_be(ElementHead) else None
        if before := line[: element.start].strip():
            self._prose.add(f"{before}\n")
        self._prose.label_of(element.path)
        self._source.give_back(len(line) - element.end)
        return ElementBlock(element, seen=self._seen)

    def _edit(self, line: str) -> Block | None:
        if is_search(line):
            self._source.give_back(len(line), as_line=True)
            return SearchReplaceBlock(self._setting("edit"))
        if not starts_diff(line):
            return None
        if line.startswith("--- "):
            following = self._source.peek(4)
            self.waits = len(following) < 4 and not self._source.is_over
            if following != "+++ ":
                return None
        self._source.give_back(len(line), as_line=True)
        return DiffBlock(self._setting("diff"))

    def _json(self, line: str) -> Block | None:
        if not self._may_be(JsonBlock) or not begins_json(line):
            return None
        self._source.give_back(len(line), as_line=True)
        return JsonBlock(self._seen)

    def _bare_code(self, line: str) -> Block | None:
        prose = self._prose
        if is_wrapper(line) or not self._may_be(BareCode) or not may_be_code(line):
            return None
        self._source.give_back(len(line), as_line=True)
        return BareCode(self._setting("bare"), is_framed=prose.is_framed)

    def _may_be(self, kind: type[Block]) -> bool:
        if not self._source.is_reread:
            self._refusers.clear()
        return kind not in self._refusers

    def _setting(self, form: Format, opener: str = "", info_string: str = "") -> Setting:
        prose, info = self._prose, read_info(info_string)
        name = Name(info.path, "info") if info.path else prose.name()
        return Setting(
            format=form,
            seen=self._seen,
            name=name,
            language=info.language,
            line_above=prose.nearest,
            opener=prose.label_of(name.path if name else None) + opener,
        )
