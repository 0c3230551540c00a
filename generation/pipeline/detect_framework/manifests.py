"""Dependency files that are pasted into a prompt: package.json, requirements.txt, pom.xml and the like."""

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass

from generation.frameworks import Framework

_PACKAGE_WEIGHT, _FALLBACK_WEIGHT = 4.0, 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class _Manifest:
    """A kind of manifest: what shows that there is one, where its packages stand, and for what."""

    shown_by: str
    packages: str
    languages: frozenset[str]
    fallback: str

    def is_in(self, prompt: str) -> bool:
        return re.search(self.shown_by, prompt, re.MULTILINE) is not None

    def packages_in(self, prompt: str) -> set[str]:
        matches = re.finditer(self.packages, prompt, re.MULTILINE)
        return {group.lower() for match in matches for group in match.groups() if group}


_VERSION = r"[\"']?[~^>=<*]{0,2}\d"
_EXTRAS = r"(?:\[[\w,]+\])?"
_MANIFESTS = {
    # composer.json comes before package.json: both are JSON with versions.
    "composer.json": _Manifest(
        shown_by=r'"require(?:-dev)?"\s*:\s*\{',
        packages=rf'"([\w.-]+(?:/[\w.-]+)?)"\s*:\s*{_VERSION}',
        languages=frozenset({"php"}),
        fallback="php",
    ),
    "package.json": _Manifest(
        shown_by=r'"(?:dev|peer)?[dD]ependencies"\s*:\s*\{|"@?[a-z][\w./-]*"\s*:?\s*"[~^]\d|package\.json',
        packages=rf'"(@?[a-z][\w./-]*)"\s*:\s*(?:{_VERSION}|"(?:latest|workspace:))',
        languages=frozenset({"javascript", "typescript", "html"}),
        fallback="javascript",
    ),
    "requirements.txt": _Manifest(
        shown_by=rf"^[A-Za-z][\w.-]*{_EXTRAS}[ \t]*(?:==|~=|>=)[ \t]*\d",
        packages=rf"^([A-Za-z][\w.-]*){_EXTRAS}[ \t]*(?:[=~><]=?[ \t]*\d|$)",
        languages=frozenset({"python"}),
        fallback="python",
    ),
    "pyproject.toml": _Manifest(
        shown_by=r"^\[(?:project|tool\.poetry[\w.]*|build-system)\]|^dependencies\s*=\s*\[",
        packages=rf"^[ \t]*[\"']?([A-Za-z][\w.-]*){_EXTRAS}[\"']?[ \t]*[=~><,\]]|[\[,]\s*\"([A-Za-z][\w-]*)",
        languages=frozenset({"python"}),
        fallback="python",
    ),
    "Cargo.toml": _Manifest(
        shown_by=r"^\[(?:package|workspace|(?:dev-|build-)?dependencies)\]|^edition\s*=\s*\"20",
        packages=r"^([a-z][\w-]*)[ \t]*=",
        languages=frozenset({"rust"}),
        fallback="rust",
    ),
    "go.mod": _Manifest(
        shown_by=r"^go 1\.\d+|^module\s+[\w.-]+/",
        packages=r"^[ \t]*(?:require[ \t]+)?([\w.-]+\.[a-z]+/[\w./-]+)\s+v\d",
        languages=frozenset({"go"}),
        fallback="go",
    ),
    "pom.xml": _Manifest(
        shown_by=r"<groupId>|<parent>\s*<",
        packages=r"<(?:groupId|artifactId)>([\w.-]+)</",
        languages=frozenset({"java", "kotlin"}),
        fallback="java",
    ),
    "build.gradle": _Manifest(
        shown_by=r"\b(?:implementation|testImplementation|api)[ (][\"']|^plugins\s*\{",
        packages=r"\b(?:implementation|testImplementation|api|id)\s*\(?\s*[\"']([\w.:-]+)",
        languages=frozenset({"java", "kotlin"}),
        fallback="kotlin",
    ),
    "Gemfile": _Manifest(
        shown_by=r"^[ \t]*gem [\"']|rubygems\.org",
        packages=r"\bgem\s+[\"']([\w-]+)",
        languages=frozenset({"ruby"}),
        fallback="ruby",
    ),
    "pubspec.yaml": _Manifest(
        shown_by=r"^[ \t]*sdk:\s*flutter|^[ \t]*flutter:[ \t]*$",
        packages=r"^[ \t]*(flutter):",
        languages=frozenset({"dart"}),
        fallback="flutter",
    ),
    ".csproj": _Manifest(
        shown_by=r"<Project Sdk=|<PackageReference\s",
        packages=r"(?:Sdk|Include)=\"([\w.]+)",
        languages=frozenset({"csharp"}),
        fallback="csharp",
    ),
}


def manifest_scores(prompt: str, frameworks: Mapping[str, Framework]) -> dict[str, float]:
    """How much each framework is betrayed by the first manifest in the prompt."""
    manifest = next((one for one in _MANIFESTS.values() if one.is_in(prompt)), None)
    if manifest is None:
        return {}
    packages = manifest.packages_in(prompt)
    candidates = [one for one in frameworks.values() if one.language in manifest.languages]
    scores = {one.slug: _PACKAGE_WEIGHT * _known(one, packages) for one in candidates}
    scores[manifest.fallback] = scores.get(manifest.fallback, 0.0) + _FALLBACK_WEIGHT
    return {slug: score for slug, score in scores.items() if score}


def _known(framework: Framework, packages: Set[str]) -> int:
    return sum(any(_is(name, package) for name in framework.packages) for package in packages)


def _is(name: str, package: str) -> bool:
    """Names with dots stand for all that begins with them ("org.springframework" and its artifacts)."""
    name = name.lower()
    return package == name or ("." in name and package.startswith(name))
