"""Who may try to log in, now. An attempt is counted before it is looked at: of many at once few get through.

A refused attempt is not looked at and does not count: nobody prolongs a wait. A stranger can make other
strangers wait for an account, but not its owner at a device that it was used on, nor whoever comes by a link
from an e-mail. An account that does not exist is guarded like one that does.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.login.delays import POLICIES, delay_after
from accounts.models import LockOut
from codegen_site.errors import RateLimitException

PRUNED_AFTER = max(policy.forgotten for policy in POLICIES.values())


@dataclass(frozen=True, order=True, slots=True)
class Subject:
    """What attempts are counted for."""

    kind: LockOut.Kind
    name: str


def take_attempt(*subjects: Subject) -> None:
    """Counts one for each. Raises `RateLimitException` with the time to wait: then none is counted."""
    now = timezone.now()
    with transaction.atomic():
        rows = _locked(subjects, now)
        wait = max((row.blocked_until - now for row in rows if row.blocked_until), default=timedelta())
        if wait > timedelta():
            raise RateLimitException("Too many attempts.", retry_after=wait.total_seconds())
        for row in rows:
            _count(row, now)


def forgive(subject: Subject) -> None:
    """It was the owner: nothing is counted any more."""
    LockOut.objects.filter(kind=subject.kind, subject=subject.name).update(failures=0, blocked_until=None)


def give_back(subject: Subject) -> None:
    """The last attempt does not count. Those before it do: they may have been at another account."""
    rows = LockOut.objects.filter(kind=subject.kind, subject=subject.name, failures__gt=0)
    rows.update(failures=F("failures") - 1, blocked_until=None)


def forget_lock_outs() -> int:
    """Those that no policy remembers. How many there were."""
    return LockOut.objects.filter(failed_at__lt=timezone.now() - PRUNED_AFTER).delete()[0]


def _locked(subjects: Iterable[Subject], now: datetime) -> list[LockOut]:
    """Always in the same order: two that lock the same do not wait for each other."""
    rows = LockOut.objects.select_for_update()
    return [
        rows.get_or_create(kind=subject.kind, subject=subject.name, defaults={"failed_at": now})[0]
        for subject in sorted(set(subjects))
    ]


def _count(row: LockOut, now: datetime) -> None:
    policy = POLICIES[row.kind]
    if now - row.failed_at > policy.forgotten:
        row.failures = 0
    row.failures += 1
    row.failed_at = now
    delay = delay_after(row.failures, policy)
    row.blocked_until = now + delay if delay else None
    row.save(update_fields=["failures", "failed_at", "blocked_until"])
