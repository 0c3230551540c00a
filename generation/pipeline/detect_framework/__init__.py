"""Stage 2: what to build with."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from generation.frameworks import Framework
from generation.frameworks.languages import language_named
from generation.pipeline.detect_framework.prose import fence_languages, prose_of, with_line_breaks
from generation.pipeline.detect_framework.manifests import manifest_scores
from generation.pipeline.detect_framework.signals import signal_scores
from generation.pipeline.detect_framework.stances import Judged, judge_text
from generation.pipeline.detect_framework.things import API, first_thing, thing_asked_for, usual_choice
from generation.pipeline.detect_framework.vocabulary import OTHER, vocabulary_of
from generation.pipeline.detect_framework.wording import Marks, language_of
from generation.pipeline.records import ChosenFramework, GenerationRequest

# What a prompt that names several things is about: the front end before the back end before the language.
_RANKS = {"frontend": 60, "mobile": 58, "backend": 50, "data": 40, "infrastructure": 38, "language": 30}
_SPECIAL_RANKS = {"html": 26, "javascript": 24, "typescript": 25, "sql": 12, "bash": 14, OTHER: 28}
_RIVAL = 0.55  # names that count half as much as the strongest are its rivals
_LEAST, _LEAST_OF_REFUSED = 0.15, 2.0
_LIBRARY_WEIGHT = 2.0
_IN_EVERYTHING = frozenset({"sql", "html"})
_FENCE_WEIGHT = 1.5
_FENCES_OF_ALL = frozenset({"bash", "sql", "json", "yaml", "text", "markdown", "html"})
_FENCE_OF = {"jsx": "react", "tsx": "react", "css": "html", "scss": "html", "dart": "flutter", "hcl": "terraform", "blade": "laravel", "erb": "rails", "razor": "aspnet-core"}

_CONFIDENCE = {"named": 0.95, "contested": 0.8, "betrayed": 0.75, "guessed": 0.45}

SERVER_IN = {
    "python": "fastapi",
    "javascript": "express",
    "typescript": "express",
    "java": "spring-boot",
    "csharp": "aspnet-core",
    "ruby": "rails",
    "php": "laravel",
    "kotlin": "ktor",
}


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
    prompt = with_line_breaks(prompt)
    vocabulary = vocabulary_of(frameworks)
    prose = prose_of(prompt)
    text = vocabulary.cut(prose)
    marks = Marks(text, language_of(text), first_thing(text))
    judged = judge_text(text, marks, vocabulary)
    names = _names(judged, frameworks)
    is_corrected = False
    if not any(frameworks[slug].kind != "language" for slug in names):
        known = {word for one in judged for word in one.mention.words} | {word for word in range(len(text)) if marks.roles(word)}
        corrected = vocabulary.spelling.correct(text, known, is_inflected=marks.language != "en")
        if corrected:
            again = judge_text(corrected, Marks(corrected, marks.language, marks.first_thing), vocabulary)
            better = _names(again, frameworks)
            if (better or any(one.mention.name.is_library for one in again)) and (not names or any(base in names for slug in better for base in frameworks[slug].over)):
                judged, names, is_corrected = again, better, True
    return _decide(prompt, prose, text, marks, judged, names, is_corrected, frameworks)


def _decide(prompt, prose, text, marks, judged, names, is_corrected, frameworks):
    wanted = {one.mention.slug for one in judged if one.stance == "wanted"}
    unwanted = {one.mention.slug for one in judged} - wanted
    libraries = _strongest(one for one in judged if one.mention.name.is_library)
    thing, at = thing_asked_for(text, marks.at["order"])
    languages = [one.mention.first for one in judged if one.mention.slug in SERVER_IN]
    near = not languages or any(marks.sentence(one) == marks.sentence(at) for one in languages)
    is_server = near and thing == API and not marks.at["plain"] and not marks.at["client"] and not marks.within("that", marks.sentence(at)[0], at)
    named = _ranked(names, frameworks)
    betrayed = _betrayed(prompt, prose, libraries, unwanted, frameworks)
    if named:
        first, *others = named
        if refined := next((slug for slug in betrayed if _refines(slug, first, frameworks)), None):
            first, others = refined, named
        elif named == [first] and first in SERVER_IN and is_server:
            return Detection(SERVER_IN[first], _CONFIDENCE["guessed"])
        kept = tuple(slug for slug in others if _is_apart(slug, first, frameworks))
        return Detection(first, _CONFIDENCE["contested" if kept or is_corrected else "named"], kept)
    if betrayed:
        return Detection(betrayed[0], _CONFIDENCE["betrayed"])
    return Detection(usual_choice(thing, unwanted), _CONFIDENCE["guessed"])


def _names(judged, frameworks):
    """The names that are wanted. A framework whose own language is the target of a move stays."""
    names = _strongest(one for one in judged if not one.mention.name.is_library)
    for one in judged:
        if one.stance == "left" and not one.mention.name.is_library:
            bases = [names[base] for base in frameworks[one.mention.slug].over if base in names]
            if bases:
                names[one.mention.slug] = max(bases)
    return names


def _betrayed(prompt, prose, libraries, unwanted, frameworks):
    """The slugs that code, manifests and libraries betray, strongest first; what they are built on is left out."""
    scores = signal_scores(prompt, prose, frameworks) + manifest_scores(prompt, frameworks)
    for slug in {_of_fence(name, frameworks) for name in fence_languages(prompt)} - {None}:
        scores[slug] += _FENCE_WEIGHT
    for slug, weight in libraries.items():
        scores[slug] += weight * (_LIBRARY_WEIGHT / 2 if slug in _IN_EVERYTHING else _LIBRARY_WEIGHT)
    for slug in list(scores):
        if slug in unwanted:
            del scores[slug]
    for slug in list(scores):
        for base in frameworks[slug].over:
            scores.pop(base, None)
    return sorted(scores, key=lambda slug: -scores[slug])


def _of_fence(name: str, frameworks: Mapping[str, Framework]) -> str | None:
    """The framework that the info string of a fence speaks for; shells and data are pasted with any."""
    language = language_named(name)
    if language is None or language in _FENCES_OF_ALL:
        return None
    if language in frameworks:
        return language
    return _FENCE_OF.get(language)


def _strongest(judged: Iterable[Judged]) -> dict[str, float]:
    """The wanted slugs with the greatest weight of their mentions, in the order of their first mention."""
    weights: dict[str, float] = {}
    for one in judged:
        slug = one.mention.slug
        if one.stance == "wanted" and one.weight >= _LEAST:
            weights[slug] = max(one.weight, weights.get(slug, 0.0))
        elif one.stance == "refused" and weights.get(slug, 0.0) < _LEAST_OF_REFUSED:
            weights.pop(slug, None)
    return weights


def _ranked(weights: Mapping[str, float], frameworks: Mapping[str, Framework]) -> list[str]:
    """Those that count nearly as much as the strongest, the most telling first; bases are left out."""
    least = max(weights.values(), default=0.0) * _RIVAL
    slugs = [slug for slug, weight in weights.items() if weight >= least]
    under = {base for slug in slugs for base in frameworks[slug].over}
    return sorted((slug for slug in slugs if slug not in under), key=lambda slug: (-_rank(frameworks[slug]), -weights[slug]))


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
