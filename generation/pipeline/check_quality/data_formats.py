"""Formats of data, each by the reader that it is read by: JSON, TOML, YAML, XML."""

import json
import re
import tomllib
from collections.abc import Callable
from xml.parsers import expat

import yaml

from generation.pipeline.check_quality.findings import Finding
from generation.pipeline.check_quality.trees import Part

_JSON_WITH_COMMENTS = re.compile(
    r"(^|/)((ts|js)config[^/]*\.json|\.(eslintrc|babelrc|swcrc|prettierrc)(\.json)?|devcontainer\.json"
    r"|wrangler\.jsonc?|tslint\.json|\.vscode/[^/]+\.json|[^/]+\.(jsonc|json5|code-workspace))$"
)
_LINES_OF_JSON = re.compile(r"\.(jsonl|ndjson)$", re.IGNORECASE)
# Every alternative also matches its unclosed form, so that no character is looked at twice.
_STRING = r'"(?:[^"\\\n]|\\.)*(?:"|(?=\n)|\Z)'
_COMMENT_OR_STRING = re.compile(rf"{_STRING}|//[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_TRAILING_COMMA_OR_STRING = re.compile(rf"{_STRING}|,(?=\s*[}}\]])", re.DOTALL)
_TOML_LINE = re.compile(r"at line (\d+)")
TEMPLATE_MARKS = ("{{", "{%", "<%")

Fault = tuple[int | None, str]
DataParser = Callable[[str], Fault | None]
TOO_DEEP = "The values are nested too deeply to be parsed."


def data_fault(path: str, part: Part) -> Finding | None:
    """What the reader of a format says first; None also for what is no format of data."""
    parse = parse_json_with_comments if _JSON_WITH_COMMENTS.search(path) else PARSERS.get(part.language)
    if parse is None or _LINES_OF_JSON.search(path):
        return None
    tool = "json" if parse in (parse_json, parse_json_with_comments) else part.language
    fault = parse(part.text)
    if fault is None:
        return None
    line, message = fault
    rule = "too_deep" if message == TOO_DEEP else "syntax"
    return Finding(tool=tool, rule=rule, line=part.first_line - 1 + line if line else None, message=message)


def parse_json(source: str) -> Fault | None:
    try:
        json.loads(source.removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        return error.lineno, f"{error.msg}."
    except ValueError as error:
        return None, f"{error}."
    except RecursionError:
        return None, TOO_DEEP
    return None


def parse_json_with_comments(source: str) -> Fault | None:
    """As the readers of tsconfig.json and its kin do: comments and trailing commas are allowed."""
    bare = _COMMENT_OR_STRING.sub(_blank_comment, source)
    return parse_json(_TRAILING_COMMA_OR_STRING.sub(lambda m: "" if m[0] == "," else m[0], bare))


def _blank_comment(match: re.Match[str]) -> str:
    text = match[0]
    return text if text.startswith('"') else "\n" * text.count("\n")


def parse_toml(source: str) -> Fault | None:
    try:
        tomllib.loads(source.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        line = _TOML_LINE.search(str(error))
        return int(line[1]) if line else None, f"{error}."
    except RecursionError:
        return None, TOO_DEEP
    return None


def parse_yaml(source: str) -> Fault | None:
    """Reads the events only: no object is built, so aliases cannot multiply. Templates are not YAML yet."""
    if any(mark in source for mark in TEMPLATE_MARKS):
        return None
    try:
        for _ in yaml.parse(source, Loader=yaml.CSafeLoader):
            pass
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        return mark.line + 1 if mark else None, f"{error.problem or error.context}."
    except yaml.YAMLError as error:
        return None, f"{error}."
    return None


def parse_xml(source: str) -> Fault | None:
    """No entity is looked up outside, and expat stops those that multiply. Templates are not XML yet."""
    if any(mark in source for mark in TEMPLATE_MARKS) or not source.lstrip("\ufeff \t\r\n").startswith("<"):
        return None
    parser = expat.ParserCreate("utf-8")
    try:
        parser.Parse(source.removeprefix("\ufeff").encode(errors="replace"), True)
    except expat.ExpatError as error:
        return error.lineno, f"{expat.ErrorString(error.code)}.".capitalize()
    return None


# By the slug of the language.
PARSERS: dict[str, DataParser] = {
    "json": parse_json,
    "notebook": parse_json,
    "toml": parse_toml,
    "yaml": parse_yaml,
    "xml": parse_xml,
    "svg": parse_xml,
}
