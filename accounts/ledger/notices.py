"""An organization is told when it has used 80 and 100 percent of a quota: once in each period."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.ledger.caps import Caps
from accounts.ledger.periods import day_of, month_of
from accounts.ledger.quota import QuotaState, Refusal
from accounts.ledger.states import state_of_storage, states_of_balance
from accounts.models import Balance, QuotaNotice, StoredBytes
from accounts.signals import quota_threshold_reached

# In percent, rising.
THRESHOLDS = (80, 100)


def reached(state: QuotaState) -> list[int]:
    """Which thresholds. What is reserved does not count: most of it comes back."""
    if not state.limit:
        return []
    return [percent for percent in THRESHOLDS if state.used * 100 >= state.limit * percent]


def tell_thresholds() -> int:
    """To be called every minute; how many notices were given."""
    now = timezone.now()
    near = [*_near_in_balances(now), *_near_in_storage(now)]
    return sum(tell_reached(organization_id, state) for organization_id, state in near)


def tell_reached(organization_id: UUID, state: QuotaState) -> bool:
    return _tell(organization_id, state, reached(state))


def tell_refusal(organization_id: UUID, refusal: Refusal) -> bool:
    """After the rollback of what was refused: a quota without room for a request counts as used up."""
    return _tell(organization_id, refusal.state, [100])


def _tell(organization_id: UUID, state: QuotaState, percents: Iterable[int]) -> bool:
    """Of several that were reached at once, the highest is told of. False when all have been."""
    own = QuotaNotice.objects.filter(
        organization_id=organization_id,
        quota=state.quota,
        subject=str(state.subject or ""),
        period=state.period,
    )
    told = set(own.values_list("percent", flat=True))
    new = [percent for percent in percents if percent not in told]
    return bool(new) and _write_notices(organization_id, state, new)


@transaction.atomic
def _write_notices(organization_id: UUID, state: QuotaState, percents: list[int]) -> bool:
    """False when another process was faster."""
    for percent in percents:
        notice, is_new = QuotaNotice.objects.get_or_create(
            organization_id=organization_id,
            quota=state.quota,
            subject=str(state.subject or ""),
            period=state.period,
            percent=percent,
            defaults={"used": state.used, "limit": state.limit or 0, "resets_at": state.resets_at},
        )
    if is_new:
        quota_threshold_reached.send(QuotaNotice, notice=notice)
    return is_new


def _near_in_balances(now: datetime) -> Iterator[tuple[UUID, QuotaState]]:
    near = Balance.objects.filter(
        _is_near("spent_microusd", "limit_microusd")
        | _is_near("spent_tokens", "limit_tokens")
        | (_is_near("requests", "limit_requests") & Q(day=day_of(now))),
        month=month_of(now),
    )
    for balance in near:
        for state in states_of_balance(balance, caps=Caps.last_seen(balance), now=now):
            yield balance.organization_id, state


def _near_in_storage(now: datetime) -> Iterator[tuple[UUID, QuotaState]]:
    for stored in StoredBytes.objects.filter(_is_near("bytes", "limit_bytes")):
        yield stored.organization_id, state_of_storage(stored, limit=stored.limit_bytes, now=now)


def _is_near(used: str, limit: str) -> Q:
    """At least four fifths of it, in whole numbers."""
    return Q(**{f"{limit}__gt": 0, f"{used}__gte": F(limit) - F(limit) / 5})
