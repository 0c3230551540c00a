"""Requests to addresses that a tenant chose, at real servers: where they go, and where they never go."""

import asyncio
import time
from collections.abc import Callable, Iterator
from ipaddress import ip_network
from pathlib import Path

import httpx2
import pytest
from pytest_django import Settings

from codegen_site.errors import UnsafeUrl
from generation.integrations import outbound_http, public_address
from generation.integrations.outbound_http import (
    BY_TRANSPORT,
    MAX_KEPT_BYTES,
    VENDOR_ERRORS,
    PostFailed,
    Reply,
    check_url,
    post,
)
from generation.tests.webhooks.receiver import Answer, Receiver, receiving, speak_tls

OUR_DEFECTS = (httpx2.StreamError, httpx2.CookieConflict)
NAME = "hooks.example"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving(Receiver()) as receiver:
        yield receiver


@pytest.fixture
def inside(settings: Settings) -> None:
    """An installation that sends to this machine too."""
    settings.WEBHOOKS_ALLOW_HTTP = True
    settings.WEBHOOKS_ALLOWED_PORTS = []
    settings.WEBHOOKS_ALLOWED_NETWORKS = [ip_network("127.0.0.0/8")]


@pytest.fixture
def resolve(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """A function that says what each look-up of a name answers, in turn; the last one for ever."""

    def answer(*answers: list[str]) -> None:
        left = list(answers)
        monkeypatch.setattr(
            public_address, "look_up", lambda host, port: left.pop(0) if len(left) > 1 else left[0]
        )

    return answer


def send(url: str, **headers: str) -> Reply:
    return asyncio.run(post(url, body=b'{"a":1}', headers=headers))


def test_the_body_and_the_headers_arrive(receiver: Receiver, inside: None) -> None:
    receiver.answers = [Answer(status=201, body=b"thanks", headers={"Retry-After": "7"})]
    assert send(receiver.url + "?a=b#c", **{"X-One": "1"}) == Reply(
        status=201, body="thanks", retry_after=7.0
    )
    [received] = receiver.received
    assert (received.path, received.body, received.headers["x-one"]) == ("/hook?a=b", b'{"a":1}', "1")
    assert received.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert received.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://example.com/", "must begin with https://"),
        ("ftp://example.com/", "must begin with https://"),
        ("file:///etc/passwd", "must begin with https://"),
        ("gopher://example.com/", "must begin with https://"),
        ("//example.com/", "must begin with https://"),
        ("nonsense", "must begin with https://"),
        ("https://", "names no host"),
        ("https:///path", "names no host"),
        ("https://user:pass@example.com/", "user name"),
        ("https://user@example.com/", "user name"),
        ("https://example.com:22/", "port must be one of"),
        ("https://example.com:6379/", "port must be one of"),
        ("https://example.com:99999/", "no URL"),
        ("https://example.com:0/", "no URL"),
        ("https://[::1/", "no URL"),
        ("https://exa\x01mple.com/", "no URL"),
        ("https://127.0.0.1/", "not public"),
        ("https://localhost/", "not public"),
        ("https://[::1]/", "not public"),
        ("https://[::ffff:169.254.169.254]/", "not public"),
        ("https://169.254.169.254/latest/meta-data/", "not public"),
        ("https://2130706433/", "not public"),
        ("https://nothing.invalid/", "not public"),
    ],
)
def test_an_unsafe_url_is_refused_when_saved_and_when_sent_to(url: str, reason: str) -> None:
    with pytest.raises(UnsafeUrl, match=reason) as refusal:
        check_url(url)
    assert refusal.value.details[0]["field"] == "url"
    with pytest.raises(UnsafeUrl, match=reason):
        send(url)


def test_a_public_host_is_accepted(resolve: Callable[..., None]) -> None:
    resolve(["93.184.216.34", "2606:4700::1111"])
    for url in ("https://example.com/hook", "https://example.com:8443/", "HTTPS://EXAMPLE.com"):
        check_url(url)


def test_a_name_that_turns_inwards_after_it_was_saved_is_refused(
    receiver: Receiver, settings: Settings, resolve: Callable[..., None]
) -> None:
    settings.WEBHOOKS_ALLOW_HTTP = True
    settings.WEBHOOKS_ALLOWED_PORTS = []
    resolve(["93.184.216.34"], ["127.0.0.1"])
    url = f"http://rebind.example:{receiver.port}/"
    check_url(url)
    with pytest.raises(UnsafeUrl, match="not public"):
        send(url)
    assert receiver.received == []


def test_the_address_that_was_checked_is_the_one_that_is_called(
    settings: Settings, resolve: Callable[..., None]
) -> None:
    settings.WEBHOOKS_ALLOW_HTTP = True
    settings.WEBHOOKS_ALLOWED_PORTS = []
    settings.WEBHOOKS_ALLOWED_NETWORKS = [ip_network("127.0.0.2/32")]
    with receiving(Receiver("127.0.0.2")) as checked, receiving(Receiver(port=checked.port)) as other:
        resolve(["127.0.0.2"], ["127.0.0.1"])
        assert send(f"http://rebind.example:{checked.port}/").status == 200
        assert (len(checked.received), len(other.received)) == (1, 0)
        assert checked.received[0].headers["host"] == f"rebind.example:{checked.port}"


