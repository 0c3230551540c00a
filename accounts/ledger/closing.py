"""A hold is closed once, in the transaction that ends its generation: settled with the cost, or released.

A generation that cost more than was held for it is booked in full: its balance may be over the limit by that
difference, and takes nothing more until there is room again.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.ledger.amounts import Amount
from accounts.ledger.booking import book
from accounts.ledger.metrics import OVERSHOT
from accounts.ledger.periods import month_of
from accounts.ledger.reserving import HOLD_LASTS, reservation_of
from accounts.models import Hold, LedgerEntry


@dataclass(frozen=True, kw_only=True, slots=True)
class Bill:
    """What a generation has cost its organization."""

    organization_id: UUID
    api_key_id: UUID | None
    generation_id: UUID
    amount: Amount


@transaction.atomic(savepoint=False)
def settle(bill: Bill) -> bool:
    """False when its hold is closed already. What has none, an old one say, is billed all the same."""
    now = timezone.now()
    hold = _close(bill.generation_id, state=Hold.State.SETTLED, now=now) or _closed_hold_for(bill, now)
    if hold is None:
        return False
    if bill.amount.microusd > hold.amount_microusd:
        OVERSHOT.inc(bill.amount.microusd - hold.amount_microusd)
    entry = _closing_entry(hold, kind=LedgerEntry.Kind.SETTLE, now=now)
    entry.amount_microusd = entry.spent_microusd = bill.amount.microusd
    entry.spent_tokens = bill.amount.tokens
    book([entry])
    return True


def release(generation_id: UUID, *, note: str = "") -> bool:
    """False when its hold is closed already, or it has none."""
    return bool(release_all([generation_id], note=note))


@transaction.atomic(savepoint=False)
def release_all(generation_ids: Collection[UUID], *, note: str = "") -> int:
    """How many were open."""
    now = timezone.now()
    holds = list(
        Hold.objects.open()
        .filter(generation_id__in=generation_ids)
        .select_for_update()
        .order_by("generation_id")
    )
    if holds:
        ids = [hold.generation_id for hold in holds]
        Hold.objects.filter(generation_id__in=ids).update(state=Hold.State.RELEASED, closed_at=now)
        book([_closing_entry(hold, kind=LedgerEntry.Kind.RELEASE, now=now, note=note) for hold in holds])
    return len(holds)


@transaction.atomic(savepoint=False)
def hand_over(generation_id: UUID, *, heir_id: UUID, heirs_key_id: UUID | None) -> None:
    """What was held for a generation, and has just been released, is held for its heir: it asks the same.

    In the same transaction, so that nobody takes the room in between. It is not refused: where the heir
    was asked for with another key, that key's budget may be exceeded by it.
    """
    left = Hold.objects.filter(generation_id=generation_id, state=Hold.State.RELEASED).first()
    if left is None:
        return
    now = timezone.now()
    hold = Hold(
        generation_id=heir_id,
        organization_id=left.organization_id,
        api_key_id=heirs_key_id,
        month=left.month,
        amount_microusd=left.amount_microusd,
        tokens=left.tokens,
        created_at=now,
        expires_at=now + HOLD_LASTS,
    )
    hold.save(force_insert=True)
    book([reservation_of(hold, at=now, note=f"taken over from {generation_id}")])


def _close(generation_id: UUID, *, state: Hold.State, now: datetime) -> Hold | None:
    """Of those that would close it at the same time, one gets it."""
    found = Hold.objects.filter(generation_id=generation_id)
    if not found.open().update(state=state, closed_at=now):
        return None
    return found.get()


def _closed_hold_for(bill: Bill, now: datetime) -> Hold | None:
    """`None` when there was one."""
    hold, is_new = Hold.objects.get_or_create(
        generation_id=bill.generation_id,
        defaults={
            "organization_id": bill.organization_id,
            "api_key_id": bill.api_key_id,
            "month": month_of(now),
            "amount_microusd": 0,
            "tokens": 0,
            "state": Hold.State.SETTLED,
            "created_at": now,
            "expires_at": now,
            "closed_at": now,
        },
    )
    return hold if is_new else None


def _closing_entry(hold: Hold, *, kind: LedgerEntry.Kind, now: datetime, note: str = "") -> LedgerEntry:
    return LedgerEntry(
        organization_id=hold.organization_id,
        api_key_id=hold.api_key_id,
        generation_id=hold.generation_id,
        kind=kind,
        month=hold.month,
        at=now,
        amount_microusd=hold.amount_microusd,
        reserved_microusd=-hold.amount_microusd,
        reserved_tokens=-hold.tokens,
        note=note,
    )
