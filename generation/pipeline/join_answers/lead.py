"""What models put before a continuation although nobody asked for it: a sentence, the fence again."""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from generation.frameworks.languages import language_named, language_of_path
from generation.pipeline.join_answers.overlap import said

MAX_LEAD = 1_000
MAX_PROSE_LINES = 3
START_LINES = 3  # by which a file that is started afresh is recognised
MIN_SAID_BY_START = 12
CHARS_ABOVE = 300

_INLINE_CODE = re.compile(r"`[^`\n]*`")
_SENTENCE_ENDS = ":.!…：。！"
_NO_PROSE = re.compile(r"[{}<>;=$|\\]")
_STEMS = tuple(
    """
    continu rest remain resum pick left here sure certain okay apolog sorry complet finish cut
    fortsetz weiter suite contin resto sigue 继续 以下 接着 好的 剩余 続き
    """.split()
)
_PROSE_LANGUAGES = frozenset({"markdown", "text", "mdx", "rst", "asciidoc", "latex"})


@dataclass(frozen=True, slots=True)
class OpenFile:
    """The file in which the first answer ended: the marks of its fence and the info string.

    `above` is what stands before the fence, `start` the file's first lines, empty where they say too little.
    """

    mark: str
    info: str
    above: str
    start: str

    @property
    def holds_prose(self) -> bool:
        """Are sentences and fences content of it?"""
        language, path = _language_and_path(self.info)
        return not self.info or (language or language_of_path(path)) in _PROSE_LANGUAGES

    def is_reopened_by(self, info: str) -> bool:
        """By the same path, or in the same language without a path or under one that stands above."""
        language, path = _language_and_path(self.info)
        other_language, other_path = _language_and_path(info)
        if self.holds_prose or (path and other_path):
            return bool(path) and other_path == path
        is_named = not other_path or PurePosixPath(other_path).name in self.above
        return is_named and other_language == (language or language_of_path(path))


def open_file(first: str, fence: str) -> OpenFile | None:
    """`fence` is the line that opened the file, or the marks of it. None if the last line closes it."""
    fence = fence.strip()
    at = f"\n{first}".rfind(f"\n{fence}")
    line, _, content = first[at:].partition("\n") if at >= 0 else (fence, "", "")
    mark = line[: len(line) - len(line.lstrip(line[0]))]
    last = first.rpartition("\n")[2].strip()
    if len(last) >= len(mark) and not last.strip(mark[0]):
        return None
    lines = content.split("\n", START_LINES)[:-1]
    start = "".join(f"{line}\n" for line in lines)
    return OpenFile(
        mark=mark,
        info=line.lstrip(line[0]).strip(),
        above=first[max(at - CHARS_ABOVE, 0) : max(at, 0)],
        start=start if said(start) >= MIN_SAID_BY_START else "",
    )


@dataclass(frozen=True, slots=True)
class Lead:
    """`info` is the info string of the fence, None without one. The content begins at `start`."""

    prose: tuple[str, ...]
    info: str | None
    start: int

    @property
    def is_preamble(self) -> bool:
        """Do the sentences speak of going on, and lead over to a fence or with a colon?"""
        if not self.prose or (self.info is None and not self.prose[-1].endswith((":", "："))):
            return False
        words = re.findall(r"[^\W\d_]+", " ".join(self.prose).lower())
        return any(word.startswith(_STEMS) for word in words)


NO_LEAD = Lead((), None, 0)


def read_lead(head: str, mark: str, *, is_whole: bool) -> Lead | None:
    """None if more of the head has to be seen."""
    head = head[: MAX_LEAD + 1]
    prose: list[str] = []
    at, after_blank = 0, False
    while at < MAX_LEAD:
        line, newline, _ = head[at:].partition("\n")
        if at + len(line) > MAX_LEAD:
            break
        is_complete = bool(newline) or is_whole
        text = line.strip()
        if text and not _may_belong(line, mark, prose, is_complete=is_complete):
            return Lead(tuple(prose), None, at) if prose and after_blank else NO_LEAD
        if not is_complete:
            return None
        if text.startswith(mark):
            return Lead(tuple(prose), text.lstrip(mark[0]).strip(), at + len(line) + len(newline))
        if not newline:
            return NO_LEAD
        prose += [text] if text else []
        after_blank = not text
        at += len(line) + 1
    return NO_LEAD


def _may_belong(line: str, mark: str, prose: list[str], *, is_complete: bool) -> bool:
    """A fence or a sentence; or, where the line is not complete, what may yet become one."""
    text = line.strip()
    if text.startswith(mark) or (not is_complete and mark.startswith(text)):
        return True
    if len(prose) >= MAX_PROSE_LINES or not _starts_sentence(line):
        return False
    if _NO_PROSE.search(_INLINE_CODE.sub("", text)):
        return False
    return not is_complete or (text[-1] in _SENTENCE_ENDS and (len(text.split()) >= 3 or not text.isascii()))


def _starts_sentence(line: str) -> bool:
    """A letter that is no small one: not every script has capitals."""
    return line[0].isalpha() and not line[0].islower()


def _language_and_path(info: str) -> tuple[str, str]:
    words = [word.strip("\"'{}") for word in re.split(r"[\s:=,]+", info)]
    path = next((word for word in reversed(words) if "." in word or "/" in word), "")
    language = words[0] if words[0] != path else ""
    return language_named(language) or language.lower(), path
