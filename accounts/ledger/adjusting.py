"""What an operator corrects by hand: an entry as every other, and an audit entry that says who and why."""

from django.db import transaction
from django.utils import timezone

from accounts.actor import OPERATOR, Actor
from accounts.audit.actions import Action
from accounts.audit.record import record_deed
from accounts.ledger.booking import book
from accounts.ledger.periods import month_of
from accounts.models import LedgerEntry, Organization
from codegen_site.errors import ValidationException


@transaction.atomic
def adjust_balance(
    *, organization: Organization, microusd: int, reason: str, by: Actor = OPERATOR
) -> LedgerEntry:
    """Add to what was spent in this month, whatever the limit; a credit is below zero."""
    reason = " ".join(reason.split())
    if not reason or not microusd:
        raise ValidationException("An adjustment needs an amount other than 0, and a reason.")
    now = timezone.now()
    entry = LedgerEntry(
        organization=organization,
        kind=LedgerEntry.Kind.ADJUST,
        month=month_of(now),
        at=now,
        amount_microusd=microusd,
        spent_microusd=microusd,
        note=reason[:200],
    )
    book([entry])
    month = f"{entry.month:%Y-%m}"
    record_deed(Action.LEDGER_ADJUSTED, entry, by=by, microusd=microusd, reason=reason[:200], month=month)
    return entry
