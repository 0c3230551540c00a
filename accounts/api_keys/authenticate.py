"""Whose key a text is. A key that is known costs no SQL, and a guess hardly anything."""

import time
from datetime import timedelta
from functools import lru_cache

from django.core.cache import cache
from django.db.models import Q
from django.utils import timezone

from accounts.anomalies.networks import note_network
from accounts.api_keys import known_keys
from accounts.api_keys.guesses import count_guess, refuse_guesser
from accounts.api_keys.hashing import current_pepper, is_genuine, spend_the_same_time
from accounts.api_keys.text import KeyText, parse_key_text
from accounts.bounded import Bounded
from accounts.client_address import Address, Network, customer_of, is_within, parse_network
from accounts.models import ApiKey
from codegen_site.errors import AddressNotAllowed, CacheException, InvalidApiKey

NOTED_EVERY = timedelta(minutes=1)
MOST_NOTED = 20_000

_noted: Bounded[float] = Bounded(MOST_NOTED)


def authenticate_key(text: str, *, address: Address | None = None) -> ApiKey:
    """The key with its organization, its owner's role and its service account loaded.

    Raises `InvalidApiKey`, never saying why, `AddressNotAllowed`, and `RateLimitException` for who guesses.
    """
    key_text = parse_key_text(text)
    if key_text is None:
        raise InvalidApiKey
    api_key = _find_genuine(key_text, customer_of(address))
    if not api_key.is_usable or api_key.role is None:
        raise InvalidApiKey
    if api_key.allowed_networks and not _is_allowed(address, tuple(api_key.allowed_networks)):
        raise AddressNotAllowed
    _renew_digest(api_key, key_text)
    _note_use(api_key, address)
    note_network(api_key, address)
    return api_key


def _find_genuine(text: KeyText, customer: str) -> ApiKey:
    if known_keys.is_known_as_unknown(text.prefix):
        spend_the_same_time(text)
        raise InvalidApiKey
    known = known_keys.recall(text.prefix)
    if known is None:
        if not _was_genuine(text):
            refuse_guesser(customer)
        known = known_keys.look_up(text.prefix)
    if known is None:
        spend_the_same_time(text)
        count_guess(customer)
        raise InvalidApiKey
    api_key = known.revive()
    if not is_genuine(text, api_key):
        refuse_guesser(customer)
        count_guess(customer)
        raise InvalidApiKey
    return api_key


def _was_genuine(text: KeyText) -> bool:
    """Who has had the key does not guess: where others at his address do, he is let in."""
    known = known_keys.last_known(text.prefix)
    return known is not None and is_genuine(text, known.revive())


def _is_allowed(address: Address | None, networks: tuple[str, ...]) -> bool:
    return address is not None and is_within(address, _parsed(networks))


@lru_cache(maxsize=1_000)
def _parsed(networks: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(parse_network(text) for text in networks)


def _renew_digest(api_key: ApiKey, text: KeyText) -> None:
    """Once the installation has a newer secret, a key that shows itself is hashed with that."""
    pepper = current_pepper()
    if api_key.salt or api_key.pepper_id == pepper.id:
        return
    stale = ApiKey.objects.filter(pk=api_key.pk, pepper_id=api_key.pepper_id)
    stale.update(digest=pepper.digest(text), pepper_id=pepper.id)
    known_keys.end_epoch(api_key.organization_id)


def _note_use(api_key: ApiKey, address: Address | None) -> None:
    """When and from where, at most once a minute, whatever the number of processes."""
    noted = _noted.get(api_key.prefix)
    if noted is not None and time.monotonic() - noted < NOTED_EVERY.total_seconds():
        return
    _noted.set(api_key.prefix, time.monotonic())
    try:
        if not cache.add(f"api-key-used:{api_key.prefix}", 1, NOTED_EVERY.total_seconds()):
            return
    except CacheException:
        pass
    now = timezone.now()
    stale = Q(last_used_at=None) | Q(last_used_at__lte=now - NOTED_EVERY)
    ApiKey.objects.filter(stale, pk=api_key.pk).update(
        last_used_at=now, last_used_address=str(address) if address else None
    )


def forget_all() -> None:
    """As a process that has just begun."""
    _noted.clear()
