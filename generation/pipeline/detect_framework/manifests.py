"""Dependency files that are pasted into a prompt: package.json, requirements.txt, pom.xml and the like."""

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass

from generation.frameworks import Framework

_PACKAGE_WEIGHT, _FALLBACK_WEIGHT = 4.0, 1.0


@dataclass(frozen=True, slots=True)
class _Manifest:
    """A kind of manifest: what shows that there is one, where its packages stand, and what it is written for."""

    shown_by: re.Pattern[str]
    package: re.Pattern[str]
    languages: frozenset[str]
    fallback: str


def _manifest(shown_by: str, package: str, languages: str, fallback: str) -> _Manifest:
    return _Manifest(
        re.compile(shown_by, re.MULTILINE),
        re.compile(package, re.MULTILINE),
        frozenset(languages.split()),
        fallback,
    )


_SCRIPTS = "javascript typescript html"
_VERSION = r"[\"']?[~^>=<*]{0,2}\d"
_MANIFESTS = (
    # composer.json comes before package.json: both are JSON with versions.
    _manifest(r'"require(?:-dev)?"\s*:\s*\{', rf'"([\w.-]+(?:/[\w.-]+)?)"\s*:\s*{_VERSION}', "php", "php"),
    _manifest(
        r'"(?:dev|peer)?[dD]ependencies"\s*:\s*\{|"(?:@?[a-z][\w./-]*)"\s*:?\s*"[~^]\d|package\.json',
        rf'"(@?[a-z][\w./-]*)"\s*:\s*(?:{_VERSION}|"(?:latest|workspace:))',
        _SCRIPTS,
        "javascript",
    ),
    _manifest(r"^[A-Za-z][\w.-]*(?:\[[\w,]+\])?\s*(?:==|~=|>=)\s*\d", r"^([A-Za-z][\w.-]*)(?:\[[\w,]+\])?\s*(?:[=~><]=?\s*\d|$)", "python", "python"),
    _manifest(r"^\[(?:project|tool\.poetry[\w.]*|build-system)\]|^dependencies\s*=\s*\[", r"^[ \t]*[\"']?([A-Za-z][\w.-]*)(?:\[[\w,]+\])?[\"']?\s*[=~><,\]]|[\[,]\s*\"([A-Za-z][\w-]*)", "python", "python"),
    _manifest(r"^\[(?:package|workspace|(?:dev-|build-)?dependencies)\]|^edition\s*=\s*\"20", r"^([a-z][\w-]*)\s*=", "rust", "rust"),
    _manifest(r"^go 1\.\d+|^module\s+[\w.-]+/", r"^[ \t]*(?:require[ \t]+)?([\w.-]+\.[a-z]+/[\w./-]+)\s+v\d", "go", "go"),
    _manifest(r"<groupId>|<parent>\s*<", r"<(?:groupId|artifactId)>([\w.-]+)</", "java kotlin", "java"),
    _manifest(r"\b(?:implementation|testImplementation|api)[ (][\"']", r"\b(?:implementation|testImplementation|api|id)\s*\(?\s*[\"']([\w.:-]+)", "kotlin java", "kotlin"),
    _manifest(r"^[ \t]*gem [\"']|rubygems\.org", r"^[ \t]*gem\s+[\"']([\w-]+)|\bgem\s+[\"']([\w-]+)", "ruby", "ruby"),
    _manifest(r"^[ \t]*sdk:\s*flutter|^[ \t]*flutter:[ \t]*$", r"^[ \t]*(flutter):", "dart", "flutter"),
    _manifest(r"<Project Sdk=|<PackageReference\s", r"(?:Sdk|Include)=\"([\w.]+)", "csharp", "csharp"),
)  # fmt: skip


def manifest_scores(prompt: str, frameworks: Mapping[str, Framework]) -> dict[str, float]:
    """How much each framework is betrayed by the first manifest in the prompt."""
    manifest = next((one for one in _MANIFESTS if one.shown_by.search(prompt)), None)
    if manifest is None:
        return {}
    packages = set(_packages(manifest, prompt))
    candidates = [one for one in frameworks.values() if one.language in manifest.languages]
    scores = {one.slug: _PACKAGE_WEIGHT * _known(one, packages) for one in candidates}
    scores[manifest.fallback] = scores.get(manifest.fallback, 0.0) + _FALLBACK_WEIGHT
    return {slug: score for slug, score in scores.items() if score}


def _known(framework: Framework, packages: Set[str]) -> int:
    return sum(any(_is(name, package) for name in framework.packages) for package in packages)


def _packages(manifest: _Manifest, prompt: str) -> Iterator[str]:
    for match in manifest.package.finditer(prompt):
        if name := next((group for group in match.groups() if group), None):
            yield name.lower()


def _is(name: str, package: str) -> bool:
    """Names with dots stand for all that begins with them ("org.springframework" and its artifacts)."""
    name = name.lower()
    return package == name or ("." in name and package.startswith(name))
