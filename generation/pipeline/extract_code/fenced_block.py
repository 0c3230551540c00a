"""What stands between fences."""

from dataclasses import replace

from generation.frameworks.languages import language_named, language_of_path
from generation.pipeline.extract_code.draft import Draft, Events, Setting
from generation.pipeline.extract_code.fences import (
    Fence,
    dedented,
    fence_in,
    indent_of,
    split_at_closer,
    unquoted,
)
from generation.pipeline.extract_code.info_strings import is_info, read_info
from generation.pipeline.extract_code.names import Name
from generation.pipeline.extract_code.nesting import Nesting
from generation.pipeline.extract_code.source import Source

_MAX_BEFORE = 200  # characters that are looked at of the line before a fence


class FencedBlock:
    refused = ""

    def __init__(self, fence: Fence, setting: Setting) -> None:
        self._open(fence, setting)
        self._is_doubled = self._is_closed = False
        self.is_done = False

    def _open(self, fence: Fence, setting: Setting) -> None:
        self._fence = fence
        self._setting = setting
        self._draft = Draft(setting)
        self._nesting = Nesting(fence) if _is_markdown(setting) else None
        self._is_untouched = True
        self._first = self._before = ""
        self._maybe_closer = ""

    @property
    def opener(self) -> str:
        return self._fence.opener

    @property
    def holds_file(self) -> bool:
        return bool(self._draft.is_file)

    def dismiss(self) -> None:
        """The files in it were told already: what is left is none."""
        self._draft.dismiss()
        self._is_untouched = False

    def read(self, source: Source) -> Events:
        events: Events = []
        while not self.is_done:
            if self._takes_text and (text := source.lines_before(self._fence.mark)):
                events += self._add(text)
            begins_line = source.begins_line
            line = source.line()
            if line is None:
                break
            if self._is_closed:
                self._end_doubled(line, source)
            else:
                events += self._read_line(line, source, begins_line=begins_line)
        return events

    def end(self) -> Events:
        if self._is_closed:
            return []
        return self._draft.close(complete=bool(self._maybe_closer), closer=self._maybe_closer)

    @property
    def _takes_text(self) -> bool:
        """Lines without a mark are content, whatever is in them."""
        is_plain = not (self._fence.indent or self._fence.quotes or self._maybe_closer or self._is_closed)
        return is_plain and self._draft.takes_text

    def _add(self, text: str) -> Events:
        self._before = text
        return self._draft.add(text)

    def _read_line(self, line: str, source: Source, *, begins_line: bool) -> Events:
        inner = self._inner(line) if begins_line else line
        if inner is None:
            source.give_back(len(line), as_line=True)
            return self._close()
        if self._is_untouched and self._reopens(inner):
            return []
        if self._fence.mark not in inner and not self._maybe_closer:
            return self._add(inner) if begins_line else self._draft.add(inner)
        if self._nesting:
            return self._read_markdown(self._nesting, inner, source, chars=len(line))
        return self._read_code(inner, source)

    def _inner(self, line: str) -> str | None:
        """The line without the fence's own indentation and quote marks; None where the quote has ended."""
        fence = self._fence
        if not (fence.quotes or fence.indent):
            return line
        body = unquoted(line, fence.quotes)
        if body is None and not self._is_untouched:
            return None
        if body is None:
            body, fence = line, fence._replace(quotes=0)
        if self._is_untouched and fence.follows_marker and indent_of(body) < fence.indent:
            fence = fence._replace(indent=0)
        self._fence = fence
        return dedented(body, fence.indent)

    def _reopens(self, line: str) -> bool:
        """The opener is there twice: the second counts, and has a closer of its own."""
        self._is_untouched = False
        self._first = line
        fence = fence_in(line)
        is_second = fence is not None and fence.mark == self._fence.mark and is_info(fence.info)
        if fence and is_second and self._fence.info in ("", fence.info) and not self._nesting:
            info = read_info(fence.info)
            name = Name(info.path, "info") if info.path else self._setting.name
            self._open(fence, replace(self._setting, name=name, language=info.language))
            self._is_doubled, self._is_untouched = True, False
            return True
        return False

    def _end_doubled(self, line: str, source: Source) -> None:
        """The closer of the first of two openers is nobody's."""
        self.is_done = True
        if line.strip() != self._fence.mark:
            source.give_back(len(line), as_line=True)

    def _read_code(self, line: str, source: Source) -> Events:
        closed = split_at_closer(line, self._fence)
        if closed is None:
            self._nesting = self._nesting_from(line)
            return [*(self._draft.accept() if self._nesting else ()), *self._add(line)]
        before, after = closed
        stuck = self._draft.add(f"{before}\n") if before.strip() else []
        return [*stuck, *self._close_before(after, line, source)]

    def _read_markdown(self, nesting: Nesting, line: str, source: Source, *, chars: int) -> Events:
        """Fences inside are content; the block ends where its own closer is. `chars` were taken."""
        events: Events = []
        if self._maybe_closer:
            before = self._before.removesuffix("\n").rpartition("\n")[2][:_MAX_BEFORE]
            if nesting.closes_before(line, after=before):
                source.give_back(chars, as_line=True)
                return self._close(self._maybe_closer)
            closer, self._maybe_closer = self._maybe_closer, ""
            events = self._add(closer)
        verdict = nesting.hear(line)
        if verdict == "unsure":
            self._maybe_closer = line
        elif verdict == "closes":
            prose = line.strip().lstrip(self._fence.mark[0]).strip()
            events += self._close_before(prose, line, source)
        else:
            events += self._add(line)
        return events

    def _close_before(self, prose: str, line: str, source: Source) -> Events:
        """The closer is followed by `prose` in its line."""
        if prose:
            source.give_back(len(line) - line.rindex(prose), as_line=True)
        return self._close(line if not prose else f"{self._fence.mark}\n")

    def _close(self, closer: str = "") -> Events:
        self._is_closed = True
        self.is_done = not self._is_doubled
        return self._draft.close(complete=True, closer=closer)

    def _nesting_from(self, line: str) -> Nesting | None:
        """A block without a language that begins with a heading and has a fence in it is Markdown."""
        is_open = language_named(self._setting.language or "text") == "text"
        fence = fence_in(line) if is_open and self._first.startswith("# ") else None
        if fence is None or not is_info(fence.info):
            return None
        nesting = Nesting(self._fence)
        nesting.hear(line)
        return nesting


def _is_markdown(setting: Setting) -> bool:
    language = language_named(setting.language or "text") or ""
    if language != "text":
        return language == "markdown"
    return setting.name is not None and language_of_path(setting.name.path) == "markdown"
