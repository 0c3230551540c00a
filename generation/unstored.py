"""Requests with `store: false`: their answer is given once, and then its texts are gone."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from codegen_site.errors import AnswerNotStored
from generation.erasing import erase_texts
from generation.models import Generation

AT_ONCE = 100


def erase_delivered(generation: Generation) -> None:
    """Whoever waited for it has it now."""
    if not generation.store and not generation.is_live:
        erase_texts([generation.id])


def erase_undelivered() -> int:
    """Those that nobody waited for, or whose client went away: some time after their end. How many."""
    until = timezone.now() - timedelta(seconds=settings.UNSTORED_KEPT_S)
    waiting = Generation.objects.filter(store=False, erased_at=None, finished_at__lt=until)
    erased = 0
    while ids := list(waiting.order_by("finished_at").values_list("id", flat=True)[:AT_ONCE]):
        if not (some := erase_texts(ids)):
            break
        erased += some
    return erased


def refuse_erased(generation: Generation) -> None:
    """Raises `AnswerNotStored` when it was given already."""
    if not generation.store and generation.erased_at is not None:
        raise AnswerNotStored