def test_the_next_address_is_tried_when_one_takes_no_connection(
    receiver: Receiver, inside: None, resolve: Callable[..., None]
) -> None:
    resolve(["127.0.0.9", "127.0.0.1"])
    assert send(f"http://{NAME}:{receiver.port}/").status == 200


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(receiver: Receiver, inside: None, status: int) -> None:
    receiver.answers = [Answer(status=status, headers={"Location": receiver.url})]
    assert send(receiver.url).status == status
    assert len(receiver.received) == 1


def test_a_proxy_of_the_environment_is_ignored(
    receiver: Receiver, inside: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert send(receiver.url).status == 200


@pytest.mark.parametrize("answer", [Answer(body=b"x" * 1_000_000), Answer(body=b"", endless=True)])
def test_only_the_beginning_of_an_answer_is_read(receiver: Receiver, inside: None, answer: Answer) -> None:
    receiver.answers = [answer]
    assert send(receiver.url).body == "x" * MAX_KEPT_BYTES
    assert receiver.bytes_sent < 30_000_000  # what the buffers of two sockets take


def test_an_answer_that_is_no_text_is_kept_as_text(receiver: Receiver, inside: None) -> None:
    receiver.answers = [Answer(body=b"a\0b\xff\xc3\xa9")]
    assert send(receiver.url).body == "a\ufffdb\ufffdé"


def test_a_receiver_that_hangs_is_left(receiver: Receiver, inside: None, settings: Settings) -> None:
    settings.WEBHOOKS_TIMEOUT_S = 0.3
    receiver.answers = [Answer(hangs=True)]
    started = time.monotonic()
    with pytest.raises(PostFailed, match="No answer in time"):
        send(receiver.url)
    assert time.monotonic() - started < 5


def test_a_body_that_trickles_takes_no_longer_than_the_whole_may(
    receiver: Receiver, inside: None, settings: Settings
) -> None:
    settings.WEBHOOKS_TIMEOUT_S = 0.5
    receiver.answers = [Answer(trickles=True)]
    started = time.monotonic()
    reply = send(receiver.url)
    assert (reply.status, reply.body[:2]) == (200, "ok")
    assert time.monotonic() - started < 5


def test_nobody_there_is_said(inside: None) -> None:
    with pytest.raises(PostFailed, match="No connection"):
        send("http://127.0.0.1:1/")


def test_what_is_no_http_is_said(inside: None) -> None:
    async def go() -> None:
        async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"{}")
            writer.write(b"220 mail.example ESMTP\r\n\r\n")
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(babble, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            await post(f"http://127.0.0.1:{port}/", body=b"{}", headers={})

    with pytest.raises(PostFailed, match="no HTTP"):
        asyncio.run(go())


@pytest.fixture
def tls(
    receiver: Receiver, inside: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Receiver]:
    """The receiver proves that it is `NAME`, by an authority that is trusted here."""
    monkeypatch.setenv("SSL_CERT_FILE", str(speak_tls(receiver, name=NAME, folder=tmp_path)))
    outbound_http._ssl_context.cache_clear()
    yield receiver
    outbound_http._ssl_context.cache_clear()


def test_the_certificate_is_checked_for_the_name_at_the_pinned_address(
    tls: Receiver, resolve: Callable[..., None]
) -> None:
    resolve(["127.0.0.1"])
    assert send(f"https://{NAME}:{tls.port}/hook").status == 200
    assert tls.received[0].headers["host"] == f"{NAME}:{tls.port}"


def test_a_certificate_of_another_name_is_refused(tls: Receiver, resolve: Callable[..., None]) -> None:
    resolve(["127.0.0.1"])
    with pytest.raises(PostFailed, match="CERTIFICATE_VERIFY_FAILED"):
        send(f"https://other.example:{tls.port}/")
    with pytest.raises(PostFailed, match="CERTIFICATE_VERIFY_FAILED"):
        send(f"https://127.0.0.1:{tls.port}/")
    assert tls.received == []


def test_a_certificate_of_nobody_is_refused(
    receiver: Receiver, inside: None, tmp_path: Path, resolve: Callable[..., None]
) -> None:
    speak_tls(receiver, name=NAME, folder=tmp_path)
    resolve(["127.0.0.1"])
    with pytest.raises(PostFailed, match="CERTIFICATE_VERIFY_FAILED"):
        send(f"https://{NAME}:{receiver.port}/")


@pytest.mark.parametrize(
    "retry_after",
    ["soon", "-5", "9" * 5000, "Wed, 21 Oct 99999 07:28:00 GMT", "Wed, 21 Oct 2015 07:28:00 +99999999999999"],
)
def test_no_header_of_the_receiver_s_breaks_it(receiver: Receiver, inside: None, retry_after: str) -> None:
    receiver.answers = [Answer(status=503, headers={"Retry-After": retry_after})]
    assert send(receiver.url).status == 503


def errors_of_the_far_side() -> list[type[Exception]]:
    public = [value for value in vars(httpx2).values() if isinstance(value, type)]
    return [value for value in public if issubclass(value, Exception) and not issubclass(value, OUR_DEFECTS)]


@pytest.mark.parametrize("vendor_class", errors_of_the_far_side())
def test_no_error_of_the_client_library_is_forgotten(vendor_class: type[Exception]) -> None:
    assert issubclass(vendor_class, VENDOR_ERRORS), "nobody catches it"
    mapped = issubclass(vendor_class, tuple(BY_TRANSPORT))
    only_a_base = vendor_class in {httpx2.HTTPError, httpx2.RequestError, httpx2.TransportError}
    assert mapped or only_a_base, "BY_TRANSPORT does not know it"
