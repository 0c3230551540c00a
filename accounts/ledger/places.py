"""Room for one more member or key: to be asked for inside the transaction that adds it."""

from django.utils import timezone

from accounts.ledger.notices import tell_reached
from accounts.ledger.periods import month_of
from accounts.ledger.quota import Quota, QuotaState, Refusal
from accounts.models import Organization
from accounts.plans.reading import limits_of


def take_place_of_member(organization: Organization, *, taken: int | None = None) -> None:
    """`taken` are those that count already, invitations say; by default the members.

    Raises `QuotaExceeded`. Its row is locked, so that two at once do not both get the last place.
    """
    locked = _lock(organization)
    used = locked.memberships.count() if taken is None else taken
    _take_place(locked, quota=Quota.MEMBERS, used=used, limit=limits_of(locked).members)


def take_place_of_key(organization: Organization, *, taken: int | None = None) -> None:
    """By default, keys that are neither revoked nor expired count. Raises `QuotaExceeded`."""
    locked = _lock(organization)
    used = count_keys(locked) if taken is None else taken
    _take_place(locked, quota=Quota.KEYS, used=used, limit=limits_of(locked).keys)


def count_keys(organization: Organization) -> int:
    return sum(key.is_usable for key in organization.api_keys.all())


def _lock(organization: Organization) -> Organization:
    return Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)


def _take_place(organization: Organization, *, quota: Quota, used: int, limit: int | None) -> None:
    period = f"{month_of(timezone.now()):%Y-%m}"
    before = QuotaState(quota=quota, used=used, limit=limit, period=period)
    if not before.takes(1):
        raise Refusal(before, 1)
    tell_reached(organization.pk, QuotaState(quota=quota, used=used + 1, limit=limit, period=period))
