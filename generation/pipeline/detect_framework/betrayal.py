"""What betrays a framework that is not named: libraries, pasted code, manifests and fences."""

from collections.abc import Iterator, Mapping

from generation.frameworks import Framework
from generation.frameworks.languages import language_named
from generation.pipeline.detect_framework.manifests import manifest_scores
from generation.pipeline.detect_framework.prose import fence_languages
from generation.pipeline.detect_framework.reading import Reading
from generation.pipeline.detect_framework.signals import signal_scores
from generation.pipeline.detect_framework.vocabulary import OTHER

_LIBRARY, _LIBRARY_OF_ALL, _FENCE = 2.0, 1.0, 1.5
_LEAST, _SUPPORT = 0.15, 0.5
_TELLING = 1.0
_SHELLS = frozenset({"sql", "bash", "html", OTHER})
_IN_EVERYTHING = frozenset({"sql", "html"})
_FENCES_OF_ALL = frozenset({"bash", "sql", "json", "yaml", "text", "markdown", "html"})
_FENCE_OF = {
    "jsx": "react", "tsx": "react", "css": "html", "scss": "html", "dart": "flutter", "hcl": "terraform",
    "blade": "laravel", "erb": "rails", "razor": "aspnet-core",
}  # fmt: skip


def betrayed(reading: Reading, frameworks: Mapping[str, Framework]) -> list[str]:
    """The slugs, strongest first. What is not wanted is left out, and what others are built on."""
    scores = signal_scores(reading.prompt, reading.prose, frameworks)
    for slug, score in manifest_scores(reading.prompt, frameworks).items():
        scores[slug] += score
    for slug in set(_fences(reading.prompt, frameworks)):
        scores[slug] += _FENCE
    for slug, weight in _libraries(reading).items():
        scores[slug] += weight * (_LIBRARY_OF_ALL if slug in _IN_EVERYTHING else _LIBRARY)
    found = {slug: score for slug, score in scores.items() if slug not in reading.unwanted}
    if any(score >= _TELLING for slug, score in found.items() if slug not in _SHELLS):
        found.pop("sql", None)  # queries stand in the code of all
    under = {base for slug in found for base in frameworks[slug].over}
    return sorted(found.keys() - under, key=lambda slug: (-_with_support(slug, found, frameworks), slug))


def _with_support(slug: str, scores: Mapping[str, float], frameworks: Mapping[str, Framework]) -> float:
    """A framework is the likelier the more there is of its language."""
    return scores[slug] + _SUPPORT * max(
        (scores.get(base, 0.0) for base in frameworks[slug].over), default=0.0
    )


def _libraries(reading: Reading) -> dict[str, float]:
    weights: dict[str, float] = {}
    for judged in reading.judged:
        if judged.is_library and judged.stance == "wanted" and judged.weight >= _LEAST:
            weights[judged.slug] = max(judged.weight, weights.get(judged.slug, 0.0))
    return weights


def _fences(prompt: str, frameworks: Mapping[str, Framework]) -> Iterator[str]:
    """What the info strings of fences speak for; shells and data are pasted with any."""
    for name in fence_languages(prompt):
        language = language_named(name)
        if language is None or language in _FENCES_OF_ALL:
            continue
        if slug := language if language in frameworks else _FENCE_OF.get(language):
            yield slug
