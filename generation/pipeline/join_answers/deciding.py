"""Where in a continuation the new text begins. Every step says None as long as more has to be seen."""

from dataclasses import dataclass

from generation.pipeline.join_answers.lead import MAX_LEAD, Lead, OpenFile, read_lead
from generation.pipeline.join_answers.overlap import INDENTATIONS, MAX_OVERLAP, is_much, repeated, said

MAX_HELD = 2 * MAX_OVERLAP + 2_000
LINE_ENDS = (";", "{", "}", ">")


@dataclass(frozen=True, slots=True)
class Cut:
    """The continuation counts from `start` on, behind `insert`."""

    start: int
    insert: str = ""


def decide(first: str, head: str, file: OpenFile | None, *, is_whole: bool) -> Cut | None:
    size = repeated(first, head, is_whole=is_whole)
    if size != 0:
        return Cut(size) if size else None
    if file is None:
        return _after_blank_lines(first, head, is_whole=is_whole)
    lead = read_lead(head, file.mark, is_whole=is_whole)
    if lead is None:
        return None
    if lead.start == 0:
        return _after_blank_lines(first, head, is_whole=is_whole)
    return _after_lead(first, head, file, lead, is_whole=is_whole)


def _after_blank_lines(first: str, head: str, *, is_whole: bool) -> Cut | None:
    """Blank lines before a repetition do not count; before anything else, like a next row, they do."""
    blank = len(head[:MAX_LEAD]) - len(head[:MAX_LEAD].lstrip("\r\n"))
    if blank == len(head) < MAX_LEAD and not is_whole:
        return None
    size = repeated(first, head[blank:], is_whole=is_whole) if blank else 0
    if size == 0:
        return Cut(0)
    if size is None or (blank + size == len(head) and not is_whole):
        return None
    again, rest = head[blank : blank + size], head[blank + size :]
    is_row = first.count(again) > 1 if again.endswith("\n") else rest[:1] in {"", "\n", "\r"}
    return Cut(blank + size if is_much(again) and not is_row else 0)


def _after_lead(first: str, head: str, file: OpenFile, lead: Lead, *, is_whole: bool) -> Cut | None:
    content = head[lead.start :]
    if len(content) < 2 and not is_whole:
        return None
    size = repeated(first, content, is_whole=is_whole)
    if size is None:
        return None
    again = content[:size]
    if is_much(again) or (again.strip() and lead.info is not None):
        return Cut(lead.start + size)
    if _is_content(file, lead):
        return Cut(0)
    if lead.info and not file.is_reopened_by(lead.info):
        return Cut(0, _closing(first, file))
    starts_afresh = _starts_afresh(file, content, is_whole=is_whole) if lead.info is not None else False
    if starts_afresh is None:
        return None
    if starts_afresh:
        return Cut(0, _closing(first, file))
    return _in_a_new_line(first, content, lead.start)


def _is_content(file: OpenFile, lead: Lead) -> bool:
    """Sentences and fences that belong to the file, or a bare fence that closes it."""
    if lead.info and file.is_reopened_by(lead.info):
        return False
    if file.holds_prose:
        return True
    return not lead.info and not lead.is_preamble


def _closing(first: str, file: OpenFile) -> str:
    """The line that closes the file, when a new one begins: of one path the later version wins."""
    return f"{file.mark}\n" if first.endswith("\n") else f"\n{file.mark}\n"


def _starts_afresh(file: OpenFile, content: str, *, is_whole: bool) -> bool | None:
    """Does it begin with the first lines of the file?"""
    if file.start and content.startswith(file.start):
        return True
    return None if file.start.startswith(content) and not is_whole else False


def _in_a_new_line(first: str, content: str, start: int) -> Cut:
    """Behind a fence begins the unfinished line anew, or the next one, or the word goes on even so."""
    unfinished = first.rpartition("\n")[2]
    if not unfinished or content.startswith(("\n", "\r")):
        return Cut(start)
    if content.startswith(unfinished) and (said(unfinished) or not unfinished.strip()):
        return Cut(start + len(unfinished))
    is_next = content.startswith(INDENTATIONS) or unfinished.endswith(LINE_ENDS)
    return Cut(start, "\n" if is_next else "")
