"""What generations used: written when they end, and kept when they are deleted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.ledger.periods import day_of
from accounts.models import UsageRecord


@dataclass(frozen=True, kw_only=True, slots=True)
class Used:
    """By the calls of one model for one purpose. Output includes reasoning, input what was cached."""

    model: str
    purpose: str
    calls: int
    input_tokens: int
    output_tokens: int
    reasoning_tokens: int
    cached_tokens: int
    cost_microusd: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Spender:
    """For whom, and with whose key or login, a generation ran."""

    organization_id: UUID
    generation_id: UUID
    api_key_id: UUID | None
    member_id: int | None


def record_usage(
    spender: Spender, used: Sequence[Used], *, framework: str, billed: bool, at: datetime
) -> None:
    """In the transaction of its end."""
    records = [
        UsageRecord(
            organization_id=spender.organization_id,
            generation_id=spender.generation_id,
            api_key_id=spender.api_key_id,
            member_id=spender.member_id,
            framework=framework,
            billed=billed,
            day=day_of(at),
            created_at=at,
            **{name: getattr(one, name) for name in Used.__slots__},
        )
        for one in used
    ]
    if len(records) == 1:
        records[0].save(force_insert=True)
    else:
        UsageRecord.objects.bulk_create(records)
