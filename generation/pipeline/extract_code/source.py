"""What came of an answer and is not read yet: the one place that knows how the text was cut into chunks."""

MAX_LINE = 8192  # characters; a longer line is read in pieces of this length
LONGEST_TAG = 64  # no piece ends inside of a tag that is shorter


class Source:
    """Lines end with "\\n" only and keep it; U+2028, form feeds and a lone "\\r" end none.

    What is taken depends on the whole text alone, not on its chunks; `piece` is the exception. `is_over` when
    no more will come.
    """

    def __init__(self) -> None:
        self._text = ""
        self._at = 0
        self._fed: list[str] = []
        self._fed_chars = 0
        self._has_line = False
        self._later: list[tuple[str, int]] = []
        self.is_over = False
        self.begins_line = True

    @property
    def is_reread(self) -> bool:
        """What comes next was `unread`, or what was taken last."""
        return bool(self._later)

    def feed(self, text: str) -> None:
        self._settle()
        self._text, self._at = self._text[self._at :], 0
        self._fed.append(text)
        self._fed_chars += len(text)
        self._has_line = self._has_line or "\n" in text

    def close(self) -> None:
        """No more will come: what is left is the last line, though it has no ending."""
        self.is_over = self._has_line = True
        self._settle()

    def line(self) -> str | None:
        """Takes the next line, or the next piece of one that is too long. None if it is not here yet."""
        if self._later or self._has_line:
            self._settle()
        at = self._at
        end = self._text.find("\n", at, at + MAX_LINE) + 1
        if end:
            self._at, self.begins_line = end, True
            return self._text[at:end]
        if self._fed_chars + len(self._text) - self._at >= MAX_LINE:
            self._gather()
        if len(self._text) - self._at >= MAX_LINE:
            return self._take(self._cut())
        if self.is_over and self._at < len(self._text):
            return self._take(len(self._text))
        return None

    def lines_before(self, mark: str) -> str:
        """Takes all the whole lines that are here, up to the first that holds `mark`."""
        if not self.begins_line:
            return ""
        self._settle()
        mark_at = self._text.find(mark, self._at)
        end = self._text.rfind("\n", self._at, mark_at if mark_at >= 0 else len(self._text)) + 1
        return self._take(end) if end > self._at else ""

    def piece(self) -> str:
        """Takes what is here of the current line: less than `line`, and sooner."""
        self._settle()
        self._gather()
        return self._take(self._text.find("\n", self._at) + 1 or len(self._text))

    def peek(self, count: int) -> str:
        """The next characters, fewer if they are not here yet. They stay."""
        self._gather()
        ahead = self._text[self._at : self._at + count]
        for text, at in (*reversed(self._later), ("".join(self._fed), 0)):
            ahead += text[at : at + count - len(ahead)]
        return ahead

    def give_back(self, count: int, *, as_line: bool = False) -> None:
        """The last `count` characters of what was taken last are read again, `as_line` or as its rest."""
        self._at -= count
        self.begins_line = as_line

    def unread(self, lines: str) -> None:
        """Whole lines that were taken are read again, before all that follows."""
        self._later.append((self._text, self._at))
        self._text, self._at = lines, 0
        self.begins_line = True

    def _take(self, end: int) -> str:
        taken = self._text[self._at : end]
        self._at = end
        if taken:
            self.begins_line = taken.endswith("\n")
        return taken

    def _cut(self) -> int:
        end = self._at + MAX_LINE
        tag = self._text.rfind("<", end - LONGEST_TAG, end)
        return tag if tag > self._at else end

    def _settle(self) -> None:
        while self._later and self._at == len(self._text):
            self._text, self._at = self._later.pop()
        if self._has_line:
            self._gather()

    def _gather(self) -> None:
        """Joins what was fed since the last line to what is not read yet: together that is less than a line.

        What was taken stays until the next `feed`, as it may be given back.
        """
        if self._fed and not self._later:
            self._text = "".join([self._text, *self._fed])
            self._fed, self._fed_chars, self._has_line = [], 0, False


def bare(line: str) -> str:
    """The line without its ending."""
    return line.rstrip("\r\n")
