"""What can be asked for here and now: the limits of a request, and the models behind the proxy."""

from django.conf import settings

from generation.frameworks import load_frameworks
from generation.integrations.litellm_proxy import DEFAULT_EDIT_FORMAT
from generation.integrations.model_list import find_model, known_models, window_of
from generation.pipeline.count_tokens import check_room, kept_for_answer, most_tokens
from generation.pipeline.detect_framework import detect_framework
from generation.pipeline.records import EditFormat, GenerationRequest, Message
from generation.pipeline.run import first_prompt
from generation.pipeline.validate_request import RequestLimits
from generation.prompts.serving import current_serving

# More than any text of ours adds to what a user writes.
TOKENS_AROUND_PROMPT = 2000


def request_limits(model: str | None) -> RequestLimits:
    """The proxy is asked for its list only when a model other than the default one is wanted."""
    models = {settings.DEFAULT_MODEL}
    if model and model != settings.DEFAULT_MODEL:
        models |= {known.id for known in known_models()}
    return RequestLimits(
        max_prompt_chars=settings.MAX_PROMPT_CHARS,
        max_output_tokens=settings.MAX_OUTPUT_TOKENS,
        frameworks=load_frameworks(),
        models=models,
        default_model=settings.DEFAULT_MODEL,
    )


def edit_format_of(model: str) -> EditFormat:
    """Small models do not keep to SEARCH/REPLACE: the proxy's configuration says which."""
    info = find_model(model)
    return info.edit_format if info else DEFAULT_EDIT_FORMAT


def check_fits(request: GenerationRequest) -> GenerationRequest:
    """The request itself. Raises `PromptTooLong` where its model has no room for the prompt and an answer."""
    window, wanted = window_of(request.model), request.max_output_tokens
    files = request.parent.files if request.parent else ()
    parts = [request.prompt, *(file.content for file in files)]
    most = most_tokens([Message(role="user", content=part) for part in parts]) + TOKENS_AROUND_PROMPT
    if window.context_tokens is None or most + kept_for_answer(window, wanted) <= window.context_tokens:
        return request
    frameworks = load_frameworks()
    chosen = detect_framework(request, frameworks)
    for texts in current_serving().all_texts():
        prompt = first_prompt(request, chosen, frameworks[chosen.slug], texts)
        check_room(prompt=prompt, window=window, max_output_tokens=wanted)
    return request
