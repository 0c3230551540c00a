"""What a prompt says, apart from the code that is pasted into it."""

import re
from collections.abc import Iterator, Sequence

_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})", re.MULTILINE)
_INFO = re.compile(r"^[ \t]*(?:`{3,}|~{3,})[ \t]*([\w#+.-]+)", re.MULTILINE)
_MAX_FENCES = 20
_HEAD, _TAIL = 24_000, 8_000
_URL = re.compile(r"https?://[^\s<>\"')]{1,2000}|\bwww\.[^\s<>\"')]{1,500}")

# A line is code when it begins like code,
_BEGINS_LIKE_CODE = re.compile(
    r"""\s*(?:
        (?:from\s+[\w.]+\s+)?import\s+[\w.*{},\s]{1,80}?(?:;|\bas\s+\w+|\bfrom\s*['"].*)?\s*$ | from\s+[\w.]+\s+import\b
      | \#include\b | \#!/ | //(?=\s) | /\*\*? | \*/ | <!-- | </?[a-zA-Z][\w:.-]*(?:\s[^<>]*)?/?> | <\?(?:php|xml|=) | <!doctype
      | @[A-Za-z][\w.]*(?:\([^)]*\)?)?\s*$ | @(?:app|router|bp)\.\w+\(
      | (?:async\s+)?(?:def|fn|func|fun|function)\s+\w*\s*[(<] | (?:pub|public|private|protected|internal|static|export|override|abstract|final|suspend)\s.*[({;=]\s*$
      | (?:const|let|var|val|local|my)\s+[\w{\[$%@(].*= | (?:class|struct|interface|enum|trait|impl|module|namespace|data\s+class|case\s+class|object)\s+[A-Z_]\w*\s*(?:[<(:{]|extends\b|implements\b|$)
      | (?:if|for|while|switch|elif|else\s+if)\s*\(.*\)\s*\{? | (?:return|throw|yield|await|raise|puts|echo|print)\s.*[;(\])"']\s*$
      | (?:using|package|namespace|use)\s+[\w.:\\]+;\s*$ | package\s+\w+\s*$ | module\s+[\w.-]+/[\w./-]+\s*$
      | "[^"]{1,80}"\s*:\s | [\w.-]+(?:\[[\w,]+\])?\s*(?:==|~=|>=)\s*\d | \[\w[\w.-]*\]\s*$ | gem\s+['"]
      | Traceback\s\(most | File\s+"[^"]{1,200}",\sline | \s+at\s[\w.$<>]+[\s(] | \w*(?:Error|Exception)\b:\s
      | [\w$.\[\]'"]+\s*(?::=|\+=|-=|=)\s*(?:[\d\["'{(]|new\s|await\s|\w+[(.\[]) | [\w$]+(?:\.\w+)*\([^)]*\)?.{0,200}?[;{)]?\s*$
      | (?:SELECT|INSERT\sINTO|UPDATE\s\w+\sSET|DELETE\sFROM|(?:CREATE|ALTER|DROP)\s(?:TABLE|VIEW|INDEX|FUNCTION|DATABASE)|FROM|WHERE|GROUP\sBY|ORDER\sBY|LEFT\sJOIN|INNER\sJOIN|JOIN|HAVING)\s.{0,200}[,;()*=.]
      | [}\])]+[;,]?\s*$ | \$\s+\w+ | resource\s+" | end\s*$ | defmodule\s | module\s+\w+.*\bwhere\s*$ | \{\s*$
    )""",
    re.VERBOSE,
)
# or when it ends like it.
_ENDS_LIKE_CODE = re.compile(r"(?:\)\s*\{|=>\s*\{?|[)\]\w\"'}]\s*;|\}\s*[);,]+|\{|\):|->|\(\s*|\\)\s*$")
_BEGINS_LIKE_PROSE = re.compile(r"[\s*•#>\d.)-]*[^\W\d_]+(?:,? [^\W\d_]+(?:['’]\w+|\+\+|#)?){3,}")
_BULLETS = ("- ", "* ", "• ")
_INDENTS = ("  ", "\t")
_MAX_LINE = 400


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
        was_code = _is_code(line) or (was_code and line.startswith(_INDENTS))
        yield _blank(line) if was_code else line


def _is_code(line: str) -> bool:
    line = line.rstrip()
    if not line or len(line) > _MAX_LINE:
        return False
    if _BEGINS_LIKE_CODE.match(line):
        return True
    ends = line[-1] in ";{}()=>,:\\-" and bool(_ENDS_LIKE_CODE.search(line, max(0, len(line) - 40)))
    return ends and not _BEGINS_LIKE_PROSE.match(line) and not line.lstrip().startswith(_BULLETS)


def _blank(text: str) -> str:
    return "".join("\n" if char == "\n" else " " for char in text) if "\n" in text else " " * len(text)
