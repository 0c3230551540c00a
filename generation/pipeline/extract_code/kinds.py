"""Is an unnamed block a file, or something to read: commands, a tree, what a program printed?"""

import re

from generation.frameworks.languages import language_named

_SHELL = frozenset({"bash", "powershell", "batch"})
_TO_READ = frozenset(
    {
        "console",
        "terminal",
        "output",
        "shell-session",
        "shellsession",
        "stdout",
        "log",
        "logs",
        "tree",
        "commandline",
    }
)
_OPEN = frozenset({"", "text"})  # a block that says nothing about its language

_TREE_LINE = re.compile(r"[├└│┬─]|^\s*[|+`\\]\s*-{1,3}\s|^[ \t]*[\w.@()\[\]-]+/\s*(?:#.*)?$")
_DRAWN = re.compile(r"├|└|^\s*[|`+\\]--", re.MULTILINE)
_PROGRAM = re.compile(
    r"^#!|^\s*(?:function\s+[\w-]+|[\w-]+\s*\(\)\s*\{)|^\s*(?:if|elif|for|foreach|while|until|case|switch|try|param)\b.*|"
    r"^\s*(?:fi|done|esac)\b|^\s*set\s+-[a-z]*e|^\s*@echo\s+off|^\s*trap\s",
    re.MULTILINE | re.IGNORECASE,
)
_COMMAND = re.compile(
    r"^\s*(?:[$>%#]\s+|PS\s.*>|[A-Z]:\\.*>|sudo\s+|\./|(?:npm|npx|yarn|pnpm|bun|pip3?|pipx|poetry|uv|python3?|py|node|deno|go|cargo|"
    r"rustup|git|docker|docker-compose|kubectl|helm|terraform|cd|mkdir|touch|cp|mv|rm|ls|cat|echo|export|curl|wget|source|brew|"
    r"apt|apt-get|yum|dnf|make|cmake|gcc|g\+\+|clang|javac|java|mvn|gradle|\./gradlew|dotnet|php|composer|artisan|rails|bundle|gem|"
    r"ruby|flutter|dart|expo|eas|ng|vue|nest|nuxi|svelte|streamlit|uvicorn|flask|django-admin|conda|psql|mysql|redis-cli|nats|ssh|"
    r"scp|chmod|chown|systemctl|vercel|netlify|firebase|heroku|aws|gcloud|az|tsc|vite|jest|pytest|black|ruff|code|open|start|"
    r"virtualenv|activate|\.venv|venv|set|virtualenv|nano|vim|http-server|serve|live-server|ollama|psql|createdb|jupyter)\b(?!\s*[=(:{]))",
    re.IGNORECASE,
)
_PRINTED = re.compile(
    r"^\s*(?:Traceback \(most recent|File \".*\", line \d+|\w*(?:Error|Exception|Warning)\b:|\[\w+\]\s|https?://\S+\s*$|>>>\s)"
)
_CODE = re.compile(
    r"[;{}]\s*$|^\s*(?:def|class|import|from|function|const|let|var|return|public|private|package|using|#include|fn|func|if\s*\(|"
    r"for\s*\(|while\s*\(|SELECT|CREATE|INSERT|UPDATE|FROM|WHERE|elif|else:|try:|@\w+|<\?php|<!DOCTYPE|</?\w+[^>]*>|services:|\[[\w.-]+\]\s*$)"
    r"|^\s*[\w.\[\]\"'-]+\s*(?:=|:=|\+=)\s*\S|^\s*[\w.]+\(.*\)\s*;?\s*$|^\s*[\w-]+:\s*(?:\S.*)?$|=>|^\s*(?://|/\*|\*/|--\s)|:\s*$",
)


def needs_judging(language: str | None) -> bool:
    """True for the languages in which models write what is not a file as well."""
    slug = _slug(language)
    return slug in _SHELL or slug in _TO_READ or slug in _OPEN


def is_file(language: str | None, text: str) -> bool:
    """Judges the whole of an unnamed block."""
    slug = _slug(language)
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines or slug in _TO_READ or is_tree(lines):
        return False
    if slug in _SHELL:
        return bool(_PROGRAM.search(text))
    return not _is_commands(lines) and _is_code(lines, 0.34 if slug == "" else 0.6)


def is_tree(lines: list[str]) -> bool:
    """A directory tree, drawn or merely listed."""
    drawn = len(_DRAWN.findall("\n".join(lines)))
    if drawn >= 2:
        return True
    hits = sum(1 for line in lines if _TREE_LINE.search(line))
    return (
        hits >= 2
        and hits / len(lines) > 0.3
        and not any(line.rstrip().endswith((";", "{", "}")) for line in lines)
    )


def _is_commands(lines: list[str]) -> bool:
    told = [line for line in lines if not line.lstrip().startswith(("#", "//", "REM"))]
    return all(_COMMAND.match(line) for line in told)


def _is_code(lines: list[str], share: float) -> bool:
    printed = sum(1 for line in lines if _PRINTED.match(line))
    code = sum(1 for line in lines if _CODE.search(line))
    return printed < max(1, len(lines) * 0.2) and code >= max(1, len(lines) * share)


def _slug(language: str | None) -> str:
    language = (language or "").lower()
    if language in _TO_READ:
        return language
    return language_named(language) or language
