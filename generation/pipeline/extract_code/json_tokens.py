"""JSON that comes in pieces, as tokens. It forgives what models forget: commas, and escapes of line breaks."""

import re
from typing import Literal

# "key" and "value" begin a string, "text" is more of it, "end" ends it. Other values are left out.
Kind = Literal["{", "}", "[", "]", "key", "value", "text", "end"]
Token = tuple[Kind, str]

MAX_DEPTH = 200
_BLANK = re.compile(r"[ \t\r\n]+")
# What needs no state: all but the end of the string, what an escape at the end of the piece begins, and the halves
# of characters that are written as two.
_PLAIN = re.compile(r"""[^"\\]*+(?:\\(?:[^u]|u(?![dD][89a-fA-F])[0-9a-fA-F]{4})[^"\\]*+)*+""")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_SCALAR = re.compile(r"[\w.+-]+")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_REPLACEMENT = "\ufffd"
_OPENS: dict[str, Kind] = {"{": "{", "[": "["}
_CLOSES: dict[str, Kind] = {"{": "}", "[": "]"}


class JsonTokens:
    """Feed it pieces of any size. What is not JSON breaks it; what stands behind the JSON is over it.

    `rest` is then what it did not take of the last piece.
    """

    def __init__(self) -> None:
        self._open: list[str] = []
        self._wants: Literal["root", "key", "colon", "value"] = "root"
        self._in_string = self._in_key = self._in_scalar = False
        self._escape = self._high_surrogate = ""
        self._has_root = False
        self.is_broken = self.is_over = False
        self.rest = ""

    @property
    def is_inside(self) -> bool:
        """Something is open that is not closed yet."""
        return bool(self._open)

    def feed(self, piece: str) -> list[Token]:
        tokens: list[Token] = []
        at = 0
        while at < len(piece) and not (self.is_broken or self.is_over):
            at = self._read_string(piece, at, tokens) if self._in_string else self._read(piece, at, tokens)
        self.rest = piece[at:]
        return tokens

    def _read_string(self, piece: str, at: int, tokens: list[Token]) -> int:
        if self._escape:
            self._read_escape(piece[at], tokens)
            return at + 1
        end = _PLAIN.match(piece, at).end()  # type: ignore[union-attr]  # it always matches
        if end > at:
            self._end_surrogate(tokens)
            tokens.append(("text", _unescaped(piece[at:end])))
            return end
        if piece[at] == "\\":
            self._escape = "\\"
        else:
            self._end_surrogate(tokens)
            tokens.append(("end", ""))
            self._in_string = False
            self._wants = "colon" if self._in_key else self._next()
        return at + 1

    def _read_escape(self, char: str, tokens: list[Token]) -> None:
        self._escape += char
        if self._escape[1] == "u" and len(self._escape) < 6:
            return
        decoded, self._escape = _unescaped(self._escape), ""
        if self._high_surrogate and "\udc00" <= decoded <= "\udfff":
            pair = (self._high_surrogate + decoded).encode("utf-16", "surrogatepass")
            decoded, self._high_surrogate = pair.decode("utf-16"), ""
        self._end_surrogate(tokens)
        if "\ud800" <= decoded <= "\udbff":
            self._high_surrogate = decoded
        else:
            tokens.append(("text", _REPLACEMENT if "\udc00" <= decoded <= "\udfff" else decoded))

    def _end_surrogate(self, tokens: list[Token]) -> None:
        """One half of a character that is written as two, without the other."""
        if self._high_surrogate:
            tokens.append(("text", _REPLACEMENT))
            self._high_surrogate = ""

    def _read(self, piece: str, at: int, tokens: list[Token]) -> int:
        if self._in_scalar:
            if scalar := _SCALAR.match(piece, at):
                return scalar.end()
            self._in_scalar = False
            self._wants = self._next()
        if blank := _BLANK.match(piece, at):
            return blank.end()
        char = piece[at]
        if char == '"' and self._wants in ("key", "value"):
            self._in_string, self._in_key = True, self._wants == "key"
            tokens.append(("key" if self._in_key else "value", ""))
        elif char in _OPENS and self._wants in ("root", "value") and len(self._open) < MAX_DEPTH:
            self._open.append(char)
            self._has_root = True
            self._wants = self._next()
            tokens.append((_OPENS[char], ""))
        elif self._closes(char):
            tokens.append((_CLOSES[self._open.pop()], ""))
            self._wants = self._next()
        else:
            return self._read_between(char, at)
        return at + 1

    def _read_between(self, char: str, at: int) -> int:
        if self._wants == "colon" and char == ":":
            self._wants = "value"
        elif self._wants == "value" and _SCALAR.match(char):
            self._in_scalar = True
        elif char != "," or self._wants == "colon":
            self.is_over = self._wants == "root" and self._has_root
            self.is_broken = not self.is_over
            return at
        return at + 1

    def _closes(self, char: str) -> bool:
        is_due = self._wants in ("key", "value") and bool(self._open)
        return is_due and char == _CLOSES[self._open[-1]]

    def _next(self) -> Literal["root", "key", "value"]:
        if not self._open:
            return "root"
        return "key" if self._open[-1] == "{" else "value"


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(_decoded, text) if "\\" in text else text


def _decoded(escape: re.Match[str]) -> str:
    return chr(int(escape[1], 16)) if escape[1] else _ESCAPES.get(escape[2], escape[2])
