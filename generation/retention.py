"""What this app has that is kept for a time, and how it is erased."""

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.organizations.deletion import delete_in_chunks
from accounts.retention.classes import Kept, register_eraser
from generation.erasing import Texts, erase_texts
from generation.models import Attempt, File, Generation, WebhookDelivery, WebhookEvent
from generation.models.generation import GenerationQuerySet

AT_ONCE = 100


def _of(texts: Texts) -> Any:
    """Those that have such texts yet."""
    attempts = Attempt.objects.filter(generation=OuterRef("pk"))
    match texts:
        case Texts.PROMPTS:
            return ~Q(prompt="") | Exists(attempts.exclude(messages=[]))
        case Texts.FILES:
            return ~Q(message="") | ~Q(diff="") | Exists(File.objects.filter(generation=OuterRef("pk")))
        case Texts.RAW_ANSWERS:
            return Exists(attempts.exclude(answer="", messages=[]))


def _old(texts: Texts, organization_id: UUID, before: datetime) -> GenerationQuerySet:
    """Without those whose refinement runs: it asks for the files."""
    ended = Generation.objects.filter(organization=organization_id, finished_at__lt=before)
    live = Generation.objects.live().filter(parent=OuterRef("pk"))
    return ended.exclude(Exists(live)).exclude(status__in=Generation.LIVE).filter(_of(texts))


def _count(texts: Texts, organization_id: UUID, before: datetime) -> int:
    return _old(texts, organization_id, before).count()


def _erase(texts: Texts, organization_id: UUID, before: datetime) -> int:
    """By their ids, so that one that cannot be erased now holds up no other."""
    erased, last = 0, None
    old = _old(texts, organization_id, before).order_by("id")
    while ids := list((old.filter(id__gt=last) if last else old).values_list("id", flat=True)[:AT_ONCE]):
        erased += erase_texts(ids, {texts})
        last = ids[-1]
    return erased


def _old_events(organization_id: UUID, before: datetime) -> QuerySet[WebhookEvent]:
    """Without those that are still on their way."""
    pending = WebhookDelivery.objects.filter(status=WebhookDelivery.Status.PENDING)
    events = WebhookEvent.objects.filter(organization=organization_id, created_at__lt=before)
    return events.exclude(id__in=pending.values("event"))


def _count_events(organization_id: UUID, before: datetime) -> int:
    return _old_events(organization_id, before).count()


def _erase_events(organization_id: UUID, before: datetime) -> int:
    return delete_in_chunks(_old_events(organization_id, before))


for _texts in Texts:
    register_eraser(Kept(_texts.value), count=partial(_count, _texts), erase=partial(_erase, _texts))
register_eraser(Kept.EVENTS, count=_count_events, erase=_erase_events)
