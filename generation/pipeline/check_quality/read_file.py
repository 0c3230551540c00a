"""One look at one file: all that can be said without the others."""

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import PurePosixPath

from generation.frameworks.languages import language_named, language_of_path
from generation.pipeline.check_quality.data_formats import data_fault
from generation.pipeline.check_quality.findings import Finding, Reading
from generation.pipeline.check_quality.named_files import named_files
from generation.pipeline.check_quality.placeholders import placeholders
from generation.pipeline.check_quality.python_code import python_fault
from generation.pipeline.check_quality.sections import parts_of, unclosed_section
from generation.pipeline.check_quality.syntax import faults
from generation.pipeline.check_quality.text_brackets import bracket_fault
from generation.pipeline.check_quality.trees import Part
from generation.pipeline.records import ProjectFile

# Parsing takes memory in multiples of the source: a larger file is left unchecked, and said to be.
MAX_CHECKED_CHARS = 1_000_000
MAX_FINDINGS = 20
PYTHON_SUFFIXES = (".py", ".pyi", ".pyw")
MAX_REFERENCES = 200

# Relatives of a language that its grammar does not read.
_BY_SUFFIX = {".h": "cpp", ".fish": "fish", ".zsh": "zsh", ".pyx": "cython", ".mdx": "markdown"}
_EDIT_MARK = re.compile(r"^(<{5,9} SEARCH|>{5,9} REPLACE)\s*$", re.MULTILINE)
# Source that is not yet in the language of its name: a generator's or a server's template.
_TEMPLATE_NAMES = re.compile(
    r"\.(j2|jinja2?|tmpl|tpl|template|mustache|hbs|ejs|erb|eex|liquid|stub)(\.|$)", re.IGNORECASE
)


def read_file(file: ProjectFile) -> Reading:
    """A file that was cut off is not parsed."""
    if finding := _first_glance(file):
        return Reading(findings=(finding,))
    if not file.complete:
        return Reading()
    language = language_of(file)
    parts = list(parts_of(Part(language, file.content)))
    is_template = bool(_TEMPLATE_NAMES.search(file.path))
    found = islice(_findings(file.path, parts, is_template=is_template), MAX_FINDINGS)
    named = (reference for part in parts for reference in named_files(part)) if not is_template else ()
    return Reading(findings=tuple(found), references=tuple(islice(named, MAX_REFERENCES)))


def language_of(file: ProjectFile) -> str:
    language = language_of_path(file.path) or language_named(file.language) or file.language
    path = PurePosixPath(file.path)
    return "gomod" if path.name == "go.mod" else _BY_SUFFIX.get(path.suffix.lower(), language)


def _first_glance(file: ProjectFile) -> Finding | None:
    if not file.content.strip():
        return Finding(tool="files", rule="empty", line=None, message="The file is empty.", severity="info")
    if edit := _EDIT_MARK.search(file.content):
        line = file.content.count("\n", 0, edit.start()) + 1
        return Finding(
            tool="files",
            rule="edit_block",
            line=line,
            message="The file holds an edit instead of its content.",
        )
    if len(file.content) > MAX_CHECKED_CHARS:
        return Finding(
            tool="files",
            rule="too_large",
            line=None,
            message="The file is too large to be checked.",
            severity="info",
        )
    return None


def _findings(path: str, parts: list[Part], *, is_template: bool) -> Iterator[Finding]:
    for part in parts:
        if not is_template:
            yield from _syntax(path, part)
        yield from placeholders(part)


def _syntax(path: str, part: Part) -> Iterator[Finding]:
    """By the best judge of the language: its own reader, its brackets, or its grammar."""
    if part.language == "python":
        finding = python_fault(part) if path.lower().endswith(PYTHON_SUFFIXES) else None
        yield from [finding] if finding else []
    elif not _is_filled_in(part):
        finding = unclosed_section(part) or data_fault(path, part) or bracket_fault(part)
        yield from [finding] if finding else faults(part)


def _is_filled_in(part: Part) -> bool:
    """By a server, before anybody reads it as what it is."""
    marks = (("{%", "%}"), ("<%", "%>"), *([("{{", "}}")] if part.is_inner else []))
    return any(opens in part.text and closes in part.text for opens, closes in marks)
