"""Entries are written, and the balances that they are summed in follow: both in the caller's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from accounts.ledger.late_writes import add_late
from accounts.ledger.periods import day_of
from accounts.models import Balance, LedgerEntry
from accounts.models.balance import BalanceQuerySet

FIGURES = ("reserved_microusd", "spent_microusd", "reserved_tokens", "spent_tokens")
# Before the ids of all keys: the organization's own row comes first.
NO_KEY = UUID(int=0)


@dataclass(frozen=True, kw_only=True, slots=True)
class BalanceRow:
    """Which balance: of an organization, or of one of its keys."""

    organization_id: UUID
    month: date
    api_key_id: UUID | None = None

    def find(self) -> BalanceQuerySet:
        return Balance.objects.filter(
            organization_id=self.organization_id, api_key_id=self.api_key_id, month=self.month
        )

    def make(self) -> None:
        """With nothing in it, unless it is there."""
        empty = Balance(
            organization_id=self.organization_id,
            api_key_id=self.api_key_id,
            month=self.month,
            day=day_of(timezone.now()),
        )
        Balance.objects.bulk_create([empty], ignore_conflicts=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class BalanceChange:
    """What is added to a balance, whatever its limit: that was looked at when it was reserved."""

    row: BalanceRow
    reserved_microusd: int = 0
    spent_microusd: int = 0
    reserved_tokens: int = 0
    spent_tokens: int = 0

    @property
    def key(self) -> tuple[Any, ...]:
        return ("balance", self.row.organization_id, self.row.month, self.row.api_key_id or NO_KEY)

    def __add__(self, other: "BalanceChange") -> "BalanceChange":
        return replace(self, **{name: getattr(self, name) + getattr(other, name) for name in FIGURES})

    def write(self) -> None:
        added: dict[str, Any] = {name: F(name) + getattr(self, name) for name in FIGURES}
        if not self.row.find().update(**added):
            self.row.make()
            self.row.find().update(**added)


def write_entries(entries: Sequence[LedgerEntry]) -> None:
    if len(entries) == 1:
        entries[0].save()  # a bulk of one has a savepoint to make and to release
    else:
        LedgerEntry.objects.bulk_create(entries)


def book(entries: Sequence[LedgerEntry]) -> None:
    """Write them and add them to the balances of the organization, and of the key where there is one."""
    write_entries(entries)
    add_late(*(change for entry in entries for change in changes_of(entry)))


def changes_of(entry: LedgerEntry) -> list[BalanceChange]:
    figures = {name: getattr(entry, name) for name in FIGURES}
    row = BalanceRow(organization_id=entry.organization_id, month=entry.month)
    rows = [row] if entry.api_key_id is None else [row, replace(row, api_key_id=entry.api_key_id)]
    return [BalanceChange(row=row, **figures) for row in rows]
