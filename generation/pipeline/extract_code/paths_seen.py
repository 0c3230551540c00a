"""The files that were announced last: enough to tell a second version of one from a piece of it."""

MAX_SEEN = 500
_MAX_FIRST = 200  # characters


class PathsSeen:
    def __init__(self) -> None:
        self._first_lines: dict[str, str] = {}
        self.last_edited: str | None = None

    def add(self, path: str, *, first_line: str = "", is_edit: bool = False) -> None:
        self._first_lines.pop(path, None)
        self._first_lines[path] = first_line.strip()[:_MAX_FIRST]
        if len(self._first_lines) > MAX_SEEN:
            del self._first_lines[next(iter(self._first_lines))]
        if is_edit:
            self.last_edited = path

    def begins_otherwise(self, path: str, first_line: str) -> bool:
        """The file was there before, and began with another line: a version of it would begin as it did."""
        return self._first_lines.get(path, first_line.strip()[:_MAX_FIRST]) != first_line.strip()[:_MAX_FIRST]
