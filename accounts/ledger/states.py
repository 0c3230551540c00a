"""How much of its quotas an organization, or one of its keys, has used: read from the balances."""

from datetime import datetime
from uuid import UUID

from accounts.ledger.caps import Caps
from accounts.ledger.periods import day_of, month_of, next_day, next_month
from accounts.ledger.quota import Quota, QuotaState
from accounts.models import ApiKey, Balance, Organization, StoredBytes
from accounts.models.balance import BalanceQuerySet


def states_of_organization(organization: Organization, *, caps: Caps, now: datetime) -> list[QuotaState]:
    """Of the quotas that a request uses up."""
    balances = Balance.objects.for_organization(organization).filter(api_key_id=None)
    stored = StoredBytes.objects.for_organization(organization).first() or StoredBytes()
    return [
        *states_of_balance(_find_or_empty(balances, now), caps=caps, now=now),
        state_of_storage(stored, limit=caps.stored_bytes, now=now),
    ]


def states_of_key(api_key: ApiKey, *, now: datetime) -> list[QuotaState]:
    balances = Balance.objects.filter(api_key_id=api_key.pk)
    balance = _find_or_empty(balances, now, api_key_id=api_key.pk)
    return states_of_balance(balance, caps=Caps.of_key(api_key), now=now)


def states_of_balance(balance: Balance, *, caps: Caps, now: datetime) -> list[QuotaState]:
    """Of a key, its money alone."""
    today, month = day_of(now), month_of(now)
    money = QuotaState(
        quota=Quota.KEY_MONEY if balance.api_key_id else Quota.MONEY,
        used=balance.spent_microusd,
        reserved=balance.reserved_microusd,
        limit=caps.microusd,
        resets_at=next_month(month),
        period=f"{month:%Y-%m}",
        subject=balance.api_key_id,
    )
    if balance.api_key_id:
        return [money]
    tokens = QuotaState(
        quota=Quota.TOKENS,
        used=balance.spent_tokens,
        reserved=balance.reserved_tokens,
        limit=caps.tokens,
        resets_at=next_month(month),
        period=f"{month:%Y-%m}",
    )
    requests = QuotaState(
        quota=Quota.REQUESTS,
        used=balance.requests if balance.day >= today else 0,
        limit=caps.requests,
        resets_at=next_day(today),
        period=f"{today}",
    )
    return [money, tokens, requests]


def state_of_storage(stored: StoredBytes, *, limit: int | None, now: datetime) -> QuotaState:
    return QuotaState(
        quota=Quota.STORED_BYTES, used=max(0, stored.bytes), limit=limit, period=f"{month_of(now):%Y-%m}"
    )


def _find_or_empty(balances: BalanceQuerySet, now: datetime, api_key_id: UUID | None = None) -> Balance:
    month = month_of(now)
    return balances.filter(month=month).first() or Balance(
        month=month, day=day_of(now), api_key_id=api_key_id
    )
