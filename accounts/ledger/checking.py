"""Balances are derivable: they are computed anew from the entries, and what differs is told."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.audit.actions import Action
from accounts.audit.record import record_act
from accounts.ledger.booking import FIGURES, BalanceRow
from accounts.ledger.metrics import DIFFERENCES
from accounts.models import Balance, Hold, LedgerEntry, Organization

logger = logging.getLogger("accounts")

OPEN_HOLDS = "open holds"


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """`has` stands in the balance and should be `derived`; of open holds it is what the entries have."""

    row: BalanceRow
    figure: str
    has: int
    derived: int

    def __str__(self) -> str:
        whose = f"key {self.row.api_key_id} of " if self.row.api_key_id else ""
        return (
            f"{whose}organization {self.row.organization_id}, {self.row.month:%Y-%m}, {self.figure}:"
            f" {self.has:,} instead of {self.derived:,}"
        )


def check_balances(
    *, organization: Organization | None = None, since: date | None = None, repair: bool = False
) -> list[Difference]:
    """What differs, or differed before the repair. It is told to the log, and to the metric."""
    found = list(_find_differences(organization, since))
    for difference in found:
        logger.error("ledger.difference", extra={"difference": str(difference)})
    DIFFERENCES.set(len(found))
    if repair:
        for row in dict.fromkeys(one.row for one in found if one.figure != OPEN_HOLDS):
            _repair(row)
    return found


def _find_differences(organization: Organization | None, since: date | None) -> Iterator[Difference]:
    scope = Q(organization=organization) if organization else Q()
    scope &= Q(month__gte=since) if since else Q()
    for row in _rows_without_balance(scope):
        yield Difference(row=row, figure="balance", has=0, derived=1)
    # One statement sees balances and entries of the same moment: they are committed together.
    own = Balance.objects.filter(scope, api_key_id=None).annotate(
        **_sums(LedgerEntry.objects.filter(_same_month())), held=_held()
    )
    balance: Any  # annotated
    for balance in own.iterator():
        yield from _compare(balance)
        if balance.held != balance.sum_reserved_microusd:
            yield _difference(balance, OPEN_HOLDS, balance.sum_reserved_microusd, balance.held)
    of_key = LedgerEntry.objects.filter(_same_month(), api_key_id=OuterRef("api_key_id"))
    keys = Balance.objects.filter(scope, api_key_id__isnull=False).annotate(**_sums(of_key))
    for balance in keys.iterator():
        yield from _compare(balance)


def _compare(balance: Any) -> Iterator[Difference]:
    for figure in FIGURES:
        has, derived = getattr(balance, figure), getattr(balance, f"sum_{figure}")
        if has != derived:
            yield _difference(balance, figure, has, derived)


def _difference(balance: Balance, figure: str, has: int, derived: int) -> Difference:
    row = BalanceRow(
        organization_id=balance.organization_id, month=balance.month, api_key_id=balance.api_key_id
    )
    return Difference(row=row, figure=figure, has=has, derived=derived)


def _rows_without_balance(scope: Q) -> Iterator[BalanceRow]:
    """An organization that is gone has entries, and no balance."""
    there = Exists(Organization.objects.filter(pk=OuterRef("organization")))
    entries = LedgerEntry.objects.filter(scope).filter(there).order_by()
    own = Balance.objects.filter(_same_month(), api_key_id=None)
    for organization_id, month in (
        entries.filter(~Exists(own)).values_list("organization", "month").distinct()
    ):
        yield BalanceRow(organization_id=organization_id, month=month)
    of_key = Balance.objects.filter(_same_month(), api_key_id=OuterRef("api_key_id"))
    lacking = entries.filter(~Exists(of_key), api_key_id__isnull=False)
    for organization_id, month, key_id in lacking.values_list(
        "organization", "month", "api_key_id"
    ).distinct():
        yield BalanceRow(organization_id=organization_id, month=month, api_key_id=key_id)


def _same_month() -> Q:
    return Q(organization=OuterRef("organization"), month=OuterRef("month"))


def _sums(entries: Any) -> dict[str, Any]:
    """Of each figure, as `sum_…`."""
    return {f"sum_{figure}": _total(entries, figure) for figure in FIGURES}


def _held() -> Any:
    return _total(Hold.objects.open().filter(_same_month()), "amount_microusd")


def _total(rows: Any, field: str) -> Any:
    grouped = rows.order_by().values("organization").annotate(total=Sum(field)).values("total")
    return Coalesce(Subquery(grouped), 0)


@transaction.atomic
def _repair(row: BalanceRow) -> None:
    """While it is locked nothing is booked, so that its sum stays what it is."""
    row.make()
    balance = row.find().select_for_update().get()
    entries = LedgerEntry.objects.filter(organization_id=row.organization_id, month=row.month)
    if row.api_key_id is not None:
        entries = entries.filter(api_key_id=row.api_key_id)
    derived = entries.aggregate(**{figure: Coalesce(Sum(figure), 0) for figure in FIGURES})
    before = {figure: getattr(balance, figure) for figure in FIGURES}
    row.find().update(**derived)
    record_act(
        Action.LEDGER_REPAIRED,
        organization_id=row.organization_id,
        object_id=row.api_key_id or row.organization_id,
        before=before,
        after=derived,
        month=f"{row.month:%Y-%m}",
    )
