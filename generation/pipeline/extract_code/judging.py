"""Is a block a file, or something to read: commands, a tree, what a program printed?

A judge hears the block line by line and says so as soon as it knows: True for a file. It keeps counts
and no lines. Which judge a block gets depends on its name and on what its fence says of its language.
"""

import re
from typing import Literal, Protocol

from generation.frameworks.languages import language_named, language_of_path
from generation.pipeline.extract_code import line_kinds as kinds
from generation.pipeline.extract_code.names import Name

MAX_HEARD = 60  # lines that are not blank; by then it is clear what a block is

# What a fence says of its block: programs or commands, something to read, nothing, or a language.
Claim = Literal["shell", "to read", "nothing", "language"]

_SHELL = frozenset({"bash", "powershell", "batch"})
_TO_READ = frozenset(
    "console terminal output shell-session shellsession stdout stderr log logs tree commandline cli result ansi traceback".split()
)
_PROGRAM = re.compile(
    r"#!|\s*(?:function\s+[\w-]+|[\w-]+\s*\(\)\s*\{)"
    r"|\s*(?:if|elif|for|foreach|while|until|case|switch|try|param|fi|done|esac)\b"
    r"|\s*set\s+-[a-z]*[eu]|\s*@echo\s+off|\s*trap\s",
    re.IGNORECASE,
)
_OUTPUT = re.compile(  # in lower case, as patterns that ignore the case are slow
    r"\b(?:outputs?|results?|prints?|printed|displays?|logs?|console|terminal|traceback|error|responds?|response|structure|tree|layout"
    r"|ausgabe|ergebnis|sortie|résultat|salida|resultado|saída|risultato|вывод|результат)\b|输出|结果|出力|결과|출력"
)
# The share of lines that must look like code in a block of which nothing is known.
_ENOUGH = 0.34
_ENOUGH_OF_TEXT = 0.5  # where the fence says that it is text
_ENOUGH_OF_OUTPUT = 0.75  # where the line above says that it was printed
_ENOUGH_DRAWN = 2  # lines


class Judge(Protocol):
    def hear(self, line: str) -> bool | None:
        """At most MAX_JUDGED characters of it."""
        ...

    def end(self) -> bool: ...


def judge_for(name: Name | None, language: str | None, line_above: str) -> Judge:
    claim = _claim(language)
    if name and (claim == "language" or (claim == "shell" and language_of_path(name.path) in _SHELL)):
        return Certain(is_file=True)
    if claim == "to read" and not (name and name.is_sure):
        return Certain(is_file=False)
    if name:
        return UnlessInstructions()
    if claim == "shell":
        return IfProgram()
    if claim == "language":
        return UnlessShown(may_be_list=language_named(language or "") == "markdown")
    if _OUTPUT.search(line_above.lower()):
        return IfCode(_ENOUGH_OF_OUTPUT, counts_entries=False)
    return IfCode(_ENOUGH_OF_TEXT if language else _ENOUGH)


def _claim(language: str | None) -> Claim:
    word = (language or "").lower()
    slug = language_named(word) or word
    if word in _TO_READ:
        return "to read"
    if slug in _SHELL:
        return "shell"
    return "nothing" if slug in ("", "text") else "language"


class Certain:
    def __init__(self, *, is_file: bool) -> None:
        self._is_file = is_file

    def hear(self, line: str) -> bool | None:
        return self._is_file

    def end(self) -> bool:
        return self._is_file


class IfProgram:
    """Commands to type are no file; a script with functions or control flow is."""

    def hear(self, line: str) -> bool | None:
        return True if _PROGRAM.match(line) else None

    def end(self) -> bool:
        return False


class UnlessInstructions:
    """The block has a name, and is that file, unless all of it is commands to type, a tree or printed."""

    def __init__(self) -> None:
        self._is_heard = self._in_command = False

    def hear(self, line: str) -> bool | None:
        if not line.strip() or kinds.is_comment(line):
            return None
        if not self._is_heard and kinds.begins_session(line):
            return False
        self._is_heard = True
        # A word alone is an entry of a list: "flask".
        is_command = kinds.is_command(line) and " " in line.strip()
        self._in_command = is_command or (self._in_command and kinds.continues_command(line))
        is_shown = kinds.is_drawn(line) or kinds.is_folder(line) or kinds.is_printed(line)
        return None if self._in_command or is_shown else True

    def end(self) -> bool:
        return not self._is_heard


class UnlessShown:
    """The block is in a language, and a file, unless it is a tree, a session or a traceback.

    `may_be_list`: a tree need not be drawn.
    """

    def __init__(self, *, may_be_list: bool) -> None:
        self._may_be_list = may_be_list
        self._heard = 0

    def hear(self, line: str) -> bool | None:
        if not line.strip():
            return None
        self._heard += 1
        if self._heard == 1 and kinds.begins_session(line):
            return False
        is_listed = self._may_be_list and (kinds.is_listed(line) or " " not in line.strip())
        is_shown = is_listed or kinds.is_folder(line) or kinds.is_drawn(line) or kinds.is_printed(line)
        return None if is_shown and self._heard < MAX_HEARD else True

    def end(self) -> bool:
        return False


class IfCode:
    """Nothing is known of the block: most of its lines must look like code, and few like anything else."""

    def __init__(self, enough: float, *, counts_entries: bool = True) -> None:
        self._enough = enough
        self._counts_entries = counts_entries
        # How many lines there are, in all and of each kind.
        self._lines = self._drawn = self._commands = self._comments = 0
        self._listed = self._printed = self._statements = self._code = 0
        self._in_command = False

    def hear(self, line: str) -> bool | None:
        if line.strip():
            if not self._lines and kinds.begins_session(line):
                return False
            self._count(line)
        is_clear = self._lines >= MAX_HEARD or self._drawn >= _ENOUGH_DRAWN
        return self.end() if is_clear else None

    def end(self) -> bool:
        if self._is_tree() or self._printed > self._lines * 0.2:
            return False
        if self._commands and self._commands + self._comments >= self._lines:
            return False
        return self._code >= max(1, (self._lines - self._commands) * self._enough)

    def _count(self, line: str) -> None:
        self._lines += 1
        if kinds.is_drawn(line):
            self._drawn += 1
            return
        is_rest = self._in_command and kinds.continues_command(line)
        self._in_command = is_rest or kinds.is_command(line)
        self._commands += self._in_command
        if not is_rest:
            self._comments += kinds.is_comment(line)
            self._listed += kinds.is_listed(line)
            self._printed += kinds.is_printed(line)
            self._statements += kinds.ends_statement(line)
            self._code += kinds.is_code(line) or (self._counts_entries and kinds.is_entry(line))

    def _is_tree(self) -> bool:
        """Drawn, or merely listed."""
        is_list = self._listed >= 2 and self._listed > self._lines * 0.3 and not self._statements
        return is_list or self._drawn >= _ENOUGH_DRAWN
