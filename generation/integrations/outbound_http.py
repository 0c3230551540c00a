"""HTTP to an address that a tenant chose: to public hosts only, never redirected, bounded in time and size.

The host is looked up once for each request, every address is checked, and the connection goes to a
checked address; the name stays in `Host`, in SNI and in the check of the certificate.
"""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import NewType

import httpx2
from django.conf import settings

from codegen_site.errors import UnsafeUrl
from generation.integrations.public_address import NotPublic, afind_public, find_public
from generation.integrations.retry_after import read_retry_after

CONNECT_S = 5.0
MAX_ADDRESSES = 3
MAX_READ_BYTES = 65_536
MAX_KEPT_BYTES = 4_096
MAX_SENTENCE_CHARS = 300

VENDOR_ERRORS = (httpx2.HTTPError, httpx2.InvalidURL)
# The first that fits; what happened to a request, for the owner of the address.
BY_TRANSPORT: Mapping[type[Exception], str] = {
    httpx2.ConnectTimeout: "No connection in time",
    httpx2.TimeoutException: "No answer in time",
    httpx2.ConnectError: "No connection",
    httpx2.NetworkError: "The connection broke",
    httpx2.ProtocolError: "The answer was no HTTP",
    httpx2.DecodingError: "The answer was no HTTP",
    httpx2.SSEError: "The answer was no HTTP",
    httpx2.HTTPStatusError: "The answer was an error",
    httpx2.TooManyRedirects: "The answer was a redirect",
    httpx2.ProxyError: "No connection",
    httpx2.InvalidURL: "The address is malformed",
    httpx2.UnsupportedProtocol: "The address is malformed",
}


# What `check_url` let pass. It is looked up anew for each request.
PublicUrl = NewType("PublicUrl", str)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """`body` is the first 4 KB as text, `retry_after` in seconds."""

    status: int
    body: str
    retry_after: float | None


class PostFailed(Exception):
    """There was no reply; the text says why, and may be shown to the owner of the address."""


def check_url(url: str) -> PublicUrl:
    """Raises `UnsafeUrl` for an address to which nothing would be sent now.

    May take some seconds: not to be called within a transaction.
    """
    target = _parse(url)
    try:
        find_public(_host(target), _port(target), allowed=settings.WEBHOOKS_ALLOWED_NETWORKS)
    except NotPublic as error:
        raise _not_public() from error
    return PublicUrl(url)


async def post(url: str, *, body: bytes, headers: Mapping[str, str]) -> Reply:
    """Raises `UnsafeUrl` and `PostFailed`. Takes at most `WEBHOOKS_TIMEOUT_S`."""
    deadline = asyncio.get_running_loop().time() + settings.WEBHOOKS_TIMEOUT_S
    async with _new_client() as client:
        try:
            async with asyncio.timeout_at(deadline):
                response = await _send(client, _parse(url), body=body, headers=headers)
        except TimeoutError as error:
            raise PostFailed("No answer in time.") from error
        except VENDOR_ERRORS as error:
            raise PostFailed(describe_error(error)) from error
        received = await _read_start(response, deadline)
    return Reply(
        status=response.status_code,
        body=received[:MAX_KEPT_BYTES].decode("utf-8", "replace").replace("\0", "\ufffd"),
        retry_after=read_retry_after(response.headers.get("Retry-After", "")),
    )


def describe_error(error: Exception) -> str:
    sentence = next((text for known, text in BY_TRANSPORT.items() if isinstance(error, known)), "No reply")
    reason = str(error).replace("\0", "")  # it may quote the far side
    return f"{sentence}: {reason}"[:MAX_SENTENCE_CHARS] if reason else f"{sentence}."


def _parse(url: str) -> httpx2.URL:
    try:
        target = httpx2.URL(url)
    except httpx2.InvalidURL as error:
        raise _unsafe("This is no URL.") from error
    schemes = ("https", "http") if settings.WEBHOOKS_ALLOW_HTTP else ("https",)
    if target.scheme not in schemes:
        raise _unsafe(f"The URL must begin with {' or '.join(f'{scheme}://' for scheme in schemes)}.")
    if target.userinfo:
        raise _unsafe("The URL must not hold a user name or a password.")
    if not target.host:
        raise _unsafe("The URL names no host.")
    if not 0 < _port(target) < 65_536:
        raise _unsafe("This is no URL.")
    ports = settings.WEBHOOKS_ALLOWED_PORTS
    if ports and _port(target) not in ports:
        raise _unsafe(f"The port must be one of {', '.join(map(str, ports))}.")
    return target


def _host(target: httpx2.URL) -> str:
    return target.raw_host.decode("ascii")


def _port(target: httpx2.URL) -> int:
    default = 443 if target.scheme == "https" else 80
    return default if target.port is None else target.port


def _unsafe(sentence: str) -> UnsafeUrl:
    return UnsafeUrl(sentence, details=[{"field": "url", "message": sentence}])


def _not_public() -> UnsafeUrl:
    return _unsafe("The host has no address, or one that is not public.")


async def _send(
    client: httpx2.AsyncClient, target: httpx2.URL, *, body: bytes, headers: Mapping[str, str]
) -> httpx2.Response:
    """The response with its body unread, from the first address that takes the connection."""
    try:
        addresses = await afind_public(
            _host(target), _port(target), allowed=settings.WEBHOOKS_ALLOWED_NETWORKS
        )
    except NotPublic as error:
        raise _not_public() from error
    *others, last = addresses[:MAX_ADDRESSES]
    for address in others:
        try:
            return await client.send(_pinned(client, target, address, body, headers), stream=True)
        except (httpx2.ConnectError, httpx2.ConnectTimeout):
            continue
    return await client.send(_pinned(client, target, last, body, headers), stream=True)


def _pinned(
    client: httpx2.AsyncClient, target: httpx2.URL, address: str, body: bytes, headers: Mapping[str, str]
) -> httpx2.Request:
    return client.build_request(
        "POST",
        target.copy_with(host=address, fragment=None),
        content=body,
        # Asked not to compress, a small answer cannot unfold into a large one.
        headers={**headers, "Host": target.netloc.decode("ascii"), "Accept-Encoding": "identity"},
        extensions={"sni_hostname": _host(target)},
    )


async def _read_start(response: httpx2.Response, deadline: float) -> bytes:
    """What came in time, up to the limit: the status is the verdict, whatever becomes of the body."""
    received = bytearray()
    try:
        async with asyncio.timeout_at(deadline):
            async for piece in response.aiter_raw():
                received += piece
                if len(received) >= MAX_READ_BYTES:
                    break
    except (TimeoutError, *VENDOR_ERRORS):
        pass
    return bytes(received)


def _new_client() -> httpx2.AsyncClient:
    """One for each request: a connection made for one name must not serve another at the same address."""
    timeout = httpx2.Timeout(settings.WEBHOOKS_TIMEOUT_S, connect=CONNECT_S)
    return httpx2.AsyncClient(timeout=timeout, trust_env=False, verify=_ssl_context())


@cache
def _ssl_context() -> ssl.SSLContext:
    """One for all clients: reading the certificates takes longer than a call. SSL_CERT_FILE counts."""
    return httpx2.create_ssl_context()
