"""A place for each generation and batch in flight: counted when it is asked for, never given back."""

from django.db.models import Count, Q

from accounts.limits.in_flight import Places, in_flight_limits_of, lock_places, refuse_when_full
from accounts.models import Organization
from generation.models import Batch, Generation


def take_place(generation: Generation) -> None:
    """In the transaction that stores it. Raises `TooManyInFlight`; of two at once one gets the last place."""
    limits = in_flight_limits_of(generation.organization)
    if limits.organization is None and limits.key is None:
        return
    lock_places(generation.organization)
    live = Generation.objects.for_organization(generation.organization).in_flight()
    of_key = Count("api_key", filter=Q(api_key=generation.api_key_id))
    taken = live.aggregate(organization=Count("*"), key=of_key)
    places = [Places(scope="organization", taken=taken["organization"], limit=limits.organization)]
    if generation.api_key_id is not None:
        places.append(Places(scope="key", taken=taken["key"], limit=limits.key))
    refuse_when_full(places)


def take_place_of_batch(organization: Organization) -> None:
    """As `take_place`. Its lines take none: they run when there is nothing more urgent."""
    limit = in_flight_limits_of(organization).batches
    if limit is None:
        return
    lock_places(organization)
    taken = Batch.objects.for_organization(organization).live().count()
    refuse_when_full([Places(scope="batches", taken=taken, limit=limit)])
