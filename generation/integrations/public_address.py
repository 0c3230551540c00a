"""Which addresses a request on behalf of a tenant may go to, and how a host name becomes them.

`ipaddress.is_global` alone lets 6to4, NAT64, site-local and some clouds' metadata addresses through.
"""

import asyncio
import socket
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network

REFUSED: tuple[Network, ...] = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier NAT; Alibaba's metadata
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's host: public to look at, and gives out secrets
        "169.254.0.0/16",  # link-local; metadata of most clouds
        "172.16.0.0/12",
        "192.0.0.0/24",  # Oracle's metadata
        "192.0.2.0/24",
        "192.88.99.0/24",  # relays of 6to4
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",  # multicast, reserved, broadcast
        "2001::/23",  # Teredo and other ways to wrap an IPv4 address
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "3fff::/20",
    )
)
# All global unicast lies in it; outside are IPv4-mapped, NAT64, unique local, link-local, multicast.
GLOBAL_UNICAST = IPv6Network("2000::/3")

# Of their own: a name server that does not answer must not hold up other work in the common threads.
LOOK_UP_S = 5.0
_threads = ThreadPoolExecutor(max_workers=64, thread_name_prefix="look-up")


class NotPublic(Exception):
    """The host has no address, or one that is not public. Which of them stays unsaid: it maps our network."""


def is_public(address: IPv4Address | IPv6Address, *, allowed: Sequence[Network] = ()) -> bool:
    if any(address in network for network in allowed):
        return True
    if not address.is_global or any(address in network for network in REFUSED):
        return False
    return isinstance(address, IPv4Address) or address in GLOBAL_UNICAST


def look_up(host: str, port: int) -> list[str]:
    """Every address of the host. Blocks; raises `OSError`, or `UnicodeError` for what is no name."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in found))


def find_public(host: str, port: int, *, allowed: Sequence[Network]) -> list[str]:
    """The host's addresses, each of them public. Waits for at most `LOOK_UP_S`; raises `NotPublic`."""
    try:
        return _checked(_ask(host, port).result(timeout=LOOK_UP_S), allowed)
    except (OSError, UnicodeError, TimeoutError) as error:
        raise NotPublic from error


async def afind_public(host: str, port: int, *, allowed: Sequence[Network]) -> list[str]:
    """`find_public` on the event loop."""
    try:
        async with asyncio.timeout(LOOK_UP_S):
            return _checked(await asyncio.wrap_future(_ask(host, port)), allowed)
    except (OSError, UnicodeError, TimeoutError) as error:
        raise NotPublic from error


def _ask(host: str, port: int) -> "Future[list[str]]":
    return _threads.submit(look_up, host, port)


def _checked(addresses: list[str], allowed: Sequence[Network]) -> list[str]:
    """One address that is not public is enough to refuse them all."""
    if not addresses or not all(is_public(ip_address(text), allowed=allowed) for text in addresses):
        raise NotPublic
    return addresses
