"""A block between its opening and the moment when it is known to be a file, and under which name."""

from dataclasses import dataclass, replace

from generation.frameworks.languages import language_named
from generation.pipeline.extract_code.comments import path_in_comment
from generation.pipeline.extract_code.edits import (
    Transform,
    is_search,
    new_file_in,
    path_of_diff,
    starts_diff,
)
from generation.pipeline.extract_code.judging import Judge, judge_for
from generation.pipeline.extract_code.labels import label
from generation.pipeline.extract_code.line_kinds import MAX_JUDGED
from generation.pipeline.extract_code.names import Name, agree, base_name, best_name, is_bare_name
from generation.pipeline.extract_code.paths_seen import PathsSeen
from generation.pipeline.extract_code.source import bare
from generation.pipeline.records import (
    ExtractionEvent,
    FileClosed,
    FileDelta,
    FileOpened,
    Format,
    MessageDelta,
)

# First lines before which no comment can stand; the name may be on the line after.
_PREAMBLES = ("<?php", "#!", "<!doctype", "<?xml", "'use ", '"use ', "@echo off", "# -*-", "syntax =")
_HEADER_LINES = 4  # "diff --git", "index" or "new file mode", "---", "+++"
_MAX_HELD = 50  # lines, for a head that is all blank

Events = list[ExtractionEvent]


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """What is known of a block before its first line: `is_file` where that needs no judging.

    `opener` is what is told if it is none.
    """

    format: Format
    seen: PathsSeen
    name: Name | None = None
    language: str | None = None
    line_above: str = ""
    opener: str = ""
    is_file: bool = False


