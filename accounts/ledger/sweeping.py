"""The last resort: a hold that was left open, whatever kept it from being closed with its generation."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Literal
from uuid import UUID

from django.utils import timezone

from accounts.ledger.closing import Bill, release, settle
from accounts.ledger.metrics import SWEPT
from accounts.ledger.reserving import HOLD_LASTS
from accounts.models import Hold

logger = logging.getLogger("accounts")

MOST_AT_ONCE = 500

# It still runs, or has ended and costs this, or has ended or vanished and costs nothing.
Fate = Literal["live"] | Bill | None


def sweep_holds(find_fates: Callable[[Sequence[UUID]], Mapping[UUID, Fate]]) -> int:
    """Close the holds whose time is over and whose generation is not live; how many there were.

    `find_fates` knows the generations; one that it leaves out is gone.
    """
    swept = 0
    while stale := _find_stale():
        fates = find_fates(stale)
        live = [generation_id for generation_id in stale if fates.get(generation_id) == "live"]
        Hold.objects.open().filter(generation_id__in=live).update(expires_at=timezone.now() + HOLD_LASTS)
        swept += sum(
            _close(generation_id, fates.get(generation_id))
            for generation_id in stale
            if fates.get(generation_id) != "live"
        )
        if len(stale) < MOST_AT_ONCE:
            break
    return swept


def _find_stale() -> list[UUID]:
    stale = Hold.objects.stale(timezone.now()).order_by("expires_at")
    return list(stale.values_list("generation_id", flat=True)[:MOST_AT_ONCE])


def _close(generation_id: UUID, fate: Fate) -> bool:
    closed = settle(fate) if isinstance(fate, Bill) else release(generation_id, note="swept")
    if closed:
        SWEPT.inc()
        logger.warning("ledger.hold_swept", extra={"generation_id": str(generation_id)})
    return closed
