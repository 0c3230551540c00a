"""From where a request comes. The only place that reads `X-Forwarded-For`, which anybody can send."""

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest

if TYPE_CHECKING:  # what only runs in the background loads none of the web
    from rest_framework.request import Request

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# Of proxies between a client and us; what stands before is not looked at.
MOST_HOPS = 20
# A customer of an IPv6 provider has all of it.
IPV6_CUSTOMER_BITS = 64


def client_address(request: "HttpRequest | Request") -> Address | None:
    """The nearest address that is no proxy of `TRUSTED_PROXIES`; None where the server knows none.

    Each proxy appends the address that it was called from: what stands left of an address that is not
    trusted was written by whoever has it.
    """
    peer = parse_address(request.META.get("REMOTE_ADDR", ""))
    if peer is None or not is_within(peer, settings.TRUSTED_PROXIES):
        return peer
    nearest = peer
    for text in _from_the_right(request.META.get("HTTP_X_FORWARDED_FOR", "")):
        address = parse_address(text)
        if address is None:
            break
        nearest = address
        if not is_within(address, settings.TRUSTED_PROXIES):
            break
    return nearest


def customer_of(address: Address | None) -> str:
    """Whom an address stands for where calls are counted."""
    if isinstance(address, IPv6Address):
        return str(ip_network((address, IPV6_CUSTOMER_BITS), strict=False))
    return str(address or "unknown")


def is_within(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)


def parse_address(text: str) -> Address | None:
    """With or without a port; an IPv4 address in IPv6's clothes is one of IPv4."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def parse_network(text: str) -> Network:
    """Of IPv4 where it is mapped into IPv6. Raises `ValueError`, also for bits behind the mask."""
    network = ip_network(text.strip())
    mapped = network.network_address.ipv4_mapped if isinstance(network, IPv6Network) else None
    if mapped is not None and network.prefixlen >= 96:
        return IPv4Network((mapped, network.prefixlen - 96))
    return network


def _from_the_right(header: str) -> Iterator[str]:
    yield from reversed(header.rsplit(",", MOST_HOPS)[-MOST_HOPS:])
