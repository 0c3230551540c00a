"""Whether the log is as it was written: every link of a chain, its signed head, what others remember."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.audit.canonical import digest_of, tie
from accounts.audit.remembered import remembered_position
from accounts.audit.sealing import is_genuine
from accounts.audit.signing import anchor_of, head_of, is_signed, signed_of
from accounts.models import AuditAnchor, AuditChain, AuditEntry

READ_AT_ONCE = 1_000
# What is not sealed after so long waits for a sealer that does not come.
SEALED_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True, slots=True)
class Break:
    """`position` is that of the first link that does not hold; 0 where none can be named."""

    chain: str
    position: int
    reason: str
    entry: str = ""

    def __str__(self) -> str:
        at = f" at position {self.position:,}" if self.position else ""
        return f"{self.chain}{at}{f' (entry {self.entry})' if self.entry else ''}: {self.reason}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """Behind which `verify_chain` begins."""

    position: int
    hash: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What was found in one chain: the first broken link, and how many hold before it."""

    chain: str
    checked: int
    breaks: list[Break]


def known_chains() -> list[str]:
    """Those that have a head, or entries."""
    heads = set(AuditChain.objects.values_list("name", flat=True))
    return sorted(heads.union(AuditEntry.objects.order_by().values_list("chain", flat=True).distinct()))


def verify_chain(name: str, *, since: datetime | None = None) -> Verdict:
    """From its beginning, or from the last anchor before `since`."""
    chain = AuditChain.objects.filter(name=name).first()
    unsealed = list(_check_unsealed(name))
    if chain is None:
        return Verdict(chain=name, checked=0, breaks=[*_check_missing_head(name), *unsealed])
    head = list(_check_head(chain))
    if head:
        return Verdict(chain=name, checked=0, breaks=[*head, *unsealed])
    anchors = list(AuditAnchor.objects.filter(chain=name, position__gt=chain.start).order_by("position"))
    start = _start_of(chain, anchors, since)
    checked, broken = _walk(chain, start, {anchor.position: anchor for anchor in anchors})
    links = [broken] if broken else list(_check_end(chain, anchors))
    return Verdict(chain=name, checked=checked, breaks=[*links, *unsealed])


def _check_missing_head(name: str) -> Iterator[Break]:
    is_sealed = AuditEntry.objects.filter(chain=name, position__isnull=False).exists()
    if is_sealed or AuditAnchor.objects.filter(chain=name).exists():
        yield Break(chain=name, position=0, reason="its head is missing")


def _check_head(chain: AuditChain) -> Iterator[Break]:
    signed = is_signed(chain.signature, chain.signed_with, *head_of(chain))
    if signed is None:
        yield Break(chain=chain.name, position=0, reason="its head is signed with a secret that is not known")
    elif not signed:
        yield Break(chain=chain.name, position=0, reason="its head is not what was signed")


def _start_of(chain: AuditChain, anchors: Iterable[AuditAnchor], since: datetime | None) -> Link:
    start = Link(position=chain.start, hash=chain.start_hash)
    for anchor in anchors:
        if since is not None and anchor.created_at < since and _is_good(anchor):
            start = Link(position=anchor.position, hash=anchor.hash)
    return start


def _is_good(anchor: AuditAnchor) -> bool:
    return bool(is_signed(anchor.signature, anchor.signed_with, *anchor_of(anchor)))


def _walk(chain: AuditChain, start: Link, anchors: dict[int, AuditAnchor]) -> tuple[int, Break | None]:
    """How many links hold, and the first that does not."""
    position, before = start.position, start.hash
    entries = AuditEntry.objects.filter(chain=chain.name).order_by("position")
    while found := list(entries.filter(position__gt=position)[:READ_AT_ONCE]):
        for entry in found:
            reason = _why_broken(
                entry, position=position + 1, before=before, anchor=anchors.get(position + 1)
            )
            if reason:
                broken = Break(chain=chain.name, position=position + 1, reason=reason, entry=str(entry.id))
                return position - start.position, broken
            position, before = position + 1, entry.hash
    if position != chain.position or before != chain.hash:
        reason = f"the chain goes up to {chain.position:,}, and what comes here is gone"
        return position - start.position, Break(chain=chain.name, position=position + 1, reason=reason)
    return position - start.position, None


def _why_broken(entry: AuditEntry, *, position: int, before: str, anchor: AuditAnchor | None) -> str:
    if entry.position != position:
        return "an entry is missing before it"
    if digest_of(entry) != entry.digest:
        return "the entry was changed"
    if is_signed(entry.signature, entry.signed_with, *signed_of(entry)) is False:
        return "the entry was not written by the service"
    if tie(chain=entry.chain, position=position, before=before, digest=entry.digest) != entry.hash:
        return "it is not tied to the entry before it"
    if anchor is not None and _is_good(anchor) and anchor.hash != entry.hash:
        return "the chain was made anew: an anchor has another hash"
    return ""


def _check_end(chain: AuditChain, anchors: list[AuditAnchor]) -> Iterator[Break]:
    forged = [
        anchor
        for anchor in anchors
        if is_signed(anchor.signature, anchor.signed_with, *anchor_of(anchor)) is False
    ]
    for anchor in forged:
        yield Break(chain=chain.name, position=anchor.position, reason="an anchor is not what was signed")
    furthest = max([anchor.position for anchor in anchors], default=0)
    if furthest > chain.position:
        reason = f"an anchor knows entries up to {furthest:,}: the newest were cut off"
        yield Break(chain=chain.name, position=chain.position + 1, reason=reason)
    if (remembered := remembered_position(chain.name)) > chain.position:
        reason = f"Redis remembers entries up to {remembered:,}: the newest were cut off"
        yield Break(chain=chain.name, position=chain.position + 1, reason=reason)


def _check_unsealed(name: str) -> Iterator[Break]:
    late = timezone.now() - SEALED_WITHIN
    for entry in (
        AuditEntry.objects.filter(chain=name, position=None).order_by("id").iterator(chunk_size=1_000)
    ):
        if not is_genuine(entry):
            reason = "an entry was changed, or not written by the service"
            yield Break(chain=name, position=0, entry=str(entry.id), reason=reason)
        elif entry.created_at < late:
            yield Break(chain=name, position=0, entry=str(entry.id), reason="it was not sealed: nobody seals")
