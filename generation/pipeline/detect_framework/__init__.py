"""Stage 2: what to build with.

reading     the prompt as prose and words            (prose, code_lines, text, phrases, wording, roles, marks)
            which words are names of software        (vocabulary, senses, spelling)
            what is wanted of each                   (name_lists, moves, refusals, weights, stances)
betrayal    what code, packages and files betray     (signals, manifests)
decision    one framework, and what else             (things, confidence)

The word lists are data: `wording/`, `things.toml`, `spelling.toml` and the registry's files.
"""

from collections.abc import Mapping

from generation.frameworks import Framework
from generation.pipeline.detect_framework.confidence import CONFIDENCE, Evidence
from generation.pipeline.detect_framework.decision import Detection, detect
from generation.pipeline.detect_framework.vocabulary import OTHER
from generation.pipeline.records import ChosenFramework, GenerationRequest

__all__ = ["OTHER", "Detection", "detect", "detect_framework"]

_SCRIPTS = frozenset({"javascript", "typescript", "jsx", "tsx"})


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
    framework = frameworks[found.slug]
    if request.language and not _can_be_in(framework, request.language):
        return _by_language(request.language, frameworks)
    return ChosenFramework(
        slug=found.slug,
        source="default" if found.evidence.is_a_guess else "detected",
        confidence=found.confidence,
        language=request.language or found.language or framework.language,
        also=found.also,
    )


def _by_language(language: str, frameworks: Mapping[str, Framework]) -> ChosenFramework:
    """A language that was requested outweighs the framework that was found in the prompt."""
    slug = language if language in frameworks else OTHER
    return ChosenFramework(
        slug=slug, source="detected", confidence=CONFIDENCE[Evidence.RIVALS], language=language
    )


def _can_be_in(framework: Framework, language: str) -> bool:
    is_script = language in _SCRIPTS and framework.language in _SCRIPTS and framework.kind != "language"
    return is_script or framework.language == language or language in framework.files
