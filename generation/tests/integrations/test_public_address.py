"""Addresses inside of networks are refused, in whatever disguise; names with one such address too."""

import asyncio
import threading
import time
from ipaddress import ip_address, ip_network

import pytest

from generation.integrations import public_address
from generation.integrations.public_address import NotPublic, afind_public, find_public, is_public


@pytest.mark.parametrize(
    "text", ["8.8.8.8", "1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "2a00:1450::1"]
)
def test_an_address_of_the_internet_is_public(text: str) -> None:
    assert is_public(ip_address(text))


@pytest.mark.parametrize(
    "text",
    [
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.5",
        "100.64.0.1",
        "100.100.100.200",
        "127.0.0.1",
        "127.255.255.254",
        "168.63.129.16",
        "169.254.169.254",
        "169.254.170.2",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.1.1",
        "239.1.1.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
    ],
)
def test_every_other_address_is_not(text: str) -> None:
    assert not is_public(ip_address(text))


def test_a_network_can_be_allowed() -> None:
    allowed = [ip_network("10.1.0.0/16"), ip_network("fd00::/8")]
    assert is_public(ip_address("10.1.2.3"), allowed=allowed)
    assert is_public(ip_address("fd00::1"), allowed=allowed)
    assert not is_public(ip_address("10.2.0.1"), allowed=allowed)


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "::1", "localhost."]
)
def test_every_spelling_of_this_machine_is_refused(host: str) -> None:
    with pytest.raises(NotPublic):
        find_public(host, 443, allowed=())


@pytest.mark.parametrize("host", ["nothing.invalid", "a" * 64 + ".example", "a..b", ""])
def test_what_is_no_name_is_refused_in_the_same_words(host: str) -> None:
    with pytest.raises(NotPublic):
        find_public(host, 443, allowed=())
    with pytest.raises(NotPublic):
        asyncio.run(afind_public(host, 443, allowed=()))


def test_one_private_address_among_others_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_address, "look_up", lambda host, port: ["8.8.8.8", "10.0.0.1"])
    with pytest.raises(NotPublic):
        find_public("mixed.example", 443, allowed=())


def test_a_name_server_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    answered = threading.Event()

    def hang(host: str, port: int) -> list[str]:
        answered.wait(20)
        return ["8.8.8.8"]

    monkeypatch.setattr(public_address, "look_up", hang)
    monkeypatch.setattr(public_address, "LOOK_UP_S", 0.1)
    started = time.monotonic()
    with pytest.raises(NotPublic):
        find_public("slow.example", 443, allowed=())
    with pytest.raises(NotPublic):
        asyncio.run(afind_public("slow.example", 443, allowed=()))
    assert time.monotonic() - started < 10
    answered.set()
