"""From what a prompt says to one framework, and what else is to be built."""

from collections.abc import Mapping
from dataclasses import dataclass

from generation.frameworks import Framework
from generation.pipeline.detect_framework.betrayal import betrayed
from generation.pipeline.detect_framework.confidence import CONFIDENCE, Evidence
from generation.pipeline.detect_framework.reading import Reading, correct_spelling, read_prompt
from generation.pipeline.detect_framework.roles import Role
from generation.pipeline.detect_framework.things import API, usual_choice
from generation.pipeline.detect_framework.vocabulary import OTHER, vocabulary_of
from generation.pipeline.detect_framework.weights import NAMED, STRONG

# What a prompt that names several things is about: the front end before the back end before the language.
_RANKS = {"frontend": 60, "mobile": 58, "backend": 50, "data": 40, "infrastructure": 38, "language": 30}
_SPECIAL_RANKS = {"html": 26, "javascript": 24, "typescript": 25, "sql": 12, "bash": 14, OTHER: 28}
_HALVES = frozenset({"frontend", "mobile", "backend"})
_RIVAL = 0.55  # names that count this share of the strongest are its rivals
_LEAST, _LEAST_AFTER_REFUSAL = 0.15, STRONG

# With what an API is usually written in a language.
_API_IN = {
    "python": "fastapi", "javascript": "express", "typescript": "express", "java": "spring-boot",
    "kotlin": "ktor", "csharp": "aspnet-core", "ruby": "rails", "php": "laravel",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Detection:
    """`also` is what else is to be built; `language` is None for the framework's own."""

    slug: str
    evidence: Evidence
    also: tuple[str, ...] = ()
    language: str | None = None

    @property
    def confidence(self) -> float:
        return CONFIDENCE[self.evidence]


def detect(prompt: str, frameworks: Mapping[str, Framework]) -> Detection:
    reading = read_prompt(prompt, frameworks)
    weights = _wanted_names(reading, frameworks)
    if not any(frameworks[slug].kind != "language" for slug in weights):
        again = correct_spelling(reading, vocabulary_of(frameworks))
        better = _wanted_names(again, frameworks) if again else {}
        if again and _is_better(again, better, weights, frameworks):
            reading, weights = again, better
    return _by_name(reading, weights, frameworks) if weights else _by_company(reading, frameworks)


def _is_better(
    again: Reading,
    better: Mapping[str, float],
    weights: Mapping[str, float],
    frameworks: Mapping[str, Framework],
) -> bool:
    """A corrected name counts where none was right, or if it is a framework of the language that was."""
    if weights:
        return any(base in weights for slug in better for base in frameworks[slug].over)
    return bool(better) or any(judged.is_library for judged in again.judged)


def _wanted_names(reading: Reading, frameworks: Mapping[str, Framework]) -> dict[str, float]:
    """The greatest weight of each name that is wanted; a refusal takes back what was weak before it."""
    weights: dict[str, float] = {}
    for judged in reading.judged:
        if judged.is_library:
            continue
        if judged.stance == "wanted" and judged.weight >= _LEAST:
            weights[judged.slug] = max(judged.weight, weights.get(judged.slug, 0.0))
        elif judged.stance == "refused" and weights.get(judged.slug, 0.0) < _LEAST_AFTER_REFUSAL:
            weights.pop(judged.slug, None)
    for judged in reading.judged:
        # "Our Laravel app is to move to PHP 8" stays with Laravel.
        if judged.stance == "left" and not judged.is_library:
            bases = (base for base in frameworks[judged.slug].over if frameworks[base].kind == "language")
            own = [weights[base] for base in bases if base in weights]
            if own:
                weights[judged.slug] = max(own)
    return weights


def _by_name(
    reading: Reading, weights: Mapping[str, float], frameworks: Mapping[str, Framework]
) -> Detection:
    ranked = _ranked(weights, frameworks)
    first = ranked[0]
    also = _also(first, reading, weights, frameworks)
    language = _language(frameworks[first], weights)
    if frameworks[first].kind == "language":
        refined = (slug for slug in betrayed(reading, frameworks) if _refines(slug, first, frameworks))
        if slug := next(refined, None):
            return Detection(slug=slug, evidence=Evidence.REFINED, also=also)
        if len(ranked) == 1 and first in _API_IN and _asks_for_an_api(reading):
            return Detection(slug=_API_IN[first], evidence=Evidence.LANGUAGE_FOR_API, language=first)
    return Detection(slug=first, evidence=_evidence(reading, ranked, weights), also=also, language=language)


def _ranked(weights: Mapping[str, float], frameworks: Mapping[str, Framework]) -> list[str]:
    """The strongest and its rivals, the most telling first; what others are built on is left out."""
    least = max(weights.values()) * _RIVAL
    slugs = [slug for slug, weight in weights.items() if weight >= least]
    under = {base for slug in slugs for base in frameworks[slug].over}
    return sorted(
        (slug for slug in slugs if slug not in under),
        key=lambda slug: (-_rank(frameworks[slug]), -weights[slug]),
    )


def _rank(framework: Framework) -> int:
    return _SPECIAL_RANKS.get(framework.slug, _RANKS[framework.kind])


def _evidence(reading: Reading, ranked: list[str], weights: Mapping[str, float]) -> Evidence:
    if reading.is_corrected:
        return Evidence.CORRECTED
    if len(ranked) > 1:
        return Evidence.RIVALS
    return Evidence.NAMED if weights[ranked[0]] >= STRONG else Evidence.WEAKLY_NAMED


def _refines(slug: str, language: str, frameworks: Mapping[str, Framework]) -> bool:
    """Is it a framework in the language?"""
    return frameworks[slug].kind != "language" and language in frameworks[slug].over


def _asks_for_an_api(reading: Reading) -> bool:
    """An API is to be written, and not called, and not from scratch."""
    marks, thing = reading.marks, reading.thing
    if thing is None or thing.kind != API or marks.has(Role.PLAIN) or marks.has(Role.CLIENT):
        return False
    first, end = marks.sentence(thing.at)
    is_near = any(first <= judged.mention.first < end for judged in reading.judged)
    return is_near and not marks.has(Role.THAT, first, thing.at)


def _language(framework: Framework, weights: Mapping[str, float]) -> str | None:
    """The language that is named beside the framework, if it can be written in it."""
    named = [slug for slug in weights if slug in framework.over and slug in framework.files]
    return max(named, key=lambda slug: weights[slug], default=None)


def _also(
    first: str, reading: Reading, weights: Mapping[str, float], frameworks: Mapping[str, Framework]
) -> tuple[str, ...]:
    """What else is asked for: rivals, and what stands in a sentence with the first."""
    sentences = {
        reading.marks.sentence(judged.mention.first) for judged in reading.judged if judged.slug == first
    }
    least = max(weights.values()) * _RIVAL
    found: dict[str, None] = {}
    for judged in reading.judged:
        framework, weight = frameworks[judged.slug], weights.get(judged.slug, 0.0)
        is_beside = (
            weight >= NAMED
            and framework.kind in _HALVES
            and reading.marks.sentence(judged.mention.first) in sentences
        )
        if (weight >= least or is_beside) and _is_apart(framework, frameworks[first], is_part=judged.is_part):
            found[judged.slug] = None
        if judged.slug == first:
            found |= dict.fromkeys(judged.mention.name.stands_for)
    return tuple(found)


def _is_apart(framework: Framework, main: Framework, *, is_part: bool) -> bool:
    """The other half of a product. A language or plain HTML is one where the prompt speaks of it as one."""
    if framework.slug == main.slug or framework.slug in main.over or framework.slug == "sql":
        return False
    is_front = main.kind in {"frontend", "mobile"} and main.slug != "html"
    if framework.slug == "html":
        return is_part and not is_front
    if framework.kind == "language":
        return is_part and is_front and framework.language != main.language
    return framework.kind != main.kind


def _by_company(reading: Reading, frameworks: Mapping[str, Framework]) -> Detection:
    """Nothing is named: what the code betrays, else what is usual for the kind of thing."""
    if slugs := betrayed(reading, frameworks):
        return Detection(slug=slugs[0], evidence=Evidence.BETRAYED)
    evidence = Evidence.KIND_OF_THING if reading.thing else Evidence.NOTHING
    return Detection(slug=usual_choice(reading.thing, reading.unwanted), evidence=evidence)
