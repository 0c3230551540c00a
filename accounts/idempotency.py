"""What is remembered of the requests that came with an `Idempotency-Key`.

A key is taken in one of two ways. `keep_subject` writes it in the transaction that makes what was asked
for: both are there, or neither. `hold_key` takes it for a lease, for as long as a view works;
`keep_response`, in the view's transaction, or `free_key` ends that.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.kept_response import KeptResponse
from accounts.models import IdempotencyKey, Organization
from codegen_site.errors import IdempotencyKeyInUse, IdempotencyKeyReused

# A view that works longer can be overtaken by a repetition, and is undone then.
LEASE = timedelta(seconds=60)
RETRY_AFTER_S = 1
PRUNED_AT_ONCE = 2_000


@dataclass(frozen=True, kw_only=True, slots=True)
class SentKey:
    """A key as a request brings it. Requests with the same fingerprint are the same request."""

    organization: Organization
    key: str
    fingerprint: str


def fingerprint_of(*, method: str, path: str, body: Any) -> str:
    """A hash; neither the order of a JSON object's names nor its white space matters."""
    canonical = json.dumps([method, path, body], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def find_key(sent: SentKey) -> IdempotencyKey | None:
    """What became of the same request; `None` when there was none. Raises `IdempotencyKeyReused`."""
    keys = IdempotencyKey.objects.for_organization(sent.organization).in_force(timezone.now())
    found = keys.filter(key=sent.key).first()
    if found is not None and found.fingerprint != sent.fingerprint:
        raise IdempotencyKeyReused
    return found


def hold_key(sent: SentKey) -> IdempotencyKey:
    """Raises `IdempotencyKeyInUse` when another request was faster."""
    return _take(sent, lease=LEASE)


def keep_subject(sent: SentKey | None, *, subject: UUID) -> None:
    """Nothing without a key. Raises `IdempotencyKeyInUse` when another request was faster."""
    if sent is not None:
        _take(sent, subject=subject)


def keep_response(held: IdempotencyKey, response: KeptResponse | None) -> None:
    """The request is done. Raises `IdempotencyKeyInUse` when it took too long and was overtaken."""
    sealed = response.seal() if response else None
    if not IdempotencyKey.objects.filter(pk=held.pk).update(response=sealed, lease_until=None):
        raise IdempotencyKeyInUse(retry_after=RETRY_AFTER_S)


def free_key(held: IdempotencyKey) -> None:
    """As if it had never been seen, unless its request is done."""
    IdempotencyKey.objects.filter(pk=held.pk, lease_until__isnull=False).delete()


def prune_idempotency_keys() -> int:
    """Delete what has expired; how many there were."""
    pruned = 0
    while True:
        # Some at a time: on SQLite everybody else who writes waits meanwhile.
        expired = IdempotencyKey.objects.filter(expires_at__lte=timezone.now()).order_by("expires_at")
        ids = list(expired.values_list("pk", flat=True)[:PRUNED_AT_ONCE])
        pruned += IdempotencyKey.objects.filter(pk__in=ids).delete()[0]
        if len(ids) < PRUNED_AT_ONCE:
            return pruned


def _take(sent: SentKey, *, lease: timedelta | None = None, subject: UUID | None = None) -> IdempotencyKey:
    now = timezone.now()
    try:
        with transaction.atomic():
            keys = IdempotencyKey.objects.for_organization(sent.organization).filter(key=sent.key)
            keys.free(now).delete()
            return IdempotencyKey.objects.create(
                organization=sent.organization,
                key=sent.key,
                fingerprint=sent.fingerprint,
                created_at=now,
                expires_at=now + timedelta(seconds=settings.IDEMPOTENCY_KEY_TTL_S),
                lease_until=now + lease if lease else None,
                subject=subject,
            )
    except IntegrityError as error:
        raise IdempotencyKeyInUse(retry_after=RETRY_AFTER_S) from error
