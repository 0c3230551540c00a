"""Files that are named by others and are not there."""

import posixpath
from collections.abc import Callable, Iterator, Sequence

from generation.pipeline.check_quality.findings import Finding, Reading, Reference, ReferenceKind
from generation.pipeline.check_quality.references import code, pages, python
from generation.pipeline.check_quality.references.project import Project
from generation.pipeline.records import ProjectFile, Severity

MAX_FINDINGS = 20

# Each tells of the file that a reference means, if it is none of the project: its path or name, else None.
_RULES: dict[ReferenceKind, Callable[[Project, str, Reference], str | None]] = {
    "script": code.missing_script,
    "page": pages.missing_from_page,
    "style": pages.missing_from_style,
    "python": python.missing_module,
    "go": code.missing_package,
    "rust": code.missing_rust_module,
    "include": code.missing_include,
    "php": code.missing_php,
    "ruby": code.missing_ruby,
    "dart": code.missing_dart,
}
# What a build makes, and what a starter brings along.
_BUILT = frozenset("dist build out generated __generated__ gen node_modules vendor target bin obj".split())
_OF_STARTERS = frozenset(
    "vite.svg react.svg favicon.ico favicon.png favicon.svg logo192.png flutter_bootstrap.js".split()
)


def missing_files(files: Sequence[ProjectFile], readings: Sequence[Reading]) -> list[list[Finding]]:
    """The findings of each file, in the order of the files."""
    project = Project(files)
    return [
        list(_missing(project, file.path, reading.references)) if reading.references else []
        for file, reading in zip(files, readings, strict=True)
    ]


def _missing(project: Project, path: str, references: Sequence[Reference]) -> Iterator[Finding]:
    told: set[str] = set()
    for reference in references:
        missing = _RULES[reference.kind](project, path, reference)
        if missing is None or missing in told:
            continue
        told.add(missing)
        if len(told) > MAX_FINDINGS:
            return
        yield Finding(
            tool="references",
            rule="missing_file",
            line=reference.line,
            message=_message(project, reference, missing),
            severity=_severity(missing),
        )


def _message(project: Project, reference: Reference, missing: str) -> str:
    name = posixpath.basename(missing)
    there = project.by_name.get(name)
    hint = f" There is `{there}`." if there else ""
    named = f"`{reference.target[:100]}` is named here, but" if reference.target != missing else ""
    return f"{named} `{missing[:200]}` is not among the files.{hint}".strip()


def _severity(missing: str) -> Severity:
    *folders, name = missing.split("/")
    is_made_elsewhere = not _BUILT.isdisjoint(folders) or name in _OF_STARTERS
    return "info" if is_made_elsewhere else "warning"
