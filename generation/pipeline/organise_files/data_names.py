"""Names of JSON and YAML by their keys of the first level."""

import re
from collections.abc import Iterator

Keys = frozenset[str]
_TOKEN = re.compile(r'"(?P<text>(?:[^"\\\n]|\\.)*+)"(?P<colon>\s*:)?|(?P<open>[{\[])|(?P<close>[}\]])')
_YAML_KEY = re.compile(r"^(?:- )?['\"]?(?P<key>[A-Za-z_$][\w.$/-]*)['\"]?:(?:\s|$)", re.MULTILINE)
_KIND = re.compile(r"^kind:\s*['\"]?(?P<kind>[A-Za-z]\w*)", re.MULTILINE)

# A file is the first of which it has one of the sets of keys.
_JSON_FILES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("notebook.ipynb", ("cells nbformat", "cells metadata")),
    ("composer.json", ("autoload", "require-dev", "name require")),
    ("angular.json", ("newProjectRoot", "$schema projects")),
    (
        "package.json",
        ("dependencies", "devDependencies", "name scripts", "name version main", "scripts type"),
    ),
    ("tsconfig.json", ("compilerOptions",)),
    ("manifest.json", ("manifest_version",)),
    ("public/manifest.json", ("short_name", "start_url")),
    ("openapi.json", ("openapi", "swagger")),
    (".eslintrc.json", ("parserOptions", "extends rules", "env rules")),
    (".prettierrc", ("singleQuote", "tabWidth", "printWidth", "trailingComma")),
    ("babel.config.json", ("presets",)),
    ("vercel.json", ("rewrites", "builds routes")),
    ("firebase.json", ("hosting", "firestore")),
    ("app.json", ("expo",)),
    ("appsettings.json", ("ConnectionStrings", "AllowedHosts", "Logging")),
    ("launchSettings.json", ("iisSettings", "profiles")),
    ("schema.json", ("$schema properties", "$id properties")),
    (".devcontainer/devcontainer.json", ("customizations", "postCreateCommand")),
    ("data.geojson", ("features type",)),
    ("components.json", ("aliases tailwind",)),
    ("turbo.json", ("pipeline", "tasks $schema")),
)
_YAML_FILES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("openapi.yaml", ("openapi", "swagger")),
    (".github/workflows/ci.yml", ("on jobs", "true jobs")),
    ("docker-compose.yml", ("services",)),
    ("pubspec.yaml", ("name environment dependencies", "name flutter", "dev_dependencies")),
    ("Chart.yaml", ("apiVersion name version", "apiVersion appVersion")),
    ("serverless.yml", ("service provider",)),
    ("template.yaml", ("AWSTemplateFormatVersion", "Resources")),
    ("prometheus.yml", ("scrape_configs",)),
    (".gitlab-ci.yml", ("stages",)),
    ("environment.yml", ("channels", "name dependencies")),
    ("mkdocs.yml", ("site_name",)),
    (".pre-commit-config.yaml", ("repos",)),
    ("playbook.yml", ("hosts",)),
    ("src/main/resources/application.yml", ("spring",)),
    ("kustomization.yaml", ("resources",)),
    ("pnpm-workspace.yaml", ("packages",)),
    ("azure-pipelines.yml", ("trigger pool", "trigger steps")),
    ("_config.yml", ("baseurl", "plugins theme")),
)


def name_of_json(head: str) -> str | None:
    return _name_by(frozenset(_top_keys(head)), _JSON_FILES)


def name_of_yaml(head: str) -> str | None:
    keys = frozenset(match["key"] for match in _YAML_KEY.finditer(head))
    if {"apiVersion", "kind"} <= keys and (kind := _KIND.search(head)):
        return f"k8s/{kind['kind'].lower()}.yaml"
    return _name_by(keys, _YAML_FILES)


def _name_by(keys: Keys, files: tuple[tuple[str, tuple[str, ...]], ...]) -> str | None:
    return next((name for name, sets in files if any(keys.issuperset(words.split()) for words in sets)), None)


def _top_keys(head: str) -> Iterator[str]:
    depth = 0
    for match in _TOKEN.finditer(head):
        if match["open"]:
            depth += 1
        elif match["close"]:
            depth -= 1
        elif match["colon"] and depth == 1:
            yield match["text"]
