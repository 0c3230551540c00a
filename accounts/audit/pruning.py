"""Entries that were kept for long enough go, from the beginning of their chain, and the chain says so."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.audit.actions import Action
from accounts.audit.canonical import chain_of
from accounts.audit.record import record_act
from accounts.audit.sealing import lock_chain, save_signed, seal_chain
from accounts.models import AuditAnchor, AuditEntry

PRUNED_AT_ONCE = 500


def count_prunable(organization_id: UUID | None, *, before: datetime) -> int:
    entries = AuditEntry.objects.filter(chain=chain_of(organization_id), position__isnull=False)
    return entries.filter(created_at__lt=before).count()


def prune_entries(organization_id: UUID | None, *, before: datetime) -> int:
    """Those that were written before then, some at a time; how many. Raises `ChainBroken`."""
    pruned = 0
    while some := _prune_some(chain_of(organization_id), before):
        pruned += some
    if pruned:
        record_act(
            Action.AUDIT_PRUNED,
            organization_id=organization_id,
            object_id=chain_of(organization_id),
            entries=pruned,
            before=None,
            until=before,
        )
    return pruned


def erase_chain(organization_id: UUID) -> int:
    """All entries of an organization that goes for good; how many. Its head alone stays."""
    name = chain_of(organization_id)
    seal_chain(name)
    erased = 0
    while some := _prune_some(name, None):
        erased += some
    return erased


@transaction.atomic
def _prune_some(name: str, before: datetime | None) -> int:
    chain = lock_chain(name)
    oldest = AuditEntry.objects.filter(chain=name, position__gt=chain.pruned_to).order_by("position")
    going = []
    for entry in oldest[:PRUNED_AT_ONCE]:
        if before is not None and entry.created_at >= before:
            break
        going.append(entry)
    if not going:
        return 0
    last, latest = going[-1], max(entry.created_at for entry in going)
    chain.pruned_to = last.position or 0
    chain.pruned_until = max(latest, chain.pruned_until or latest)
    if chain.pruned_to >= chain.start:
        chain.start, chain.start_hash = chain.pruned_to, last.hash
    save_signed(chain)
    # Not by the log's own manager, which deletes nothing; the database lets go what the chain has let go.
    for model in (AuditEntry, AuditAnchor):
        model._base_manager.filter(chain=name, position__lte=chain.pruned_to).delete()
    return len(going)
