"""Code without a fence: an answer that is nothing but code, or code between ruled lines."""

import re
from collections.abc import Iterator

from generation.pipeline.extract_code.draft import Draft
from generation.pipeline.extract_code.names import Name
from generation.pipeline.extract_code.scanner import bare
from generation.pipeline.records import ExtractionEvent

_RULE = re.compile(r"^\s*(?:-{5,}|={5,}|_{5,}|\*{5,}|#{8,})\s*$")

# First lines that only code begins with, and the language that they betray.
_STARTS = (
    (re.compile(r"^\s*<!doctype html|^\s*<html\b", re.IGNORECASE), "html"),
    (re.compile(r"^\s*<\?php"), "php"),
    (re.compile(r"^#!.*\b(?:ba|z|)sh\b"), "bash"),
    (re.compile(r"^#!.*\bpython|^(?:import [\w.]+(?: as \w+)?(?:, [\w.]+)*|from [\w.]+ import .+)\s*$"), "python"),
    (re.compile(r"^(?:def \w+\(.*\).*:|class \w+.*:|@\w[\w.]*(?:\(.*\))?)\s*$"), "python"),
    (re.compile(r"^import .+ from ['\"]|^import ['\"]|^(?:const|let|var) .+=|^['\"]use \w+['\"];?"), "javascript"),
    (re.compile(r"^(?:export )?(?:default )?(?:async )?function\b.*\{"), "javascript"),
    (re.compile(r"^\(?(?:async )?\(\) ?=> ?\{|^document\."), "javascript"),
    (re.compile(r"^#include\s*[<\"]"), "cpp"),
    (re.compile(r"^package main\s*$"), "go"),
    (re.compile(r"^package [\w.]+;|^import java[\w.*]*;|^public (?:final |abstract )?class \w+"), "java"),
    (re.compile(r"^using [\w.]+;|^namespace \w"), "csharp"),
    (re.compile(r"^use \w+(?:::\w|;)|^fn main\("), "rust"),
    (re.compile(r"(?i)^(?:CREATE (?:TABLE|DATABASE|VIEW)|INSERT INTO|SELECT .+ FROM|DROP TABLE)\b"), "sql"),
    (re.compile(r"^FROM [\w./-]+:[\w.-]+\s*$"), "dockerfile"),
    (re.compile(r"^\s*[{\[]\s*(?:$|\")"), "json"),
    (re.compile(r"^diff --git |^--- a/"), "diff"),
)  # fmt: skip


def is_rule(line: str) -> bool:
    return bool(_RULE.match(bare(line)))


def code_begins(line: str) -> str | None:
    """The language of the code that this line begins; None for prose."""
    text = bare(line)[:500]
    return next((language for start, language in _STARTS if start.search(text)), None)


class BareCode:
    """Runs to the end of the answer, or to the next ruled line when a ruled line began it."""

    def __init__(self, language: str, *, name: Name | None, seen: set[str], is_ruled: bool) -> None:
        self._draft = Draft(name=name, language=language, seen=seen)
        self._is_ruled = is_ruled
        self._blank: list[str] = []
        self.is_done = False
        self.rest = ""

    def read(self, line: str) -> Iterator[ExtractionEvent]:
        if self._is_ruled and is_rule(line):
            self.is_done = True
            yield from self._draft.close(complete=True)
        elif not line.strip():
            self._blank.append(line)
        else:
            for held in (*self._blank, line):
                yield from self._draft.add(held)
            self._blank = []

    def end(self) -> Iterator[ExtractionEvent]:
        yield from self._draft.close(complete=not self._is_ruled)
