"""Stage 1: a request is known to be right, or everything that is wrong with it is said at once."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from codegen_site.errors import UnknownFramework, UnknownModel, ValidationException
from generation.frameworks import Framework, spelling_key
from generation.frameworks.languages import LANGUAGES, language_named
from generation.pipeline.records import GenerationRequest

MAX_TEMPERATURE = 2.0


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestLimits:
    """`models` is None while the list cannot be had: then only the default model is accepted."""

    max_prompt_chars: int
    max_output_tokens: int
    frameworks: Mapping[str, Framework]
    models: Collection[str] | None
    default_model: str


@dataclass(frozen=True, slots=True)
class _Problem:
    field: str
    message: str


def validate_request(
    *,
    limits: RequestLimits,
    prompt: str,
    framework: str | None = None,
    language: str | None = None,
    model: str | None = None,
    max_output_tokens: int | None = None,
    temperature: float | None = None,
    prompt_field: str = "prompt",
) -> GenerationRequest:
    """The request with every name in its one spelling. `prompt_field` is what its caller calls the prompt.

    Raises `ValidationException` with all problems in `details`; `UnknownFramework` or
    `UnknownModel` when that is the only one.
    """
    slug = framework_slug(framework, limits.frameworks) if framework else None
    model = model or limits.default_model
    problems = [
        *_prompt_problems(prompt, limits, field=prompt_field),
        *_framework_problems(framework, slug, limits),
        *_language_problems(language),
        *_model_problems(model, limits),
        *_number_problems(max_output_tokens, temperature, limits),
    ]
    if problems:
        raise _refusal(problems)
    return GenerationRequest(
        prompt=prompt,
        model=model,
        framework=slug,
        language=language_named(language) if language else None,
        max_output_tokens=max_output_tokens,
        temperature=temperature,
    )


def framework_slug(name: str, frameworks: Mapping[str, Framework]) -> str | None:
    """The slug of a framework by any name of it ("Next.js", "spring") or of a library; or None."""
    wanted = spelling_key(name)
    for spellings in (_names, _libraries):
        for slug, framework in frameworks.items():
            if wanted in map(spelling_key, spellings(framework)):
                return slug
    return None


def _names(framework: Framework) -> Iterable[str]:
    return (framework.slug, framework.name, *framework.names, *framework.doubtful_names)


def _libraries(framework: Framework) -> Iterable[str]:
    return (*framework.libraries, *framework.doubtful_libraries)


def _prompt_problems(prompt: str, limits: RequestLimits, *, field: str) -> Iterator[_Problem]:
    if not prompt.strip():
        yield _Problem(field, f"Say what you want; {field} is empty.")
    if len(prompt) > limits.max_prompt_chars:
        too_long = f"At most {limits.max_prompt_chars:,} characters; this prompt has {len(prompt):,}."
        yield _Problem(field, too_long)
    if "\0" in prompt:
        yield _Problem(field, f"Remove the NUL character at position {prompt.index(chr(0))}.")
    try:
        prompt.encode()
    except UnicodeEncodeError as error:
        half = f"Send valid Unicode; there is half of a surrogate pair at position {error.start}."
        yield _Problem(field, half)


def _framework_problems(name: str | None, slug: str | None, limits: RequestLimits) -> Iterator[_Problem]:
    if name is not None and slug is None:
        known = {
            spelling.casefold(): f.slug for f in limits.frameworks.values() for spelling in (f.name, *f.names)
        }
        known |= {slug: slug for slug in limits.frameworks}
        hint = _did_you_mean(name, known) or "GET /api/v1/frameworks lists them."
        yield _Problem("framework", f"There is no framework {name!r}. {hint}")


def _language_problems(name: str | None) -> Iterator[_Problem]:
    if name is not None and language_named(name) is None:
        hint = _did_you_mean(name, {slug: slug for slug in LANGUAGES}) or "Leave it out to have it chosen."
        yield _Problem("language", f"There is no language {name!r}. {hint}")


def _model_problems(model: str, limits: RequestLimits) -> Iterator[_Problem]:
    if limits.models is None:
        if model != limits.default_model:
            only = f"The list of models cannot be had now; only {limits.default_model!r} is accepted."
            yield _Problem("model", only)
    elif model not in limits.models:
        hint = _did_you_mean(model, {name.casefold(): name for name in limits.models})
        yield _Problem("model", f"There is no model {model!r}. {hint or 'GET /api/v1/models lists them.'}")


def _number_problems(
    max_output_tokens: int | None, temperature: float | None, limits: RequestLimits
) -> Iterator[_Problem]:
    if max_output_tokens is not None and not 1 <= max_output_tokens <= limits.max_output_tokens:
        yield _Problem("max_output_tokens", f"From 1 to {limits.max_output_tokens:,}.")
    # A comparison with NaN is false, so NaN is refused as well.
    if temperature is not None and not 0 <= temperature <= MAX_TEMPERATURE:
        yield _Problem("temperature", f"From 0 to {MAX_TEMPERATURE:g}.")


def _did_you_mean(name: str, known: Mapping[str, str]) -> str:
    matches = get_close_matches(name.strip().casefold()[:100], known, n=3, cutoff=0.6)
    names = list(dict.fromkeys(known[match] for match in matches))
    return f"Did you mean {' or '.join(names)}?" if names else ""


def _refusal(problems: list[_Problem]) -> ValidationException:
    details = [{"field": problem.field, "message": problem.message} for problem in problems]
    fields = {problem.field for problem in problems}
    refusal = {"framework": UnknownFramework, "model": UnknownModel}.get("".join(fields), ValidationException)
    if len(problems) == 1:
        return refusal(problems[0].message, details=details)
    named = ", ".join(dict.fromkeys(problem.field for problem in problems))
    return refusal(f"The request is not valid: see {named}.", details=details)
