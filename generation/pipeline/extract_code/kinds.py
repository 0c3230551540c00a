"""Is an unnamed block a file, or something to read: commands, a tree, what a program printed?"""

import re

from generation.frameworks.languages import language_named

_SHELL = frozenset({"bash", "powershell", "batch"})
_TO_READ = frozenset(
    "console terminal output shell-session shellsession stdout log logs tree commandline".split()
)
MAX_JUDGED_CHARS = 300  # of a line
_OPEN = frozenset({"", "text"})  # a block that says nothing about its language

_DRAWN = re.compile(r"├|└|^\s*[|`+\\]--")
_LISTED = re.compile(r"[├└│─]|^[ \t]*[\w.@()\[\]-]+/\s*(?:#.*)?$")
_STATEMENT_ENDS = (";", "{", "}")

_PROGRAM = re.compile(
    r"^#!|^\s*(?:function\s+[\w-]+|[\w-]+\s*\(\)\s*\{)"
    r"|^\s*(?:if|elif|for|foreach|while|until|case|switch|try|param|fi|done|esac)\b"
    r"|^\s*set\s+-[a-z]*e|^\s*@echo\s+off|^\s*trap\s",
    re.MULTILINE | re.IGNORECASE,
)

_PROMPT = re.compile(r"^\s*(?:[$>%#]\s+|PS\s[^>]*>|[A-Z]:\\[^>]*>|\./|\.venv)")
_FIRST_WORD = re.compile(r"^\s*([\w.+-]+)(?!\s*[=(:{])(?:\s|$)")
_COMMANDS = frozenset(
    """
    activate apt apt-get artisan aws az black brew bun bundle cargo cat cd chmod chown clang cmake code
    composer conda cp createdb curl dart deno django-admin docker docker-compose dotnet eas echo expo export
    firebase flask flutter g++ gcc gcloud gem git go gradle helm heroku http-server java javac jest jupyter
    kubectl live-server ls make mkdir mv mvn mysql nano nats nest netlify ng node npm npx nuxi ollama open
    php pip pip3 pipx pnpm poetry psql py pytest python python3 rails redis-cli rm ruby ruff rustup scp serve
    set source ssh start streamlit sudo svelte systemctl terraform touch tsc uv uvicorn venv vercel vim
    virtualenv vite vue wget yarn yum dnf
    """.split()
)

_PRINTED = re.compile(
    r"^\s*(?:Traceback \(most recent|File \"[^\"]*\", line \d+|\w*(?:Error|Exception|Warning)\b:"
    r"|\[\w+\]\s|>>>\s|(?:https?://\S+|localhost:\d+\S*)\s*$)"
)
_CODE = re.compile(
    r"[;{}:]\s*$|=>|^\s*(?://|/\*|\*/|--\s)"
    r"|^\s*(?:def|class|import|from|function|const|let|var|return|public|private|package|using|fn|func)\b"
    r"|^\s*(?:SELECT|CREATE|INSERT|UPDATE|FROM|WHERE|elif)\b|^\s*(?:if|for|while)\s*\("
    r"|^\s*(?:#include|@\w|<\?php|<!DOCTYPE|</?\w[^>]*>|\[[\w.-]+\]\s*$)"
    r"|^\s*[\w.\[\]\"'-]+\s*(?:=|:=|\+=)\s*\S|^\s*[\w.]+\(.*\)\s*;?\s*$|^\s*[\w-]+:(?:\s|$)"
)
# The share of lines that must look like code: more of a block that calls itself text.
_ENOUGH_CODE = {"": 0.34, "text": 0.6}


def needs_judging(language: str | None) -> bool:
    """True for the languages in which models write what is not a file as well."""
    slug = _slug(language)
    return slug in _SHELL or slug in _TO_READ or slug in _OPEN


def is_file(language: str | None, text: str) -> bool:
    """Judges the whole of an unnamed block."""
    slug = _slug(language)
    lines = [line[:MAX_JUDGED_CHARS] for line in text.splitlines() if line.strip()]
    if not lines or slug in _TO_READ or is_tree(lines):
        return False
    if slug in _SHELL:
        return bool(_PROGRAM.search(text))
    return not _are_commands(lines) and _is_code(lines, _ENOUGH_CODE.get(slug, 0.0))


def is_tree(lines: list[str]) -> bool:
    """A directory tree, drawn or merely listed."""
    if sum(1 for line in lines if _DRAWN.search(line)) >= 2:
        return True
    listed = sum(1 for line in lines if _LISTED.search(line))
    has_statements = any(line.rstrip().endswith(_STATEMENT_ENDS) for line in lines)
    return listed >= 2 and listed / len(lines) > 0.3 and not has_statements


def _are_commands(lines: list[str]) -> bool:
    return all(_is_command(line) for line in lines if not line.lstrip().startswith(("#", "//", "REM ")))


def _is_command(line: str) -> bool:
    if _PROMPT.match(line):
        return True
    word = _FIRST_WORD.match(line)
    return word is not None and word[1].lower() in _COMMANDS


def _is_code(lines: list[str], enough: float) -> bool:
    printed = sum(1 for line in lines if _PRINTED.match(line))
    code = sum(1 for line in lines if _CODE.search(line))
    return printed <= len(lines) * 0.2 and code >= max(1, len(lines) * enough)


def _slug(language: str | None) -> str:
    language = (language or "").lower()
    return language if language in _TO_READ else language_named(language) or language
