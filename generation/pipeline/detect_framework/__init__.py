"""Stage 2: what to build with."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from generation.frameworks import Framework
from generation.pipeline.detect_framework.mentions import Mention, Vocabulary
from generation.pipeline.detect_framework.signals import (
    SERVER_IN,
    code_signals,
    speaks_of_a_server,
    usual_choice,
)
from generation.pipeline.detect_framework.spelling import misspelt
from generation.pipeline.records import ChosenFramework, GenerationRequest

OTHER = "other"  # a stack that the registry does not know

# What a prompt that names several things is about: the front end before the back end before the language.
_RANKS = {"frontend": 60, "mobile": 58, "backend": 50, "data": 40, "infrastructure": 38, "language": 30}
_SPECIAL_RANKS = {"html": 26, "javascript": 24, "typescript": 25, "sql": 12, "bash": 14, OTHER: 28}

_CONFIDENCE = {"named": 0.95, "contested": 0.8, "betrayed": 0.75, "guessed": 0.45}


@dataclass(frozen=True, slots=True)
class Detection:
    slug: str
    confidence: float
    also: tuple[str, ...] = ()


def detect_framework(request: GenerationRequest, frameworks: Mapping[str, Framework]) -> ChosenFramework:
    """The framework that was requested, else the one that the prompt speaks of, else a usual choice."""
    if request.framework:
        framework = frameworks[request.framework]
        return ChosenFramework(
            slug=framework.slug,
            source="requested",
            confidence=1.0,
            language=request.language or framework.language,
        )
    found = detect(request.prompt, frameworks)
    if request.language and not _can_be_in(frameworks[found.slug], request.language):
        slug = request.language if request.language in frameworks else OTHER
        found = Detection(slug, _CONFIDENCE["contested"])
    return ChosenFramework(
        slug=found.slug,
        source="default" if found.confidence <= _CONFIDENCE["guessed"] else "detected",
        confidence=found.confidence,
        language=request.language or frameworks[found.slug].language,
        also=found.also,
    )


def detect(prompt: str, frameworks: Mapping[str, Framework]) -> Detection:
    mentions = _vocabulary(tuple(frameworks.values())).mentions(prompt)
    named = _ranked(_wanted(mentions), frameworks)
    unwanted = {m.slug for m in mentions} - {m.slug for m in mentions if m.stance == "wanted"}
    betrayed = [slug for slug in code_signals(prompt, frameworks) if slug not in unwanted]
    if named:
        first, *others = named
        if refined := next((slug for slug in betrayed if _refines(slug, first, frameworks)), None):
            first, others = refined, named
        elif named == [first] and first in SERVER_IN and speaks_of_a_server(prompt):
            return Detection(SERVER_IN[first], _CONFIDENCE["guessed"])
        kept = tuple(slug for slug in others if _is_apart(slug, first, frameworks))
        return Detection(first, _CONFIDENCE["contested" if kept else "named"], kept)
    if betrayed:
        return Detection(betrayed[0], _CONFIDENCE["betrayed"])
    near = [framework for framework in frameworks.values() if framework.slug not in unwanted]
    if slug := misspelt(prompt, near):
        return Detection(slug, _CONFIDENCE["contested"])
    return Detection(usual_choice(prompt, unwanted), _CONFIDENCE["guessed"])


@lru_cache(maxsize=4)
def _vocabulary(frameworks: tuple[Framework, ...]) -> Vocabulary:
    return Vocabulary({framework.slug: framework for framework in frameworks})


def _wanted(mentions: Iterable[Mention]) -> list[str]:
    """The slugs that are wanted, by first mention. Compared ones count where nothing else is named."""
    wanted = dict.fromkeys(m.slug for m in mentions if m.stance == "wanted")
    return list(wanted or dict.fromkeys(m.slug for m in mentions if m.stance == "compared"))


def _ranked(slugs: list[str], frameworks: Mapping[str, Framework]) -> list[str]:
    """The most telling first; what others are built on is left out."""
    under = {base for slug in slugs for base in frameworks[slug].over}
    return sorted((slug for slug in slugs if slug not in under), key=lambda slug: -_rank(frameworks[slug]))


def _rank(framework: Framework) -> int:
    return _SPECIAL_RANKS.get(framework.slug, _RANKS[framework.kind])


def _refines(slug: str, named: str, frameworks: Mapping[str, Framework]) -> bool:
    """Does the code betray a framework in the language that was named?"""
    framework, base = frameworks[slug], frameworks[named]
    return base.kind == "language" and framework.kind != "language" and named in framework.over


def _is_apart(slug: str, first: str, frameworks: Mapping[str, Framework]) -> bool:
    """Something else that is asked for, and not merely what the first is made of."""
    framework, main = frameworks[slug], frameworks[first]
    if framework.kind == "language" or slug in {"html", "sql"}:
        return False
    return framework.kind != main.kind


def _can_be_in(framework: Framework, language: str) -> bool:
    scripts = {"javascript", "typescript", "jsx", "tsx"}
    return (
        framework.language == language
        or language in framework.files
        or (language in scripts and framework.language in scripts and framework.kind != "language")
    )
