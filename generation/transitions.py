"""The changes of a generation's state, each a conditional update: a state that has ended stays.

Called inside a transaction. Followers, identical requests that joined a running one, change with it.
Every end is told to the receivers of `generation_ended`, in that transaction.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from generation.models import File, Generation
from generation.signals import generation_ended

USAGE_FIELDS = ("input_tokens", "output_tokens", "reasoning_tokens", "cached_tokens", "cost_microusd")


def start(generation_id: UUID) -> bool:
    """False when it has ended already: cancelled, say."""
    flight = Q(id=generation_id) | Q(leader_id=generation_id)
    Generation.objects.filter(flight, status=Generation.Status.QUEUED).update(
        status=Generation.Status.RUNNING, started_at=timezone.now()
    )
    return Generation.objects.filter(id=generation_id, status=Generation.Status.RUNNING).exists()


def choose_framework(generation_id: UUID, *, slug: str, source: str, confidence: float) -> None:
    flight = Q(id=generation_id) | Q(leader_id=generation_id)
    Generation.objects.filter(flight).live().update(
        framework=slug, framework_source=source, framework_confidence=confidence
    )


def succeed(generation_id: UUID, *, payload: Mapping[str, Any], cost_microusd: int) -> bool:
    """End it with what `format_response` made. Only the leader is charged. False when it had ended."""
    flight = _lock_flight(generation_id)
    for generation in flight:
        is_leader = generation.id == generation_id
        fill(generation, payload=payload, charged_microusd=cost_microusd if is_leader else None)
    return any(generation.id == generation_id for generation in flight)


def recall(generation_id: UUID, *, payload: Mapping[str, Any]) -> bool:
    """End it with an answer that was known. False when it had ended."""
    flight = _lock_flight(generation_id)
    for generation in flight:
        generation.cached = True
        fill(generation, payload=payload, charged_microusd=None)
    return any(generation.id == generation_id for generation in flight)


def fill(generation: Generation, *, payload: Mapping[str, Any], charged_microusd: int | None) -> None:
    """Write a result into a row. Without a charge its usage stays nothing: it cost no model call."""
    framework = payload["framework"]
    generation.status = payload["status"]
    generation.finished_at = timezone.now()
    generation.framework = framework["slug"]
    generation.framework_source = framework["source"]
    generation.framework_confidence = framework["confidence"]
    generation.answered_by = payload["model"]
    generation.message = payload["message"]
    generation.checks = payload["checks"]
    generation.open_files = payload.get("open_files", [])
    generation.entry_points = payload.get("entry_points", [])
    generation.changes = payload.get("changes", [])
    generation.diff = payload.get("diff", "")
    if charged_microusd is not None:
        for name in USAGE_FIELDS[:-1]:
            setattr(generation, name, payload["usage"][name])
        generation.cost_microusd = charged_microusd
    generation.save()
    File.objects.bulk_create(File(generation=generation, **file) for file in payload["files"])
    stored_bytes = sum(file["size"] for file in payload["files"])
    generation_ended.send(Generation, generation=generation, stored_bytes=stored_bytes)


def fail(generation_id: UUID, *, code: str, message: str, retryable: bool) -> bool:
    """False when it had ended already."""
    flight = _lock_flight(generation_id)
    for generation in flight:
        _end(
            generation,
            status=Generation.Status.FAILED,
            error_code=code,
            error_message=message,
            error_retryable=retryable,
        )
    return bool(flight)


def requeue(generation_id: UUID) -> bool:
    """A failed one, and it alone, waits to be run again. False when it has not failed."""
    failed = Generation.objects.filter(id=generation_id, status=Generation.Status.FAILED, erased_at=None)
    return bool(
        failed.update(
            status=Generation.Status.QUEUED,
            started_at=None,
            finished_at=None,
            error_code="",
            error_message="",
            error_retryable=False,
        )
    )


def cancel(generation_id: UUID) -> bool:
    """End this one alone. False when it had ended already."""
    generation = Generation.objects.filter(id=generation_id).live().select_for_update().first()
    if generation is None:
        return False
    _end(generation, status=Generation.Status.CANCELLED)
    return True


def _end(generation: Generation, **changes: Any) -> None:
    """Of a row that is locked."""
    changes["finished_at"] = timezone.now()
    for name, value in changes.items():
        setattr(generation, name, value)
    generation.save(update_fields=list(changes))
    generation_ended.send(Generation, generation=generation)


def hand_over(generation_id: UUID) -> Generation | None:
    """The first follower leads the others from now on; it has to be enqueued. `None` without followers."""
    followers = list(_live_followers(generation_id))
    if not followers:
        return None
    heir, *others = followers
    Generation.objects.filter(id__in=[follower.id for follower in others]).update(leader=heir)
    Generation.objects.filter(id=heir.id).update(
        leader=None, status=Generation.Status.QUEUED, started_at=None
    )
    heir.refresh_from_db()
    return heir


def _lock_flight(generation_id: UUID) -> list[Generation]:
    flight = Generation.objects.filter(Q(id=generation_id) | Q(leader_id=generation_id)).live()
    return list(flight.select_for_update().order_by("id"))


def _live_followers(generation_id: UUID) -> Iterable[Generation]:
    return Generation.objects.filter(leader_id=generation_id).live().select_for_update().order_by("id")
