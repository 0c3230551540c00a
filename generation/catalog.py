"""What can be asked for here and now: the limits of a request, and the models behind the proxy."""

import time
from dataclasses import dataclass

from asgiref.sync import async_to_sync
from django.conf import settings

from codegen_site.errors import LLMServiceException
from generation.frameworks import load_frameworks
from generation.integrations.litellm_proxy import ModelInfo, model_from_settings
from generation.pipeline.validate_request import RequestLimits

FRESH_FOR_S = 30.0


@dataclass(slots=True)
class _LastSeen:
    models: tuple[ModelInfo, ...] = ()
    at: float | None = None


_last_seen = _LastSeen()


def known_models() -> tuple[ModelInfo, ...]:
    """The proxy's list, at most half a minute old; an older one while the proxy is away.

    Raises `LLMServiceException` when it has never been had.
    """
    now = time.monotonic()
    if _last_seen.at is None or now - _last_seen.at > FRESH_FOR_S:
        try:
            _last_seen.models, _last_seen.at = async_to_sync(model_from_settings().list_models)(), now
        except LLMServiceException:
            if _last_seen.at is None:
                raise
    return _last_seen.models


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
