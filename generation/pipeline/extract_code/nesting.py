"""Fences inside of a block of Markdown: which of them is the block's own end?"""

from typing import Literal

from generation.pipeline.extract_code.fences import Fence, fence_in
from generation.pipeline.extract_code.info_strings import is_info
from generation.pipeline.extract_code.labels import label
from generation.pipeline.extract_code.line_kinds import MAX_JUDGED, is_command, is_drawn, is_folder

Verdict = Literal["content", "closes", "unsure"]


class Nesting:
    """An opener with an info string, and an indented fence, are nested, and each has a closer of its own.

    Of a bare fence only the line that follows tells whether it opens or closes: see `closes_before`.
    """

    def __init__(self, fence: Fence) -> None:
        self._fence = fence
        self._depth = 0

    def hear(self, line: str) -> Verdict:
        fence = fence_in(line)
        if fence is None or not fence.mark.startswith(self._fence.mark):
            return "content"
        if fence.info and is_info(fence.info):
            self._depth += 1
        elif self._depth:
            self._depth -= 1
        elif fence.info:
            return "closes"
        elif fence.indent or fence.follows_marker:
            self._depth += 1
        else:
            return "unsure"
        return "content"

    def closes_before(self, following: str, *, after: str) -> bool:
        """Is the bare fence between these two lines the end of the block? If not, a nested block begins."""
        if not following.strip() or fence_in(following):
            return True
        if after.strip() and not after.rstrip().endswith((":", "：")):
            start = following[:MAX_JUDGED]
            is_end = not (is_command(start) or is_drawn(start) or is_folder(start))
        else:
            is_end = following.startswith(("#", "*", "`")) and label(following) is not None
        self._depth += not is_end
        return is_end
