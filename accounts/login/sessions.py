"""The sessions of browsers: `SESSION_ENGINE`. SQL is the truth, the cache saves looking it up.

Whoever reads the database or the cache becomes nobody by it: both know a session by the hash of its key, and
what is in it is signed. Without Redis it goes on from SQL; what Redis has slept through is forgotten there
within `CACHED_S`.
"""

import hashlib
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.utils import timezone
from uuid_utils.compat import uuid7

from accounts.models import Session
from codegen_site.errors import CacheException

CACHED_S = 30
# How exactly it is known when a session was last used: each time costs a write.
SEEN_EVERY_S = 60

ID, BEGAN, SEEN, ADDRESS, DEVICE = "_id", "_began", "_seen", "_address", "_device"


@dataclass(frozen=True, kw_only=True, slots=True)
class Visitor:
    """Where a request comes from."""

    address: str | None
    device: str


class SessionStore(SessionBase):
    """Ends when it was not used for `SESSION_IDLE_S`, and in any case after `SESSION_LIFETIME_S`."""

    visitor: Visitor | None = None

    def load(self) -> dict[str, Any]:
        data = self._find()
        if data is None:
            self._session_key = None
            return {}
        if time.time() - data.get(SEEN, 0) > SEEN_EVERY_S:
            self.modified = True
        return data

    def begin(self) -> None:
        """Its lifetime counts from now, and not from the first visit of whoever has logged in just now."""
        self[BEGAN] = time.time()

    def exists(self, session_key: str | None = None) -> bool:
        return session_key is not None and Session.objects.filter(key_hash=hash_of(session_key)).exists()

    def create(self) -> None:
        self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]
        self.save(must_create=True)
        self.modified = True

    def save(self, must_create: bool = False) -> None:
        """Raises `UpdateError` when it was ended meanwhile."""
        if self.session_key is None:
            self.create()
            return
        data: dict[str, Any] = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        self._note_visit(data, is_new=must_create)
        row = self._row_of(data)
        if must_create:
            try:
                with transaction.atomic():
                    row.save(force_insert=True)
            except IntegrityError as error:
                raise CreateError from error
        elif not Session.objects.filter(pk=row.pk).update(**_columns(row)):
            raise UpdateError
        _remember(row)

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            end_sessions([hash_of(key)])

    def get_expiry_age(self, **kwargs: Any) -> int:
        began = self.get(BEGAN) or time.time()
        left = began + settings.SESSION_LIFETIME_S - time.time()
        return max(0, int(min(settings.SESSION_IDLE_S, left)))

    def get_expiry_date(self, **kwargs: Any) -> datetime:
        return datetime.fromtimestamp(time.time() + self.get_expiry_age(), tz=UTC)

    @classmethod
    def clear_expired(cls) -> None:
        forget_expired_sessions()

    async def aload(self) -> dict[str, Any]:
        return await sync_to_async(self.load)()

    async def aexists(self, session_key: str) -> bool:
        return await sync_to_async(self.exists)(session_key)

    async def acreate(self) -> None:
        await sync_to_async(self.create)()

    async def asave(self, must_create: bool = False) -> None:
        await sync_to_async(self.save)(must_create)

    async def adelete(self, session_key: str | None = None) -> None:
        await sync_to_async(self.delete)(session_key)

    @classmethod
    async def aclear_expired(cls) -> None:
        await sync_to_async(cls.clear_expired)()

    def _find(self) -> dict[str, Any] | None:
        if self.session_key is None:
            return None
        key_hash = hash_of(self.session_key)
        text = _recall(key_hash)
        if text is None:
            row = Session.objects.alive(timezone.now()).filter(pk=key_hash).first()
            if row is None:
                return None
            _remember(row)
            text = row.data
        return self.decode(text)

    def _note_visit(self, data: dict[str, Any], *, is_new: bool) -> None:
        if is_new or ID not in data:
            data[ID] = str(uuid7())
        data.setdefault(BEGAN, time.time())
        data[SEEN] = time.time()
        if self.visitor is not None:
            data[ADDRESS], data[DEVICE] = self.visitor.address, self.visitor.device

    def _row_of(self, data: dict[str, Any]) -> Session:
        assert self.session_key is not None  # noqa: S101 - it is saved
        return Session(
            key_hash=hash_of(self.session_key),
            id=UUID(data[ID]),
            user_id=data.get(SESSION_KEY),
            data=self.encode(data),
            began_at=datetime.fromtimestamp(data[BEGAN], tz=UTC),
            seen_at=datetime.fromtimestamp(data[SEEN], tz=UTC),
            expires_at=self.get_expiry_date(),
            address=data.get(ADDRESS),
            device=data.get(DEVICE, ""),
        )


def hash_of(session_key: str) -> str:
    """One round is enough: a key is 165 random bits."""
    return hashlib.sha256(session_key.encode()).hexdigest()


def end_sessions(key_hashes: list[str]) -> int:
    """How many there were."""
    ended, _ = Session.objects.filter(pk__in=key_hashes).delete()
    # After the commit: before, somebody could still read the row and remember it.
    transaction.on_commit(partial(_forget, key_hashes), robust=True)
    return ended


def forget_expired_sessions() -> int:
    """How many there were."""
    return Session.objects.filter(expires_at__lte=timezone.now()).delete()[0]


def _columns(row: Session) -> dict[str, Any]:
    fields = (field.attname for field in Session._meta.concrete_fields if not field.primary_key)
    return {name: getattr(row, name) for name in fields}


def _recall(key_hash: str) -> str | None:
    try:
        text = cache.get(_name_of(key_hash))
    except CacheException:
        return None
    return text if isinstance(text, str) else None


def _remember(row: Session) -> None:
    seconds = min(CACHED_S, (row.expires_at - timezone.now()).total_seconds())
    with suppress(CacheException):  # SQL has it
        cache.set(_name_of(row.key_hash), row.data, max(1, int(seconds)))


def _forget(key_hashes: list[str]) -> None:
    with suppress(CacheException):  # it forgets by itself
        cache.delete_many([_name_of(key_hash) for key_hash in key_hashes])


def _name_of(key_hash: str) -> str:
    return f"session:{key_hash}"
