"""Files of settings: `NAME=value`, a line each, as shells and Docker write them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

NAME = r"[A-Za-z_]\w*"
ASSIGNMENT = re.compile(rf"(?P<before>\s*(?:export\s+)?(?P<name>{NAME})\s*=\s*)(?P<value>.*)", re.ASCII)
ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


class MalformedLine(ValueError):
    """Says which line, and not what stands in it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """As it stands in the file: `before` and `value` together. Without a name it is empty or a comment."""

    before: str
    name: str | None = None
    value: str = ""


def read_lines(text: str) -> Iterator[Line]:
    """Raises `MalformedLine`."""
    for number, raw in enumerate(text.splitlines(), start=1):
        match = ASSIGNMENT.fullmatch(raw)
        if match:
            yield Line(before=match["before"], name=match["name"], value=match["value"])
        elif not raw.strip() or raw.lstrip().startswith("#"):
            yield Line(before=raw)
        else:
            raise MalformedLine(f"Line {number} is neither NAME=value nor a comment.")


def read_values(text: str) -> dict[str, str]:
    """Raises `MalformedLine`."""
    return {line.name: unquote(line.value) for line in read_lines(text) if line.name}


def unquote(value: str) -> str:
    """Without its quotes; without them, up to a comment. In double quotes a backslash escapes."""
    value = value.strip()
    for quote in ("'", '"'):
        end = _closing(value, quote)
        if end is not None:
            inner = value[1:end]
            return inner if quote == "'" else re.sub(r"\\(.)", _unescape, inner)
    if value.startswith("#"):
        return ""
    return value.partition(" #")[0].rstrip()


def quote(value: str) -> str:
    """What `unquote` makes the same value of."""
    if value == unquote(value) and "\n" not in value:
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    for letter, character in ESCAPES.items():
        escaped = escaped.replace(character, f"\\{letter}")
    return f'"{escaped}"'


def _closing(value: str, quote: str) -> int | None:
    """Where the value that begins with this quote ends; nothing but a comment may follow."""
    pattern = r"'[^']*'" if quote == "'" else r'"(?:[^"\\]|\\.)*"'
    match = re.match(rf"({pattern})\s*(?:#.*)?$", value)
    return match.end(1) - 1 if match else None


def _unescape(match: re.Match[str]) -> str:
    return ESCAPES.get(match[1], match[1])
