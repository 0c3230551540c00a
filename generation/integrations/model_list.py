"""The proxy's list of models, remembered for a while: asking must not be what a request waits for."""

import threading
import time
from dataclasses import dataclass, field

from asgiref.sync import async_to_sync

from codegen_site.errors import LLMServiceException
from generation.integrations.litellm_proxy import ModelInfo, model_from_settings
from generation.pipeline.count_tokens import ModelWindow

FRESH_FOR_S = 30.0
# After the proxy could not be asked.
ASK_AGAIN_AFTER_S = 5.0


@dataclass(slots=True)
class _LastSeen:
    models: tuple[ModelInfo, ...] | None = None
    error: LLMServiceException | None = None
    until: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)


_last_seen = _LastSeen()


def known_models() -> tuple[ModelInfo, ...]:
    """The proxy's list, at most half a minute old; an older one while the proxy is away.

    Raises `LLMServiceException` when it has never been had.
    """
    if time.monotonic() >= _last_seen.until:
        _ask_once()
    if _last_seen.models is None:
        raise _last_seen.error or LLMServiceException()
    return _last_seen.models


def _ask_once() -> None:
    """One asks, however many want to know; the others wait for it only where nothing is known at all."""
    is_first = _last_seen.models is None and _last_seen.error is None
    if not _last_seen.lock.acquire(blocking=is_first):
        return
    try:
        if time.monotonic() >= _last_seen.until:
            _ask()
    finally:
        _last_seen.lock.release()


def _ask() -> None:
    try:
        _last_seen.models = async_to_sync(model_from_settings().list_models)()
        _last_seen.error, fresh_for = None, FRESH_FOR_S
    except LLMServiceException as error:
        _last_seen.error, fresh_for = error, ASK_AGAIN_AFTER_S
    _last_seen.until = time.monotonic() + fresh_for


def find_model(model: str) -> ModelInfo | None:
    """What is known of it: nothing while the proxy cannot be asked."""
    try:
        return next((known for known in known_models() if known.id == model), None)
    except LLMServiceException:
        return None


def last_seen(model: str) -> ModelInfo | None:
    """As `find_model`, without asking anybody."""
    return next((known for known in _last_seen.models or () if known.id == model), None)


def window_of(model: str) -> ModelWindow:
    info = find_model(model)
    if info is None:
        return ModelWindow(model=model)
    return ModelWindow(
        model=model, context_tokens=info.max_input_tokens, output_tokens=info.max_output_tokens
    )
