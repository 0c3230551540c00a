"""What is known of keys without asking SQL: in this process, and in Redis for all of them.

Whatever changes what a key may do gives its organization a new epoch in Redis. A process that knows a key
compares epochs twice a second, and so sees a revocation within that time. Nobody believes what is older than
`FRESH_FOR_S`: the longest that a revocation takes while Redis is away. No secret is in here, only its hash.
"""

import logging
import secrets
import time
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db import DEFAULT_DB_ALIAS, transaction

from accounts.bounded import Bounded
from accounts.models import ApiKey, Organization, ServiceAccount
from codegen_site.errors import CacheException

FRESH_FOR_S = 30.0
COMPARE_EVERY_S = 0.5
# Of either kind; guesses must not push out what is known.
MOST_KNOWN = 10_000
MOST_UNKNOWN = 10_000
EPOCH_KEPT_S = 86_400

_COLUMNS: dict[type[Any], list[str]] = {
    model: [field.attname for field in model._meta.concrete_fields]
    for model in (ApiKey, Organization, ServiceAccount)
}
logger = logging.getLogger("accounts")


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownKey:
    """The columns of a key and of what belongs to it, as they were at `loaded_at`, in seconds since 1970."""

    api_key: tuple[Any, ...]
    organization: tuple[Any, ...]
    service_account: tuple[Any, ...] | None
    owner_role: str | None
    organization_id: UUID
    epoch: str | None
    loaded_at: float

    def revive(self) -> ApiKey:
        """A row as SQL would give it, of the caller's own."""
        api_key: ApiKey = _revive(ApiKey, self.api_key)
        api_key.organization = _revive(Organization, self.organization)
        if self.service_account is not None:
            api_key.service_account = _revive(ServiceAccount, self.service_account)
        api_key.owner_role = self.owner_role
        return api_key


# Two versions of the code do not read what the other one has written.
_VERSION = sha256(repr([_COLUMNS, KnownKey.__slots__]).encode()).hexdigest()[:8]

_known: Bounded[tuple[KnownKey, float]] = Bounded(MOST_KNOWN)
_unknown: Bounded[float] = Bounded(MOST_UNKNOWN)


def recall(prefix: str) -> KnownKey | None:
    """In this process. None when it has to be looked up."""
    held = _known.get(prefix)
    if held is None:
        return None
    known, compared_at = held
    if time.monotonic() - compared_at < COMPARE_EVERY_S and _is_fresh(known):
        return known
    if not _is_current(known):
        return None
    _known.set(prefix, (known, time.monotonic()))
    return known


def last_known(prefix: str) -> KnownKey | None:
    """However old it is: what tells who had the key from who guesses."""
    held = _known.get(prefix)
    return held[0] if held else None


def look_up(prefix: str) -> KnownKey | None:
    """In Redis, or from SQL; from here on it is known, or known as unknown."""
    shared: KnownKey | None = _ask_redis(_name_of(prefix))
    if shared is None or not _is_current(shared):
        return _load(prefix)
    _known.set(prefix, (shared, time.monotonic()))
    return shared


def is_known_as_unknown(prefix: str) -> bool:
    until = _unknown.get(prefix)
    return until is not None and time.monotonic() < until


def end_epoch(organization_id: UUID) -> None:
    """What is known of the organization's keys is no longer true: here now, everywhere after the COMMIT."""
    _forget(organization_id)
    transaction.on_commit(partial(_begin_epoch, organization_id), robust=True)


def forget_all() -> None:
    """As a process that has just begun."""
    _known.clear()
    _unknown.clear()


def _load(prefix: str) -> KnownKey | None:
    whose = ApiKey.objects.filter(prefix=prefix).values_list("organization_id", flat=True).first()
    # Before the row is read: what changes it afterwards changes the epoch as well.
    epoch, loaded_at = _epoch_of(whose) if whose else None, time.time()
    row = ApiKey.objects.find(prefix) if whose else None
    if row is None:
        _unknown.set(prefix, time.monotonic() + FRESH_FOR_S)
        return None
    known = KnownKey(
        api_key=_columns_of(row),
        organization=_columns_of(row.organization),
        service_account=_columns_of(row.service_account) if row.service_account else None,
        owner_role=row.owner_role,
        organization_id=row.organization_id,
        epoch=epoch,
        loaded_at=loaded_at,
    )
    _known.set(prefix, (known, time.monotonic()))
    if epoch is not None:
        _tell_redis(_name_of(prefix), known, FRESH_FOR_S)
    return known


def _begin_epoch(organization_id: UUID) -> None:
    _forget(organization_id)
    _tell_redis(_epoch_name(organization_id), secrets.token_hex(8), EPOCH_KEPT_S)


def _forget(organization_id: UUID) -> None:
    _known.forget(lambda held: held[0].organization_id == organization_id)


def _is_fresh(known: KnownKey) -> bool:
    # Another machine's clock may be a little ahead.
    return -1 <= time.time() - known.loaded_at <= FRESH_FOR_S


def _is_current(known: KnownKey) -> bool:
    if not _is_fresh(known):
        return False
    epoch = _epoch_of(known.organization_id)
    return epoch is None or epoch == known.epoch


def _epoch_of(organization_id: UUID) -> str | None:
    """None while Redis is away. Where it has been forgotten it begins anew, as if something had changed."""
    name = _epoch_name(organization_id)
    epoch: str | None = _ask_redis(name)
    if epoch is None:
        try:
            cache.add(name, secrets.token_hex(8), EPOCH_KEPT_S)
        except CacheException:
            return None
        epoch = _ask_redis(name)
    return epoch


def _ask_redis(name: str) -> Any:
    try:
        return cache.get(name)
    except CacheException:
        return None


def _tell_redis(name: str, value: Any, kept_s: float) -> None:
    try:
        cache.set(name, value, kept_s)
    except CacheException:
        logger.warning("Redis is away: a change of keys may take %d s.", FRESH_FOR_S)


def _name_of(prefix: str) -> str:
    return f"api-key:{_VERSION}:{prefix}"


def _epoch_name(organization_id: UUID) -> str:
    return f"api-key-epoch:{organization_id}"


def _columns_of(row: ApiKey | Organization | ServiceAccount) -> tuple[Any, ...]:
    return tuple(_plain(getattr(row, name)) for name in _COLUMNS[type(row)])


def _plain(value: Any) -> Any:
    """PostgreSQL gives out bytes as a view into what it has read."""
    return bytes(value) if isinstance(value, memoryview) else value


def _revive(model: Any, columns: tuple[Any, ...]) -> Any:
    own = (list(value) if isinstance(value, list) else value for value in columns)
    return model.from_db(DEFAULT_DB_ALIAS, _COLUMNS[model], tuple(own))
