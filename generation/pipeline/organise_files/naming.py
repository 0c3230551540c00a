"""A name for a file that the model gave none: from its language, its framework's conventions and its first lines."""

import re
from pathlib import PurePosixPath

from generation.frameworks import Framework
from generation.frameworks.languages import LANGUAGES
from generation.pipeline.organise_files.conventions import RULES
from generation.pipeline.organise_files.data_names import name_of_json, name_of_yaml
from generation.pipeline.organise_files.sniffing import language_of_text

MAX_HEAD_CHARS = 4096
# What a fence calls the file in place of its language.
_FILES_AS_LANGUAGES = {
    "gitignore": ".gitignore", "dockerignore": ".dockerignore", "editorconfig": ".editorconfig", "npmrc": ".npmrc",
    "procfile": "Procfile", "caddyfile": "Caddyfile", "license": "LICENSE", "gomod": "go.mod", "go.mod": "go.mod",
    "requirements": "requirements.txt", "pip-requirements": "requirements.txt", "gemfile": "Gemfile",
    "jenkinsfile": "Jenkinsfile", "vagrantfile": "Vagrantfile", "justfile": "justfile",
    "htaccess": ".htaccess", "prettierrc": ".prettierrc", "eslintrc": ".eslintrc.json", "robots": "robots.txt",
}  # fmt: skip
_EXTENSIONS = {"javascript": "js", "jsx": "jsx", "typescript": "ts", "tsx": "tsx", "python": "py"}


def name_for(head: str, language: str | None, framework: Framework) -> str:
    """A relative path, not yet safe nor its own. `head` are the first lines, or all of them."""
    head = head[:MAX_HEAD_CHARS].lstrip("\ufeff")
    if language in _FILES_AS_LANGUAGES:
        return _FILES_AS_LANGUAGES[language]
    if language is None or language == "text":
        language = language_of_text(head) or language or framework.language
    return _by_content(head, language, framework) or _conventional(language, framework)


def _by_content(head: str, language: str, framework: Framework) -> str | None:
    if language in {"json", "jsonc"}:
        return name_of_json(head)
    if language == "yaml":
        return name_of_yaml(head)
    for rule in RULES.get(language, ()):
        if rule.frameworks and framework.slug not in rule.frameworks:
            continue
        groups = rule.groups(head)
        if groups is not None:
            return _filled_in(rule.path, groups, language, framework)
    return None


def _filled_in(path: str, groups: dict[str, str], language: str, framework: Framework) -> str:
    name = groups.get("name", "")
    package = groups.get("package", "").replace("\\", ".").strip(".")
    return path.format(
        name=name,
        snake=snake_case(name),
        kebab=snake_case(name).replace("_", "-"),
        camel=name[:1].lower() + name[1:],
        package="/".join(package.split(".")) + "/" if package else "",
        base=_base(language, framework),
        usual=_conventional(language, framework),
        ext=_EXTENSIONS.get(language, ""),
    )


def _base(language: str, framework: Framework) -> str:
    """The folder of the framework's sources, with its slash; empty for the root."""
    usual = framework.files.get(language) or next(iter(framework.files.values()), "")
    folder = str(PurePosixPath(usual).parent)
    return "src/" if folder.startswith("src") else ""


def _conventional(language: str, framework: Framework) -> str:
    if name := framework.files.get(language):
        return name
    known = LANGUAGES.get(language)
    return known.file if known else "notes.txt"


def snake_case(name: str) -> str:
    """`HTTPServerError` is `http_server_error`."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[\s.-]+", "_", name)
    return spaced.lower().strip("_")
