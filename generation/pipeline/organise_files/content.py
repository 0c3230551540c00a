"""Text as it is kept: storable anywhere, with one kind of line end a file and no mark of byte order."""

import re

_LINE_END = re.compile(r"(?<!\r)\r++\n")
# cmd.exe loses its labels in files with other line ends.
CRLF_SUFFIXES = (".bat", ".cmd")


def storable(text: str) -> str:
    """Without NULs and halves of surrogate pairs: a JSON string can bring both along."""
    text = text.replace("\0", "\ufffd")
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


class LineEnds:
    """`changed` says whether line ends were other than they are now. A CR within a line stays."""

    def __init__(self, path: str) -> None:
        self._end = "\r\n" if path.lower().endswith(CRLF_SUFFIXES) else "\n"
        self._at_start = True
        self._held = 0
        self.changed = False

    def feed(self, text: str) -> str:
        """CRs at the end wait for what follows them; at the end of a file they are dropped."""
        if self._at_start and text:
            text, self._at_start = text.removeprefix("\ufeff"), False
        line = text.rstrip("\r")
        held, self._held = self._held, len(text) - len(line)
        if not line:
            self._held += held
            return ""
        line = "\r" * held + line
        even = _LINE_END.sub("\n", line)
        self.changed = self.changed or (even != line and self._end == "\n")
        return even if self._end == "\n" else even.replace("\n", self._end)
