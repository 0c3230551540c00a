"""Is a line code? By how it begins, else by how it ends."""

import re

_LONGEST = 400  # characters; a longer line is taken for prose
_BULLETS = ("- ", "* ", "• ")
_ENDS = frozenset(";{}()=>,:\\-")

_BEGINNINGS = {
    "an import": r"""(?:from\s+[\w.]+\s+)?import\s+[\w.*{},\s]{1,80}?(?:;|\bas\s+\w+|\bfrom\s*['"].*)?\s*$""",
    "an import of a part": r"from\s+[\w.]+\s+import\b",
    "an include": r"\#include\b",
    "the use of a package": r"(?:using|package|namespace|use)\s+[\w.:\\]+;\s*$",
    "a package": r"package\s+\w+\s*$|module\s+[\w.-]+/[\w./-]+\s*$|defmodule\s|module\s+\w+.*\bwhere\s*$",
    "a shebang": r"\#!/",
    "a comment": r"//\s|/\*\*?|\*/|<!--",
    "a tag": r"</?[a-zA-Z][\w:.-]*(?:\s[^<>]*)?/?>|<\?(?:php|xml|=)|<!doctype",
    "a decorator": r"@[A-Za-z][\w.]*(?:\([^)]*\)?)?\s*$|@(?:app|router|bp)\.\w+\(",
    "a function": r"(?:async\s+)?(?:def|fn|func|fun|function)\s+\w*\s*[(<]",
    "a class": (
        r"(?:class|struct|interface|enum|trait|impl|module|namespace|data\s+class|case\s+class|object)"
        r"\s+[A-Z_]\w*\s*(?:[<(:{]|extends\b|implements\b|$)"
    ),
    "a modifier": (
        r"(?:pub|public|private|protected|internal|static|export|override|abstract|final|suspend)"
        r"\s.*[({;=]\s*$"
    ),
    "a variable": r"(?:const|let|var|val|local|my)\s+[\w{\[$%@(].*=",
    "an assignment": r"""[\w$.\[\]'"]+\s*(?::=|\+=|-=|=)\s*(?:[\d\["'{(]|new\s|await\s|\w+[(.\[])""",
    "a call": r"[\w$]+(?:\.\w+)*\([^)]*\)?.{0,200}?[;{)]?\s*$",
    "a condition": r"(?:if|for|while|switch|elif|else\s+if)\s*\(.*\)",
    "a statement": r"""(?:return|throw|yield|await|raise|puts|echo|print)\s.*[;(\])"']\s*$""",
    "a key": r'"[^"]{1,80}"\s*:\s',
    "a requirement": r"""[\w.-]+(?:\[[\w,]+\])?\s*(?:==|~=|>=)\s*\d|gem\s+['"]""",
    "a section": r"""\[\w[\w.-]*\]\s*$|resource\s+\"""",
    "a traceback": (
        r"""Traceback\s\(most|File\s+"[^"]{1,200}",\sline|\s+at\s[\w.$<>]+[\s(]|\w*(?:Error|Exception)\b:\s"""
    ),
    "a query": (
        r"(?:SELECT|INSERT\sINTO|UPDATE\s\w+\sSET|DELETE\sFROM"
        r"|(?:CREATE|ALTER|DROP)\s(?:TABLE|VIEW|INDEX|FUNCTION)|FROM|WHERE|GROUP\sBY|ORDER\sBY|LEFT\sJOIN|INNER\sJOIN|JOIN|HAVING)\s.{0,200}[,;()*=.]"
    ),
    "a command": r"\$\s+\w+",
    "an end": r"[}\])]+[;,]?\s*$|end\s*$|\{\s*$",
}
_BEGINS_LIKE_CODE = re.compile(rf"\s*(?:{'|'.join(_BEGINNINGS.values())})")
_ENDS_LIKE_CODE = re.compile(r"(?:\)\s*\{|=>\s*\{?|[)\]\w\"'}]\s*;|\}\s*[);,]+|\{|\):|->|\(\s*|\\)\s*$")
_BEGINS_LIKE_PROSE = re.compile(r"[\s*•#>\d.)-]*[^\W\d_]+(?:,? [^\W\d_]+(?:['’]\w+|\+\+|#)?){3,}")


def is_code(line: str) -> bool:
    line = line.rstrip()
    if not line or len(line) > _LONGEST:
        return False
    if _BEGINS_LIKE_CODE.match(line):
        return True
    if line[-1] not in _ENDS or not _ENDS_LIKE_CODE.search(line, max(0, len(line) - 40)):
        return False
    return not _BEGINS_LIKE_PROSE.match(line) and not line.lstrip().startswith(_BULLETS)
