"""Which files of a project one starts with: what is run first, or opened first."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from generation.pipeline.records import ProjectFile

MAX_ENTRY_POINTS = 8
MAX_READ_CHARS = 200_000

# Patterns of paths, the first come first: a dot is a dot, `**/` any folders. They are looked for below any
# two folders, so that the parts of a larger project are found too.
_PATHS = """
    manage.py  artisan  config.ru
    index.html  public/index.html  src/index.html
    src/main.[jt]sx?  src/index.[jt]sx?
    server.[cm]?[jt]s  src/server.[jt]s  app.[cm]?[jt]s  src/app.[jt]s  index.[cm]?[jt]sx?  main.[cm]?[jt]sx?
    main.py  app.py  app/main.py  src/main.py  run.py  server.py  bot.py  cli.py  streamlit_app.py
    \\w+/__main__.py
    main.go  cmd/[\\w-]+/main.go  src/main.rs  src/bin/\\w+.rs
    Program.cs  Main.java  **/\\w*Application.java  Main.kt  **/(?:Main|Application|MainActivity).kt
    main.c(?:pp|c|xx)?  src/main.c(?:pp|c|xx)?  lib/main.dart  bin/main.dart  main.dart
    **/\\w+App.swift  main.swift
    public/index.php  index.php  main.rb  app.rb  main.lua  main.tf  script.sh
    docker-compose.ya?ml  compose.ya?ml  schema.sql
"""
_PATHS_OF_FRAMEWORK = {
    "nextjs": "(?:src/)?app/page.[jt]sx?  (?:src/)?app/layout.[jt]sx?  (?:src/)?pages/index.[jt]sx?",
    "nuxt": "(?:app/)?app.vue  (?:app/)?pages/index.vue",
    "sveltekit": "src/routes/\\+page.svelte  src/routes/\\+layout.svelte",
    "astro": "src/pages/index.astro",
    "react-native": "App.[jt]sx?  app/_layout.[jt]sx?  app/index.[jt]sx?  index.js",
    "laravel": "routes/web.php  routes/api.php",
    "rails": "config/routes.rb",
    "vue": "src/main.[jt]s  index.html",
}
_ELSEWHERE = re.compile(
    r"(?:^|/)(?:tests?|__tests__|spec|examples?|docs|templates|views|vendor|node_modules)/"
)
_RUN_BY_NODE = re.compile(
    r"\b(?:node|nodemon|ts-node|tsx|bun|deno run)(?: (?:watch|--?[\w-]+))* ([\w./-]+\.[cm]?[jt]s)\b"
)
# By the slug of the language: what only a program has that can be started.
_STARTS = {
    "python": r"^if __name__ ==",
    "go": r"^func main\(\)",
    "rust": r"^(?:async )?fn main\(",
    "java": r"\bstatic void main\(",
    "csharp": r"\bstatic (?:async )?(?:void|int|Task(?:<int>)?) Main\(",
    "kotlin": r"^fun main\(",
    "c": r"^(?:int|void) main\s?\(",
    "cpp": r"^(?:int|auto) main\s?\(",
    "dart": r"^(?:void )?main\(",
    "swift": r"^@main\b",
    "html": r"(?i)<html\b",
    "bash": r"\A#!",
}


def find_entry_points(files: Iterable[ProjectFile], framework: str) -> tuple[str, ...]:
    """Paths, the most important first; `framework` is a slug. Empty where nothing can be started."""
    files = [file for file in files if not _ELSEWHERE.search(file.path)]
    found = dict.fromkeys(
        [
            *_by_path(files, _PATHS_OF_FRAMEWORK.get(framework, "")),
            *_declared(files),
            *_by_path(files, _PATHS),
        ]
    )
    found = found or dict.fromkeys(_by_content(files))
    if not found and len(files) == 1:
        found = {files[0].path: None}
    return tuple(found)[:MAX_ENTRY_POINTS]


def _by_path(files: Sequence[ProjectFile], patterns: str) -> Iterator[str]:
    for pattern in patterns.split():
        matches = _compiled(pattern).fullmatch
        yield from sorted((file.path for file in files if matches(file.path)), key=_depth)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    pattern = pattern.replace(".", r"\.").replace("**/", "(?:.*/)?")
    return re.compile(rf"(?:[\w-]+/){{0,2}}{pattern}")


def _depth(path: str) -> tuple[int, str]:
    return path.count("/"), path


def _declared(files: Sequence[ProjectFile]) -> Iterator[str]:
    """What `package.json` says to be run."""
    paths = {file.path for file in files}
    for file in files:
        folder, _, name = file.path.rpartition("/")
        if name == "package.json" and len(file.content) <= MAX_READ_CHARS:
            for target in _targets(file.content):
                path = f"{folder}/{target}".lstrip("/")
                if path in paths:
                    yield path


def _targets(package: str) -> Iterator[str]:
    try:
        declared = json.loads(package)
    except (ValueError, RecursionError):
        return
    if not isinstance(declared, dict):
        return
    scripts = declared.get("scripts")
    commands = [scripts.get("start"), scripts.get("dev")] if isinstance(scripts, dict) else []
    for command in commands:
        if isinstance(command, str) and (run := _RUN_BY_NODE.search(command[:1000])):
            yield run[1].removeprefix("./")
    if isinstance(main := declared.get("main"), str):
        yield main.removeprefix("./")


def _by_content(files: Sequence[ProjectFile]) -> Iterator[str]:
    for file in files:
        pattern = _STARTS.get(file.language)
        if pattern and re.search(pattern, file.content[:MAX_READ_CHARS], re.MULTILINE):
            yield file.path
