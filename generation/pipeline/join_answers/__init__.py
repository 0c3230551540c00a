"""The seam of an answer that was cut off by the token limit and goes on in a second one.

Models say the last words again, begin the line anew, open the fence again, announce that they go on, or
start the file afresh. What is put behind the first answer repeats nothing, and nothing of the second is lost.
"""

from generation.pipeline.join_answers.deciding import MAX_HELD, decide
from generation.pipeline.join_answers.lead import open_file

__all__ = ["MAX_HELD", "Seam", "join_answers"]


def join_answers(first: str, second: str, *, fence: str | None = None) -> str:
    """What of the second answer is to be put behind the first one."""
    seam = Seam(first, fence=fence)
    return seam.feed(second) + seam.close()


class Seam:
    """Fed with the second answer in chunks, gives what is to be put behind the first.

    `fence` opens the file in which the first answer ended: "```python app.py", or its marks alone; None where
    it ended outside of fenced files. No more than MAX_HELD characters are held back, and only while they may
    be a repetition. How the answer is cut into chunks makes no difference.
    """

    def __init__(self, first: str, *, fence: str | None = None) -> None:
        self._first = first
        self._file = open_file(first, fence) if fence and fence.strip() else None
        self._held = ""
        self._look_at = 1
        self._is_decided = not first

    def feed(self, text: str) -> str:
        if self._is_decided:
            return text
        self._held += text
        if len(self._held) < self._look_at:
            return ""
        self._look_at = min(len(self._held) + len(self._held) // 8 + 1, MAX_HELD)
        return self._let_through(is_whole=False)

    def close(self) -> str:
        return "" if self._is_decided else self._let_through(is_whole=True)

    def _let_through(self, *, is_whole: bool) -> str:
        is_whole |= len(self._held) >= MAX_HELD
        seam = decide(self._first, self._held[:MAX_HELD], self._file, is_whole=is_whole)
        if seam is None:
            return ""
        self._is_decided = True
        held, self._held = self._held, ""
        return seam.insert + held[seam.start :]
