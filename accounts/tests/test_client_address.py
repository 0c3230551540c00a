"""Whom a request comes from, whatever it says of itself."""

from ipaddress import ip_address, ip_network

import pytest
from django.test import RequestFactory
from pytest_django import Settings

from accounts.client_address import client_address, customer_of, parse_address, parse_network

PROXIES = [ip_network("10.0.0.0/8"), ip_network("2001:db8:ffff::/48"), ip_network("127.0.0.0/8")]


def address_of(peer: str, forwarded: str | None = None) -> str:
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR=peer)
    return str(client_address(request))


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        # Whoever calls directly is who he is, and may claim what he likes.
        ("203.0.113.7", None, "203.0.113.7"),
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),
        # A proxy of ours says who called it.
        ("10.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("10.0.0.1", "203.0.113.7, 10.0.0.2", "203.0.113.7"),
        # What stands left of it was claimed.
        ("10.0.0.1", "1.1.1.1, 203.0.113.7", "203.0.113.7"),
        ("10.0.0.1", "10.9.9.9, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
        # All of them are ours: the first that one of them was called from.
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", None, "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        # Rubbish ends it.
        ("10.0.0.1", "203.0.113.7, unknown, 10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", "nonsense", "10.0.0.1"),
        # IPv6, IPv4 in its clothes, ports, zones.
        ("2001:db8:ffff::1", "2001:db8::7", "2001:db8::7"),
        ("::ffff:10.0.0.1", "::ffff:203.0.113.7", "203.0.113.7"),
        ("10.0.0.1", "203.0.113.7:4711", "203.0.113.7"),
        ("10.0.0.1", "[2001:db8::7]:4711", "2001:db8::7"),
        ("10.0.0.1", "fe80::1%eth0", "fe80::1"),
        ("", "203.0.113.7", "None"),
    ],
)
def test_it_is_the_nearest_that_is_no_proxy_of_ours(
    settings: Settings, peer: str, forwarded: str | None, address: str
) -> None:
    settings.TRUSTED_PROXIES = PROXIES
    assert address_of(peer, forwarded) == address


def test_nobody_is_believed_by_default(settings: Settings) -> None:
    assert settings.TRUSTED_PROXIES == []
    assert address_of("127.0.0.1", "203.0.113.7") == "127.0.0.1"


def test_a_long_header_is_read_from_its_end(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = PROXIES
    assert address_of("10.0.0.1", "1.1.1.1, " * 100_000 + "203.0.113.7, 10.0.0.2") == "203.0.113.7"
    assert address_of("10.0.0.1", ", ".join(["1.1.1.1", *["10.0.0.2"] * 50])) == "10.0.0.2"


def test_a_customer_of_ipv6_has_a_whole_network() -> None:
    assert customer_of(ip_address("2001:db8:1:2:3::4")) == customer_of(ip_address("2001:db8:1:2:ffff::"))
    assert customer_of(ip_address("2001:db8:1:3::4")) != customer_of(ip_address("2001:db8:1:2::4"))
    assert customer_of(ip_address("203.0.113.7")) == "203.0.113.7"
    assert customer_of(None) == "unknown"


def test_a_network_of_mapped_addresses_is_one_of_ipv4() -> None:
    assert parse_network("::ffff:203.0.113.0/120") == ip_network("203.0.113.0/24")
    assert parse_network(" 2001:db8::/32 ") == ip_network("2001:db8::/32")
    assert parse_address("::ffff:203.0.113.7") in parse_network("203.0.113.0/24")
    for wrong in ("203.0.113.1/24", "203.0.113.0/33", "everywhere", ""):
        with pytest.raises(ValueError, match=r".+"):
            parse_network(wrong)
