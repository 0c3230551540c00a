"""Stage 7: does each file parse? In-process, without running anything."""

import ast
import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from pathlib import PurePosixPath

import yaml

from generation.pipeline.records import Check, ProjectFile, Severity

# Findings of these severities keep a generation from being `completed`.
BLOCKING: frozenset[Severity] = frozenset({"error"})
# Parsing takes memory in multiples of the source: a larger file is left unchecked, and said to be.
MAX_CHECKED_CHARS = 1_000_000

_JSON_WITH_COMMENTS = re.compile(
    r"(^|/)((ts|js)config[^/]*\.json|\.(eslintrc|babelrc|swcrc|prettierrc)(\.json)?|devcontainer\.json"
    r"|wrangler\.jsonc?|tslint\.json|\.vscode/[^/]+\.json|[^/]+\.(jsonc|json5|code-workspace))$"
)
# Every alternative also matches its unclosed form, so that no character is looked at twice.
_STRING = r'"(?:[^"\\\n]|\\.)*(?:"|(?=\n)|\Z)'
_COMMENT_OR_STRING = re.compile(rf"{_STRING}|//[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_TRAILING_COMMA_OR_STRING = re.compile(rf"{_STRING}|,(?=\s*[}}\]])", re.DOTALL)
_TOML_LINE = re.compile(r"at line (\d+)")
_TEMPLATE_MARKS = ("{{", "{%", "<%")
_EDIT_MARK = re.compile(r"^(<{5,9} SEARCH|>{5,9} REPLACE)\s*$", re.MULTILINE)

Finding = tuple[str, int | None, str]
Parser = Callable[[str], Finding | None]


def check_quality(files: Iterable[ProjectFile]) -> tuple[Check, ...]:
    """What is wrong with the files, in their order. A file that was cut off is not parsed."""
    return tuple(check for file in files for check in _check(file))


def blocks(checks: Iterable[Check]) -> bool:
    return any(check.severity in BLOCKING for check in checks)


def _check(file: ProjectFile) -> Iterator[Check]:
    def found(tool: str, finding: Finding, severity: Severity = "error") -> Check:
        rule, line, message = finding
        return Check(tool=tool, rule=rule, severity=severity, path=file.path, line=line, message=message)

    if not file.content.strip():
        yield found("files", ("empty", None, "The file is empty."), "info")
        return
    if edit := _EDIT_MARK.search(file.content):
        line = file.content.count("\n", 0, edit.start()) + 1
        yield found("files", ("edit_block", line, "The file holds an edit instead of its content."))
        return
    tool, parse = _parser_of(file)
    if parse is None or not file.complete:
        return
    if len(file.content) > MAX_CHECKED_CHARS:
        yield found(tool, ("too_large", None, "The file is too large to be checked."), "info")
    elif finding := parse(file.content):
        yield found(tool, finding)


def _parser_of(file: ProjectFile) -> tuple[str, Parser | None]:
    if _JSON_WITH_COMMENTS.search(file.path):
        return "json", parse_json_with_comments
    suffix = PurePosixPath(file.path).suffix.lower()
    return _PARSERS.get(suffix, ("", None))


def parse_python(source: str) -> Finding | None:
    try:
        ast.parse(source)
    except SyntaxError as error:
        return "syntax", error.lineno, f"{error.msg}."
    except ValueError as error:
        return "syntax", None, f"{error}."
    except (RecursionError, MemoryError):
        return "too_deep", None, "The code is nested too deeply to be parsed."
    return None


def parse_json(source: str) -> Finding | None:
    try:
        json.loads(source.removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        return "syntax", error.lineno, f"{error.msg}."
    except ValueError as error:
        return "syntax", None, f"{error}."
    except RecursionError:
        return "too_deep", None, "The values are nested too deeply to be parsed."
    return None


def parse_json_with_comments(source: str) -> Finding | None:
    """As the readers of tsconfig.json and its kin do: comments and trailing commas are allowed."""
    bare = _COMMENT_OR_STRING.sub(_blank_comment, source)
    return parse_json(_TRAILING_COMMA_OR_STRING.sub(lambda m: "" if m[0] == "," else m[0], bare))


def _blank_comment(match: re.Match[str]) -> str:
    text = match[0]
    return text if text.startswith('"') else "\n" * text.count("\n")


def parse_toml(source: str) -> Finding | None:
    try:
        tomllib.loads(source.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        line = _TOML_LINE.search(str(error))
        return "syntax", int(line[1]) if line else None, f"{error}."
    except RecursionError:
        return "too_deep", None, "The values are nested too deeply to be parsed."
    return None


def parse_yaml(source: str) -> Finding | None:
    """Reads the events only: no object is built, so aliases cannot multiply. Templates are not YAML yet."""
    if any(mark in source for mark in _TEMPLATE_MARKS):
        return None
    try:
        for _ in yaml.parse(source, Loader=yaml.CSafeLoader):
            pass
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        return "syntax", mark.line + 1 if mark else None, f"{error.problem or error.context}."
    except yaml.YAMLError as error:
        return "syntax", None, f"{error}."
    return None


_PARSERS: dict[str, tuple[str, Parser]] = {
    ".py": ("python", parse_python),
    ".pyi": ("python", parse_python),
    ".json": ("json", parse_json),
    ".webmanifest": ("json", parse_json),
    ".ipynb": ("json", parse_json),
    ".toml": ("toml", parse_toml),
    ".yaml": ("yaml", parse_yaml),
    ".yml": ("yaml", parse_yaml),
}
