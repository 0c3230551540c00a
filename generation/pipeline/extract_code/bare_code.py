"""Code with nothing around it: an answer that is nothing but code, or code between ruled lines."""

import re
from collections.abc import Iterator
from dataclasses import replace

from generation.pipeline.extract_code.draft import Draft, Setting
from generation.pipeline.extract_code.elements import element_in
from generation.pipeline.extract_code.fences import fence_in
from generation.pipeline.extract_code.json_block import begins_json
from generation.pipeline.extract_code.line_kinds import MAX_JUDGED, is_code, is_comment, is_entry
from generation.pipeline.extract_code.rules import may_frame_code
from generation.pipeline.extract_code.source import Source, bare
from generation.pipeline.records import ExtractionEvent

_TRIAL_LINES = 5  # that are neither blank nor comments: by then code has shown itself
_MAX_HELD = 60  # lines
_ENOUGH_BEFORE_FENCE = 2  # of them: fewer are a sentence that leads over to the fence
_ENOUGH = 0.6  # the share of them that must look like code

# First lines that betray their language, for the name of the file.
_LANGUAGES = tuple(
    (re.compile(start, re.IGNORECASE), language)
    for start, language in (
        (r"\s*<!doctype html|\s*<html\b", "html"),
        (r"<\?php", "php"),
        (
            r"#!.*\bpython|(?:from [\w.]+ )?import [\w.]+(?: as \w+|,.*)?$|from [\w.]+ import |(?:async )?def \w+\(.*:$",
            "python",
        ),
        (r"#!.*sh$", "bash"),
        (
            r"import .+ from ['\"]|import ['\"]|(?:export )?(?:const|let|var) |(?:async )?function\b|['\"]use ",
            "javascript",
        ),
        (r"#include\s*[<\"]", "cpp"),
        (r"package \w+$", "go"),
        (r"package [\w.]+;|import java|public (?:final |abstract )?class ", "java"),
        (r"using [\w.]+;|namespace ", "csharp"),
        (r"use \w+::|(?:pub )?fn ", "rust"),
        (r"(?:create|insert into|select|drop|alter) ", "sql"),
        (r"\s*[{\[]\s*(?:$|\"|\{)", "json"),
    )
)


def may_be_code(line: str) -> bool:
    text = bare(line)[:MAX_JUDGED]
    return is_comment(text) or is_code(text) or is_entry(text)


class BareCode:
    """Runs to the end of the answer, to a closing fence that nothing opened, or, when it is framed, to the next rule.

    Its first lines are a trial: if they do not look like code, they are `refused`.
    """

    def __init__(self, setting: Setting, *, is_framed: bool) -> None:
        self._setting = setting
        self._is_framed = is_framed
        self._draft: Draft | None = None
        self._held: list[str] = []
        self._tried = self._code = self._entries = 0
        self.is_done = False
        self.refused = ""

    @property
    def holds_file(self) -> bool:
        return self._draft is not None

    def read(self, source: Source) -> Iterator[ExtractionEvent]:
        while not self.is_done and (line := source.line()) is not None:
            if self._draft is None and (element_in(line) or self._leads_over(line)):
                source.give_back(len(line), as_line=True)
                self._refuse()
            elif fence_in(line) or (self._is_framed and may_frame_code(line)):
                yield from self._end_at(line, source)
            elif self._draft:
                yield from self._read_line(self._draft, line)
            else:
                yield from self._try(line)

    def end(self) -> Iterator[ExtractionEvent]:
        yield from self._finish(complete=not self._is_framed)

    def _try(self, line: str) -> Iterator[ExtractionEvent]:
        self._held.append(line)
        text = bare(line)[:MAX_JUDGED]
        if text.strip() and not is_comment(text):
            self._tried += 1
            self._code += is_code(text)
            self._entries += is_entry(text)
        if self._tried >= _TRIAL_LINES or len(self._held) >= _MAX_HELD:
            yield from self._judge()

    def _leads_over(self, line: str) -> bool:
        """ "The files:" alone is no configuration, when nothing or JSON follows."""
        return self._tried == 1 and not self._code and (not line.strip() or begins_json(line))

    def _looks_like_code(self) -> bool:
        is_all = self._code + self._entries >= self._tried
        is_enough = self._code >= max(1.0, self._tried * _ENOUGH)
        return is_enough or (is_all and (self._code > 0 or self._tried > 2))

    def _judge(self) -> Iterator[ExtractionEvent]:
        """Either all that is held is code, or nothing of it."""
        if not self._looks_like_code():
            self._refuse()
            return
        held, self._held = self._held, []
        first = next(line for line in held if line.strip() and not is_comment(line))
        language = next((language for start, language in _LANGUAGES if start.match(first.rstrip())), None)
        self._draft = Draft(replace(self._setting, language=language, is_file=True))
        for line in held:
            yield from self._read_line(self._draft, line)

    def _refuse(self) -> None:
        self.is_done = True
        self.refused = "".join(self._held)

    def _read_line(self, draft: Draft, line: str) -> Iterator[ExtractionEvent]:
        """Blank lines at the end are not of the code."""
        if not line.strip():
            self._held.append(line)
            return
        held, self._held = self._held, []
        for text in (*held, line):
            yield from draft.add(text)

    def _end_at(self, line: str, source: Source) -> Iterator[ExtractionEvent]:
        """A rule, and a fence that opens something, are read again; a closing fence is the code's own."""
        is_fence = fence_in(line) is not None
        is_opener = is_fence and bool(line.strip("`~ \t\r\n"))
        if is_fence and self._draft is None and (is_opener or self._code < _ENOUGH_BEFORE_FENCE):
            self._refuse()
        else:
            yield from self._finish(complete=True)
        if is_opener or not is_fence or self.refused:
            source.give_back(len(line), as_line=True)

    def _finish(self, *, complete: bool) -> Iterator[ExtractionEvent]:
        if self._draft is None:
            yield from self._judge()
        if self._draft:
            self.is_done = True
            yield from self._draft.close(complete=complete)
