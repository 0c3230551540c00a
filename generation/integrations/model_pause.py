"""A model whose provider has no room left is left alone for a while, by all workers at once.

The end of the pause is in Redis, and in this process where Redis is away.
"""

import logging
import time

from django.core.cache import cache

from codegen_site.errors import CacheException, LLMRateLimited

logger = logging.getLogger("generation")

USUAL_PAUSE_S = 5.0
LONGEST_PAUSE_S = 300.0

_here: dict[str, float] = {}


def pause_model(model: str, error: LLMRateLimited) -> None:
    """For as long as its provider asks for, within reason."""
    seconds = min(error.retry_after or USUAL_PAUSE_S, LONGEST_PAUSE_S)
    until = time.time() + seconds
    if until <= _until(model):
        return
    logger.warning("model %s is left alone for %.0f s: its provider has no room", model, seconds)
    _here[model] = until
    try:
        cache.set(_key(model), until, timeout=max(1, int(seconds)))
    except CacheException:
        logger.warning("the pause of %s is known to this process alone: Redis is away", model)


def check_pause(model: str) -> None:
    """Raises `LLMRateLimited` with the seconds that are left, so that nobody calls in vain."""
    left = _until(model) - time.time()
    if left > 0:
        raise LLMRateLimited(retry_after=left)


def _until(model: str) -> float:
    try:
        shared = float(cache.get(_key(model), 0.0))
    except CacheException:
        shared = 0.0
    return max(shared, _here.get(model, 0.0))


def _key(model: str) -> str:
    return f"pause:{model}"
