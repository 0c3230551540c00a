"""What a prompt says, apart from the code that is pasted into it."""

import re
from collections.abc import Iterator, Sequence

from generation.pipeline.detect_framework.code_lines import is_code

_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})", re.MULTILINE)
_INFO = re.compile(r"^[ \t]*(?:`{3,}|~{3,})[ \t]*([\w#+.-]+)", re.MULTILINE)
_MAX_FENCES = 20
_HEAD, _TAIL = 24_000, 8_000
_URL = re.compile(r"https?://[^\s<>\"')]{1,2000}|\bwww\.[^\s<>\"')]{1,500}")

_INDENTS = ("  ", "\t")


def scanned_part(prompt: str) -> str:
    """The beginning and the end of a long prompt; line breaks that came escaped are line breaks again."""
    if "\\n" in prompt and "\n" not in prompt.strip():
        prompt = prompt.replace("\\n", " \n")
    return prompt if len(prompt) <= _HEAD + _TAIL else f"{prompt[:_HEAD]}\n{prompt[-_TAIL:]}"


def prose_of(prompt: str) -> str:
    """The prompt with blanks in the place of pasted code and addresses: offsets stay."""
    pieces: list[str] = []
    for is_fenced, part in _fenced_parts(prompt):
        if is_fenced:
            pieces.append(_blank(part))
        else:
            pieces.extend(_without_code(part.splitlines(keepends=True)))
    return _URL.sub(lambda address: " " * len(address[0]), "".join(pieces))


def fence_languages(prompt: str) -> list[str]:
    """What the info strings of its fences begin with."""
    return [name.lower() for name in _INFO.findall(prompt)[:_MAX_FENCES]]


def _fenced_parts(prompt: str) -> list[tuple[bool, str]]:
    """A fence that is not closed goes on to the end."""
    parts: list[tuple[bool, str]] = []
    at, open_fence = 0, ""
    for fence in _FENCE.finditer(prompt):
        if not open_fence:
            parts.append((False, prompt[at : fence.start()]))
            at, open_fence = fence.start(), fence[1]
        elif fence[1].startswith(open_fence):
            line_end = prompt.find("\n", fence.end())
            line_end = len(prompt) if line_end < 0 else line_end
            parts.append((True, prompt[at:line_end]))
            at, open_fence = line_end, ""
    parts.append((bool(open_fence), prompt[at:]))
    return parts


def _without_code(lines: Sequence[str]) -> Iterator[str]:
    """An indented line goes on with the code before it."""
    was_code = False
    for line in lines:
        was_code = is_code(line) or (was_code and line.startswith(_INDENTS))
        yield _blank(line) if was_code else line


def _blank(text: str) -> str:
    return "".join("\n" if char == "\n" else " " for char in text) if "\n" in text else " " * len(text)
