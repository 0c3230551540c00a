"""Text in chunks of any size becomes whole lines: the one place where the chunking is seen."""


class LineScanner:
    """A line ends with "\\n" only and keeps its ending; U+2028, form feeds and a lone "\\r" end none."""

    def __init__(self) -> None:
        self._partial: list[str] = []

    def feed(self, text: str) -> list[str]:
        """The lines that are complete now."""
        if "\n" not in text:
            self._partial.append(text)
            return []
        first, *others = text.split("\n")
        lines = ["".join([*self._partial, first, "\n"])]
        lines += [f"{line}\n" for line in others[:-1]]
        self._partial = [others[-1]]
        return lines

    def close(self) -> str:
        """What is left: the last line, when it has no ending."""
        rest = "".join(self._partial)
        self._partial = []
        return rest


def bare(line: str) -> str:
    """The line without its ending."""
    return line.rstrip("\r\n")


def indent_of(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))