class Draft:
    """Holds lines back until it is known whether they are a file's, then lets each through."""

    def __init__(self, setting: Setting) -> None:
        self._begin(setting)

    def _begin(self, setting: Setting) -> None:
        self._setting = setting
        self._name: Name | None = None
        self._held: list[str] = []
        self._head: list[str] = []
        self._judge: Judge | None = None
        self._edit: Format | None = None
        self._transform: Transform | None = None
        self._is_dismissed = False
        self.is_file: bool | None = None

    @property
    def takes_text(self) -> bool:
        """It is known what the block is, so that any text may be added in place of a line."""
        return self.is_file is not None and self._transform is None

    def dismiss(self) -> None:
        """What comes is no file, and its closer is not worth telling."""
        self.is_file = False
        self._is_dismissed = True

    def accept(self) -> Events:
        """It is a file, whatever it looks like."""
        if self.is_file is not None:
            return []
        self._name = self._name or self._find_name()
        return self._decided(is_file=True)

    def add(self, text: str) -> Events:
        if self._transform and self._transform.is_over(text):
            return [*self._begin_next(), *self._heard(text)]
        return self._heard(text) if self.is_file is None else self._told(text)

    def close(self, *, complete: bool, closer: str = "") -> Events:
        events: Events = []
        while self.is_file is None:
            events += self._decided(is_file=self._verdict_at_end())
        if self.is_file:
            events.append(FileClosed(complete=complete))
        elif closer and not self._is_dismissed:
            events.append(MessageDelta(text=closer))
        return events

    def _begin_next(self) -> Events:
        """A new file is over, and its edit is not: what comes is of that file or of another one."""
        self._begin(replace(self._setting, name=None, opener=""))
        return [FileClosed(complete=True)]

    def _heard(self, line: str) -> Events:
        self._held.append(line)
        if self._judge:
            verdict = self._judge.hear(bare(line)[:MAX_JUDGED])
        else:
            if line.strip():
                self._head.append(line)
            verdict = self._begin_judging() if self._head_is_read() else None
        return [] if verdict is None else self._decided(is_file=verdict)

    def _head_is_read(self) -> bool:
        if not self._head:
            return len(self._held) >= _MAX_HELD
        first = self._head[0]
        if starts_diff(first):
            return len(self._head) == _HEADER_LINES
        if len(self._head) > 1:
            return len(self._head) > 2 or not is_search(self._head[1])
        return not (_is_preamble(first) or is_search(first) or _may_be_name(first))

    def _begin_judging(self) -> bool | None:
        """Finds the name, and has the judge hear what is held."""
        self._name = self._find_name()
        self._edit = self._find_edit()
        setting = self._setting
        if self._edit or setting.is_file:
            return True
        self._judge = judge_for(self._name, setting.language, setting.line_above)
        for line in self._held:
            verdict = self._judge.hear(bare(line)[:MAX_JUDGED])
            if verdict is not None:
                return verdict
        return None

    def _verdict_at_end(self) -> bool:
        verdict = None if self._judge else self._begin_judging()
        if not self._head:
            return self._name is not None and self._name.origin != "section"
        if verdict is None:
            return self._judge is None or self._judge.end()
        return verdict

    def _decided(self, *, is_file: bool) -> Events:
        self.is_file = is_file
        events: Events = []
        if is_file:
            events += self._opened()
        elif self._setting.opener:
            events.append(MessageDelta(text=self._setting.opener))
        held, self._held = self._held, []
        told = held if self._transform else ["".join(held)] if held else []
        return [*events, *(event for text in told for event in self.add(text))]

    def _opened(self) -> Events:
        seen, path = self._setting.seen, self._name.path if self._name else None
        self._transform = new_file_in(self._head) if self._edit else None
        is_edit = self._edit is not None and self._transform is None
        if is_edit and path is None:
            path = seen.last_edited
        if path:
            seen.add(path, first_line=self._head[0] if self._head else "", is_edit=bool(self._edit))
        form = self._edit or self._setting.format
        return [FileOpened(path=path, language=self._setting.language, edit=is_edit, format=form)]

    def _told(self, text: str) -> Events:
        if not self.is_file:
            return [MessageDelta(text=text)]
        kept = self._transform(text) if self._transform else text
        return [FileDelta(text=kept)] if kept else []

    def _find_edit(self) -> Format | None:
        if not self._head:
            return None
        if is_search(self._head[0]):
            return "edit"
        is_diff = starts_diff(self._head[0]) or language_named(self._setting.language or "") == "diff"
        return "diff" if is_diff else None

    def _find_name(self) -> Name | None:
        above, inside = self._setting.name, self._name_inside()
        if above and not above.is_sure:
            first = self._head[0] if self._head else ""
            is_part = not above.is_whole and self._setting.seen.begins_otherwise(above.path, first)
            is_other = is_part or not agree(above.path, self._setting.language)
            above = None if is_other else above
        return best_name(above, inside)

    def _name_inside(self) -> Name | None:
        """The name that the first lines give; one that is no comment is taken out of the content."""
        if not self._head:
            return None
        first, language = self._head[0], self._setting.language
        if starts_diff(first):
            return _named(path_of_diff(self._head))
        if len(self._head) > 1 and (is_search(self._head[1]) or self._is_bare_name(first)) and label(first):
            del self._held[: self._held.index(first) + 1]
            return _named(label(self._head.pop(0)))
        path = path_in_comment(first, language)
        if path is None and len(self._head) > 1 and _is_preamble(first):
            path = path_in_comment(self._head[1], language)
        return _named(path)

    def _is_bare_name(self, line: str) -> bool:
        """Of a block that has a name already only that name once more: another one is content."""
        above = self._setting.name
        is_other = above and above.is_sure and base_name(above.path) != base_name(line.strip())
        return not is_other and is_bare_name(line, self._setting.language)


def _named(path: str | None) -> Name | None:
    return Name(path, "comment") if path else None


def _is_preamble(line: str) -> bool:
    return line.strip().lower().startswith(_PREAMBLES)


def _may_be_name(line: str) -> bool:
    return " " not in line.strip() and label(line) is not None
