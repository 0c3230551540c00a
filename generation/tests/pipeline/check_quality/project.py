"""Projects in a few characters, read in this process."""

from generation.pipeline.check_quality import checks_of
from generation.pipeline.check_quality.read_file import read_file
from generation.pipeline.records import Check, ProjectFile


def project_file(path: str, content: str, *, complete: bool = True) -> ProjectFile:
    return ProjectFile(path=path, language="", content=content, complete=complete)


def check(path: str, content: str, **others: str) -> list[Check]:
    """The findings in a file; the others are only there. `__` stands for the slash of their paths."""
    return check_all(
        {path: content, **{name.replace("__", "/"): text for name, text in others.items()}}, path
    )


def check_all(contents: dict[str, str], path: str | None = None) -> list[Check]:
    files = [project_file(name, content) for name, content in contents.items()]
    checks = checks_of(files, [read_file(file) for file in files])
    return [found for found in checks if path in {None, found.path}]
