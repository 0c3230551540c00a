"""Entries are tied into their chains some seconds after they were committed, in one place for each chain.

Whoever writes an entry waits for nobody: a chain's row is locked only by who seals. Entries that come late,
from a transaction that took long, are tied in behind those that overtook them.
"""

import logging
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.audit.canonical import GENESIS, digest_of, tie
from accounts.audit.metrics import BROKEN, SEALED
from accounts.audit.remembered import remember_head
from accounts.audit.signing import anchor_of, head_of, is_current, is_signed, sign, signed_of
from accounts.models import AuditAnchor, AuditChain, AuditEntry

SEALED_AT_ONCE = 200
ANCHORED_EVERY = timedelta(hours=1)
ANCHOR_TOLD = "audit.anchor"

logger = logging.getLogger("accounts.audit")


class ChainBroken(Exception):
    """Its head is not what the service has signed: it is not made good by signing it once more."""


def seal_entries() -> int:
    """Those of all chains that are not tied in yet; how many. Any number may do it at the same time."""
    unsealed = AuditEntry.objects.filter(position=None).order_by().values_list("chain", flat=True)
    stale = (chain.name for chain in AuditChain.objects.all() if not is_current(chain.signed_with))
    sealed = 0
    for name in sorted({*unsealed.distinct(), *stale}):
        try:
            sealed += seal_chain(name)
        except ChainBroken:
            BROKEN.inc()
            logger.error("audit.broken", extra={"chain": name})  # noqa: TRY400 - it says all there is to say
    return sealed


def seal_chain(name: str) -> int:
    """What was not written by the service is left as it is, for `verify` to be told of.

    A head that is signed with an earlier secret is signed with the newest. Raises `ChainBroken`.
    """
    sealed, last = 0, None
    while last := _seal_some(name, behind=last):
        sealed += last.sealed
    SEALED.inc(sealed)
    return sealed


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sealed:
    """How many of the entries up to the one with the id `last`."""

    last: UUID
    sealed: int


@transaction.atomic
def _seal_some(name: str, *, behind: _Sealed | None) -> _Sealed | None:
    chain = lock_chain(name)
    unsealed = AuditEntry.objects.filter(chain=name, position=None).order_by("id")
    found = list((unsealed.filter(id__gt=behind.last) if behind else unsealed)[:SEALED_AT_ONCE])
    genuine = [entry for entry in found if is_genuine(entry)]
    for entry in genuine:
        chain.position += 1
        chain.hash = tie(chain=name, position=chain.position, before=chain.hash, digest=entry.digest)
        entry.position, entry.hash = chain.position, chain.hash
    if genuine:
        # Not by the log's own manager, which changes nothing.
        AuditEntry._base_manager.bulk_update(genuine, ["position", "hash"], batch_size=100)
        _anchor(chain)
    if genuine or not is_current(chain.signed_with):
        save_signed(chain)
    return _Sealed(last=found[-1].id, sealed=len(genuine)) if found else None


def lock_chain(name: str) -> AuditChain:
    """As it is now, for whoever is in this transaction; begun when there is none. Raises `ChainBroken`."""
    chain = AuditChain.objects.select_for_update().filter(name=name).first()
    if chain is None:
        if AuditEntry.objects.filter(chain=name, position__isnull=False).exists():
            raise ChainBroken(name)
        return _begin_chain(name)
    if not is_signed(chain.signature, chain.signed_with, *head_of(chain)):
        raise ChainBroken(name)
    return chain


def save_signed(chain: AuditChain) -> None:
    chain.signature, chain.signed_with = sign(*head_of(chain))
    chain.save()
    transaction.on_commit(partial(remember_head, chain.name, chain.position), robust=True)


def is_genuine(entry: AuditEntry) -> bool:
    """Whether the service wrote it, and as it stands there."""
    signed = is_signed(entry.signature, entry.signed_with, *signed_of(entry))
    return bool(signed) and digest_of(entry) == entry.digest


def _begin_chain(name: str) -> AuditChain:
    head = AuditChain(name=name, hash=GENESIS, start_hash=GENESIS)
    signature, signed_with = sign(*head_of(head))
    fields = {"hash": GENESIS, "start_hash": GENESIS, "signature": signature, "signed_with": signed_with}
    AuditChain.objects.get_or_create(name=name, defaults=fields)
    return AuditChain.objects.select_for_update().get(name=name)


def _anchor(chain: AuditChain) -> None:
    now = timezone.now()
    if chain.anchored_at is not None and now - chain.anchored_at < ANCHORED_EVERY:
        return
    chain.anchored_at = now
    anchor = AuditAnchor(chain=chain.name, position=chain.position, hash=chain.hash, created_at=now)
    anchor.signature, anchor.signed_with = sign(*anchor_of(anchor))
    anchor.save()
    told = {"chain": chain.name, "position": chain.position, "hash": chain.hash}
    transaction.on_commit(partial(logger.info, ANCHOR_TOLD, extra=told), robust=True)
