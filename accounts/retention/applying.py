"""What was kept for long enough goes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone
from prometheus_client import Counter

from accounts.audit.actions import Action
from accounts.audit.pruning import count_prunable, prune_entries
from accounts.audit.record import record_deed
from accounts.audit.sealing import ChainBroken
from accounts.models import Organization
from accounts.retention.classes import ERASERS, Kept, register_eraser
from accounts.retention.periods import days_in_force, default_days

ERASED = Counter("retention_erased_total", "What was kept for long enough and has gone.", ["kept"])


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """`number` is how much has gone, or would go."""

    owner: str
    kept: Kept
    days: int
    number: int


def apply_retention(
    *, organizations: Iterable[Organization] | None = None, dry_run: bool = False
) -> list[Outcome]:
    """To all organizations, and to the entries of the audit log that belong to none."""
    if organizations is not None:
        return [outcome for one in organizations for outcome in _apply(one, dry_run=dry_run)]
    everybody = Organization.objects.iterator()
    outcomes = [outcome for one in everybody for outcome in _apply(one, dry_run=dry_run)]
    return [*outcomes, *_apply_to_installation(dry_run=dry_run)]


def _apply(organization: Organization, *, dry_run: bool) -> Iterator[Outcome]:
    for kept, days in days_in_force(organization).items():
        if not days or kept not in ERASERS:
            continue
        before = timezone.now() - timedelta(days=days)
        act = ERASERS[kept].count if dry_run else ERASERS[kept].erase
        number = act(organization.pk, before)
        if not number:
            continue
        if not dry_run:
            ERASED.labels(kept.value).inc(number)
            record_deed(Action.RETENTION_APPLIED, organization, kept=kept.value, days=days, number=number)
        yield Outcome(owner=organization.slug, kept=kept, days=days, number=number)


def _apply_to_installation(*, dry_run: bool) -> Iterator[Outcome]:
    days = default_days()[Kept.AUDIT]
    if not days:
        return
    before = timezone.now() - timedelta(days=days)
    number = count_prunable(None, before=before) if dry_run else _prune(None, before)
    if number:
        yield Outcome(owner="installation", kept=Kept.AUDIT, days=days, number=number)


def _prune(organization_id: UUID | None, before: datetime) -> int:
    """A chain that is broken stays whole: somebody has to look at it first."""
    try:
        return prune_entries(organization_id, before=before)
    except ChainBroken:
        return 0


register_eraser(
    Kept.AUDIT,
    count=lambda organization_id, before: count_prunable(organization_id, before=before),
    erase=_prune,
)
