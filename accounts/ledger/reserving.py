"""Room is taken for generations before they are accepted: for all that are asked for, or for none.

A balance is changed by one conditional update, so requests of the same moment cannot take the same room.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.ledger.amounts import Amount, total_of
from accounts.ledger.booking import BalanceRow, write_entries
from accounts.ledger.caps import Caps
from accounts.ledger.late_writes import write_waiting
from accounts.ledger.metrics import REFUSED
from accounts.ledger.overview import quotas_of_request
from accounts.ledger.periods import month_of
from accounts.ledger.quota import QuotaState, Refusal, find_shortage
from accounts.ledger.room import Demand, take_room
from accounts.ledger.states import states_of_key, states_of_organization
from accounts.models import ApiKey, Hold, LedgerEntry, Organization
from accounts.plans.reading import limits_of
from codegen_site.errors import QuotaExceeded

HOLD_LASTS = timedelta(minutes=10)
# A balance that has to be made, or room that comes free while its lack is looked into.
MOST_TRIES = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class NewHold:
    generation_id: UUID
    amount: Amount


@transaction.atomic(savepoint=False)
def reserve(*, organization: Organization, api_key: ApiKey | None = None, holds: Sequence[NewHold]) -> None:
    """Raises `QuotaExceeded`, with figures: the transaction is to be rolled back then.

    To be called last in a transaction: it takes rows that every request of the organization wants.
    """
    _reserve(organization, api_key, holds, requests=len(holds))


def _reserve(
    organization: Organization, api_key: ApiKey | None, holds: Sequence[NewHold], *, requests: int
) -> None:
    now = timezone.now()
    api_key_id = api_key.pk if api_key else None
    rows = [_row_of(organization, api_key_id, hold, now) for hold in holds]
    if len(rows) == 1:
        rows[0].save(force_insert=True)
    else:
        Hold.objects.bulk_create(rows)
    write_entries([reservation_of(row, at=now) for row in rows])
    write_waiting()
    demand = Demand(amount=total_of(hold.amount for hold in holds), requests=requests)
    _take(organization, api_key, demand, now=now)


@transaction.atomic(savepoint=False)
def reserve_again(*, organization: Organization, api_key: ApiKey | None, generation_id: UUID) -> None:
    """As much as was held for it before it failed, now that it runs once more. Raises `QuotaExceeded`.

    It was counted as a request before.
    """
    left = Hold.objects.filter(generation_id=generation_id, state=Hold.State.RELEASED).first()
    if left is not None:
        amount = Amount(microusd=left.amount_microusd, tokens=left.tokens)
        left.delete()
        again = NewHold(generation_id=generation_id, amount=amount)
        _reserve(organization, api_key, [again], requests=0)


def check_room(*, organization: Organization, api_key: ApiKey | None, amounts: Iterable[Amount]) -> None:
    """Whether so many would be accepted now: before much is written in vain. Raises `QuotaExceeded`."""
    listed = list(amounts)
    demand = Demand(amount=total_of(listed), requests=len(listed))
    refuse_shortage(quotas_of_request(organization, api_key), demand)


def _row_of(organization: Organization, api_key_id: UUID | None, hold: NewHold, now: datetime) -> Hold:
    return Hold(
        generation_id=hold.generation_id,
        organization=organization,
        api_key_id=api_key_id,
        month=month_of(now),
        amount_microusd=hold.amount.microusd,
        tokens=hold.amount.tokens,
        created_at=now,
        expires_at=now + HOLD_LASTS,
    )


def reservation_of(hold: Hold, *, at: datetime, note: str = "") -> LedgerEntry:
    return LedgerEntry(
        organization_id=hold.organization_id,
        api_key_id=hold.api_key_id,
        generation_id=hold.generation_id,
        kind=LedgerEntry.Kind.RESERVE,
        month=hold.month,
        at=at,
        amount_microusd=hold.amount_microusd,
        reserved_microusd=hold.amount_microusd,
        reserved_tokens=hold.tokens,
        note=note,
    )


def _take(organization: Organization, api_key: ApiKey | None, demand: Demand, *, now: datetime) -> None:
    """The organization's row first, as whoever writes to both does."""
    caps = Caps.of_plan(limits_of(organization))
    row = BalanceRow(organization_id=organization.pk, month=month_of(now))
    states = partial(states_of_organization, organization, caps=caps, now=now)
    _take_from(row, demand, caps=caps, states=states, now=now)
    if api_key is not None:
        row = replace(row, api_key_id=api_key.pk)
        states = partial(states_of_key, api_key, now=now)
        _take_from(row, demand, caps=Caps.of_key(api_key), states=states, now=now)


def _take_from(
    row: BalanceRow, demand: Demand, *, caps: Caps, states: Callable[[], list[QuotaState]], now: datetime
) -> None:
    for _ in range(MOST_TRIES):
        if take_room(row, demand=demand, caps=caps, now=now):
            return
        row.make()
        refuse_shortage(states(), demand)
    raise QuotaExceeded


def refuse_shortage(states: Iterable[QuotaState], demand: Demand) -> None:
    """Raises `QuotaExceeded` for the first quota that has less left than is wanted of it."""
    shortage = find_shortage((state, demand.of(state.quota)) for state in states)
    if shortage:
        state, wanted = shortage
        REFUSED.labels(state.quota.value).inc()
        raise Refusal(state, wanted)
