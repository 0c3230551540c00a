"""From which networks a key is used. To look costs nothing where a process has seen the two together."""

from datetime import datetime, timedelta
from ipaddress import IPv4Address, ip_network
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from accounts.bounded import Bounded
from accounts.client_address import Address
from accounts.models import ApiKey, KnownNetwork

MOST_SEEN = 20_000
# A key that has been used from more is one that is used from everywhere.
MOST_OF_KEY = 200
IPV4_BITS, IPV6_BITS = 24, 48
# For so long nobody knows from where it is used.
LEARNT_WITHIN = timedelta(days=7)

_seen: Bounded[bool] = Bounded(MOST_SEEN)


def network_of(address: Address) -> str:
    bits = IPV4_BITS if isinstance(address, IPv4Address) else IPV6_BITS
    return str(ip_network((address, bits), strict=False))


def note_network(api_key: ApiKey, address: Address | None) -> None:
    if address is None:
        return
    network = network_of(address)
    name = f"{api_key.pk} {network}"
    if _seen.get(name):
        return
    known = KnownNetwork.objects.filter(api_key=api_key.pk).order_by()
    networks = set(known.values_list("network", flat=True)[:MOST_OF_KEY])
    if network not in networks and len(networks) < MOST_OF_KEY:
        row = KnownNetwork(api_key_id=api_key.pk, network=network)
        KnownNetwork.objects.bulk_create([row], ignore_conflicts=True)
    _seen.set(name, True)


def new_networks(organization_id: UUID, *, since: datetime) -> QuerySet[KnownNetwork]:
    """Of keys whose networks were known before."""
    learnt = KnownNetwork.objects.filter(api_key=OuterRef("api_key"), first_seen_at__lt=since - LEARNT_WITHIN)
    new = KnownNetwork.objects.filter(Exists(learnt), first_seen_at__gte=since)
    return new.filter(api_key__organization=organization_id).order_by("first_seen_at")


def forget_all() -> None:
    """As a process that has just begun."""
    _seen.clear()
