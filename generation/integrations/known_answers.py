"""Answers already known and requests already running, in Redis: both may vanish at any moment.

Without it nothing is known and nothing is joined; every request runs.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.core.cache import cache

from codegen_site.errors import CacheException
from generation.pipeline.records import GenerationRequest

T = TypeVar("T")

# Larger answers are made anew: they would push too many others out.
MAX_ANSWER_BYTES = 2_000_000


def answer_key(
    *, organization_id: UUID, request: GenerationRequest, prompt_version: str, is_test: bool = False
) -> str:
    """A hash over everything that decides the answer; the organization is part of it.

    Nobody who pays waits for a test, nor a test for him.
    """
    parts = [
        str(organization_id),
        " ".join(request.prompt.split()),
        request.framework,
        request.language,
        request.model,
        request.max_output_tokens,
        request.temperature,
        prompt_version,
        *((request.parent.id, request.parent.edit_format) if request.parent else ()),
        *(["test"] if is_test else []),
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def find_answer(key: str) -> dict[str, Any] | None:
    """What `format_response` made of the answer, or `None`."""
    found = _ask(lambda: cache.get(f"answer:{key}"))
    return json.loads(found) if found else None


def remember_answer(key: str, payload: dict[str, Any]) -> None:
    text = json.dumps(payload)
    if len(text) <= MAX_ANSWER_BYTES:
        _ask(lambda: cache.set(f"answer:{key}", text, settings.ANSWER_CACHE_TTL_S))


def forget_answer(key: str) -> None:
    _ask(lambda: cache.delete(f"answer:{key}"))


def lead_or_find_leader(key: str, generation_id: UUID) -> UUID:
    """The id of the generation that runs for this key: the caller's own when none did."""

    def lead() -> UUID:
        if cache.add(f"leader:{key}", str(generation_id), settings.GENERATION_TIMEOUT_S):
            return generation_id
        leader = cache.get(f"leader:{key}")
        return UUID(leader) if leader else generation_id

    return _ask(lead) or generation_id


def take_lead(key: str, generation_id: UUID) -> None:
    _ask(lambda: cache.set(f"leader:{key}", str(generation_id), settings.GENERATION_TIMEOUT_S))


def leave_lead(key: str) -> None:
    _ask(lambda: cache.delete(f"leader:{key}"))


def _ask(question: Callable[[], T]) -> T | None:
    """The answer of Redis, or `None` while it is away."""
    try:
        return question()
    except CacheException:
        return None
