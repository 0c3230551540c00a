"""Every route, with every method, by everybody, on everybody's things.

A cell of the table is what the API answers to that caller about what is his own organization's. About what is
another's it answers 404, as if it did not exist, or 403 where he may not do such a thing at all; and nothing
of another organization is in any body. A route that is not in the table fails the tests.
"""

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pytest_django import Settings

from accounts.login import urls as login_urls
from accounts.testing import Caller, forget_process_state
from codegen_site.tests.isolation_world import URL, Things, World, make_world, others, unknown
from generation.views import batches

pytestmark = pytest.mark.django_db

# robot is a service account that develops, key one of the organization's own; both keys have all scopes.
# dana owns an organization that is suspended. A key that is revoked is as good as none: nobody's.
TABLE = """
route                  method  alice  ada  bob  vic  bill  robot  key  dana  nobody
my-organizations       GET     200    200  200  200  200   401    401  200   401
organization           GET     200    200  200  200  200   200    200  200   401
organization           PATCH   200    200  403  403  403   403    200  403   401
organization-deletion  POST    202    403  403  403  403   403    403  202   401
organization-deletion  DELETE  409    403  403  403  403   403    403  409   401
organization-export    GET     200    403  403  403  403   403    403  200   401
organization-leave     POST    409    204  204  204  204   403    403  403   401
organization-anomalies GET     200    200  200  200  200   200    200  403   401
organization-anomalies PATCH   200    200  403  403  403   403    200  403   401
organization-retention GET     200    200  200  200  200   200    200  403   401
organization-retention PATCH   200    403  403  403  403   403    403  403   401
organization-transfer  POST    200    403  403  403  403   403    403  403   401
audit                  GET     200    200  403  403  403   403    200  403   401
members                GET     200    200  200  200  200   200    200  403   401
member                 GET     200    200  200  200  200   200    200  403   401
member                 PATCH   200    200  403  403  403   403    200  403   401
member                 DELETE  204    204  403  403  403   403    204  403   401
invitations            GET     200    200  403  403  403   403    200  403   401
invitations            POST    201    201  403  403  403   403    201  403   401
invitation             GET     200    200  403  403  403   403    200  403   401
invitation             DELETE  204    204  403  403  403   403    204  403   401
invitation-resend      POST    200    200  403  403  403   403    200  403   401
invitation-accept      POST    404    404  404  404  404   404    404  404   404
service-accounts       GET     200    200  403  403  403   403    200  403   401
service-accounts       POST    201    201  403  403  403   403    201  403   401
service-account        GET     200    200  403  403  403   403    200  403   401
service-account        PATCH   200    200  403  403  403   403    200  403   401
service-account        DELETE  204    204  403  403  403   403    204  403   401
api-keys               GET     200    200  200  403  403   200    200  403   401
api-keys               POST    201    201  201  403  403   201    201  403   401
api-key                GET     200    200  404  403  403   404    200  403   401
api-key                PATCH   200    200  404  403  403   404    200  403   401
api-key                DELETE  204    204  404  403  403   404    204  403   401
api-key-rotate         POST    200    200  404  403  403   404    200  403   401
generate-code          POST    202    202  202  403  403   202    202  403   401
job                    GET     200    200  200  200  403   200    200  403   401
job-events             GET     200    200  200  200  403   200    200  403   401
job-cancel             POST    200    200  200  403  403   200    200  403   401
generations            GET     200    200  200  200  403   200    200  403   401
generation             GET     200    200  200  200  403   200    200  403   401
generation             DELETE  204    204  204  403  403   204    204  403   401
generation-files       GET     200    200  200  200  403   200    200  403   401
generation-file        GET     200    200  200  200  403   200    200  403   401
generation-download    GET     200    200  200  200  403   200    200  403   401
generation-refine      POST    202    202  202  403  403   202    202  403   401
generation-restore     POST    201    201  201  403  403   201    201  403   401
generation-history     GET     200    200  200  200  403   200    200  403   401
generation-diff        GET     200    200  200  200  403   200    200  403   401
webhooks               GET     200    200  200  403  403   200    200  403   401
webhooks               POST    201    201  201  403  403   201    201  403   401
webhook                GET     200    200  200  403  403   200    200  403   401
webhook                PATCH   200    200  200  403  403   200    200  403   401
webhook                DELETE  204    204  204  403  403   204    204  403   401
webhook-rotate         POST    200    200  200  403  403   200    200  403   401
webhook-test           POST    202    202  202  403  403   202    202  403   401
webhook-deliveries     GET     200    200  200  403  403   200    200  403   401
webhook-delivery       GET     200    200  200  403  403   200    200  403   401
webhook-resend         POST    202    202  202  403  403   202    202  403   401
batches                GET     200    200  200  403  403   200    200  403   401
batches                POST    202    202  202  403  403   202    202  403   401
batch                  GET     200    200  200  403  403   200    200  403   401
batch-results          GET     200    200  200  403  403   200    200  403   401
batch-cancel           POST    200    200  200  403  403   200    200  403   401
estimate               POST    200    200  200  403  403   200    200  403   401
usage                  GET     200    200  200  200  200   200    200  403   401
usage-limits           GET     200    200  200  200  200   200    200  403   401
frameworks             GET     200    200  200  200  403   200    200  403   401
models                 GET     200    200  200  200  403   200    200  403   401
"""
# Pages for everybody, which show nothing of anybody or only who is logged in (`accounts/tests/login`), and
# the admin, which is the operators'.
PUBLIC = {"home", "schema", "docs", "health", "ready", "metrics", None}
OWN = {"invitation-page", *(str(pattern.name) for pattern in login_urls.urlpatterns)}
# Who stands for whom elsewhere: an owner is an owner.
LIKE = {"charlie": "alice", "charlie_key": "key", "revoked": "nobody"}
# Where one of each kind is enough.
SOME = ("alice", "vic", "robot", "charlie", "charlie_key", "dana", "nobody")

# What makes a call a right one. A function gets the caller's things.
BODIES: dict[tuple[str, str], Any] = {
    ("organization", "PATCH"): {"name": "Renamed"},
    ("organization-deletion", "POST"): lambda things: {"confirm": things.slug},
    ("organization-anomalies", "PATCH"): {"suspend_key_on": ["spend"]},
    ("organization-transfer", "POST"): lambda things: {"member": things.routes["member_id"]},
    ("member", "PATCH"): {"role": "developer"},
    ("invitations", "POST"): {"email": "new@example.org"},
    ("invitation-accept", "POST"): {"token": "cg_inv_of_nobody"},
    ("service-accounts", "POST"): {"name": "new"},
    ("service-account", "PATCH"): {"name": "renamed"},
    ("api-keys", "POST"): {"name": "new", "scopes": ["read"]},
    ("api-key", "PATCH"): {"name": "renamed"},
    ("generate-code", "POST"): {"prompt": "A page", "async": True},
    ("estimate", "POST"): {"prompt": "A page"},
    ("generation-refine", "POST"): {"instructions": "Make it blue", "async": True},
    ("webhooks", "POST"): {"url": f"{URL}/new"},
    ("webhook", "PATCH"): {"description": "renamed"},
    ("batches", "POST"): {"requests": [{"prompt": "A page"}]},
}


@dataclass(frozen=True, kw_only=True)
class Row:
    route: str
    method: str
    cells: dict[str, int]

    def __str__(self) -> str:
        return f"{self.method} {self.route}"

    def own_status(self, caller: Caller) -> int:
        """About what is his own organization's."""
        if caller.name == "dana_key":
            return self.cells["nobody"] if self.cells["key"] == self.cells["nobody"] else 403
        return self.cells[LIKE.get(caller.name, caller.name)]

    def status(self, caller: Caller, *, is_own: bool) -> int:
        own = self.own_status(caller)
        return 404 if not is_own and own not in (401, 403) else own


def _rows() -> Iterator[Row]:
    header, *lines = TABLE.strip().splitlines()
    names = header.split()[2:]
    for line in lines:
        route, method, *cells = line.split()
        statuses = dict(zip(names, map(int, cells), strict=True))
        yield Row(route=route, method=method, cells=statuses)


ROWS = list(_rows())
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def routes(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """The address of every route of the site, as it is written in the urls."""
    for pattern in (resolver or get_resolver()).url_patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, address)
        elif isinstance(pattern, URLPattern):
            yield address, pattern


def methods_of(pattern: URLPattern) -> set[str]:
    view = pattern.callback.cls  # type: ignore[attr-defined]
    return {method for method in METHODS if hasattr(view, method.lower())}


def parameters_of(route: str) -> list[str]:
    [pattern] = [pattern for _address, pattern in routes() if pattern.name == route]
    return list(pattern.pattern.converters)


def address_of(route: str, arguments: dict[str, Any]) -> str:
    return reverse(route, kwargs={name: arguments[name] for name in parameters_of(route)})


@pytest.fixture
def world(stored_jobs: None, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> World:
    settings.NATS_URL = "nats://127.0.0.1:1"
    settings.WEBHOOKS_ALLOW_HTTP = True
    settings.WEBHOOKS_ALLOWED_PORTS = []
    settings.WEBHOOKS_ALLOWED_NETWORKS = [ip_network("127.0.0.0/8")]
    monkeypatch.setattr("generation.views.catalog.known_models", tuple)
    # Batches are read in threads of their own, which would not see what this test's transaction has made.
    monkeypatch.setattr(batches, "sync_to_async", lambda function, **_: sync_to_async(function))
    monkeypatch.setattr(batches, "connections", type("Connections", (), {"close_all": lambda: None}))
    return make_world()


def send(
    client: Client, row: Row, address: str, things: Things | None, *, accept: str = "application/json"
) -> Any:
    """The response, and what it has done undone."""
    body = BODIES.get((row.route, row.method))
    if callable(body):
        body = body(things) if things else {"confirm": "x", "member": 1}
    data = {} if row.method == "GET" else {"data": body or {}, "content_type": "application/json"}
    forget_process_state()
    with transaction.atomic():
        response = getattr(client, row.method.lower())(address, headers={"Accept": accept}, **data)
        response.said = said(response)
        transaction.set_rollback(True)
    forget_process_state()
    return response


def said(response: Any) -> str:
    """All that a response says: its headers and its body, out of archives too."""
    body = b"".join(response.streaming_content) if _is_plain_stream(response) else _body_of(response)
    texts = [body, *_out_of_zip(body)] if body.startswith(b"PK") else [body]
    headers = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    return headers + "\n" + "\n".join(text.decode(errors="replace") for text in texts)


def _is_plain_stream(response: Any) -> bool:
    return bool(response.streaming) and not response.is_async


def _body_of(response: Any) -> bytes:
    if not response.streaming:
        return bytes(response.content)

    async def read() -> bytes:
        return b"".join([piece async for piece in response.streaming_content])

    return async_to_sync(read)()


def _out_of_zip(data: bytes) -> Iterator[bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            yield name.encode()
            yield content
            if name.endswith(".zip"):
                yield from _out_of_zip(content)


def check_silence(response: Any, world: World, caller: Caller, sent: str, case: str) -> None:
    """Nothing of others is in it; who is refused sees nothing of anybody."""
    slug = caller.of if response.status_code < 400 else ""
    for things in others(world, slug):
        for secret in (*things.marks, *(one for one in things.ids if one not in sent)):
            assert secret not in response.said, f"{case} shows {secret}"


def test_every_route_is_in_the_table() -> None:
    known = {(row.route, row.method) for row in ROWS}
    there = {
        (pattern.name, method)
        for address, pattern in routes()
        if address.startswith("api/v1/")
        for method in methods_of(pattern)
    }
    assert there == known
    assert len(ROWS) == len(known)
    elsewhere = {
        pattern.name for address, pattern in routes() if not address.startswith(("api/v1/", "admin/"))
    }
    assert elsewhere == PUBLIC | OWN


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_everybody_gets_what_the_table_says_about_his_own(row: Row, world: World) -> None:
    for caller in world.callers.values():
        own = world.things.get(caller.of)
        arguments = own.routes if own else world.things["acme"].routes
        address = address_of(row.route, arguments)
        response = send(caller.client(), row, address, own)
        case = f"{row} by {caller.name}"
        assert response.status_code == row.own_status(caller), f"{case}: {response.said}"
        check_silence(response, world, caller, address, case)


@pytest.mark.parametrize("row", [row for row in ROWS if parameters_of(row.route)], ids=str)
def test_nobody_gets_anything_of_others(row: Row, world: World) -> None:
    for caller in world.callers.values():
        client, own = caller.client(), world.things.get(caller.of)
        foreign = [things.routes for things in others(world, caller.of)]
        strange = [*foreign, unknown()]
        if own:
            strange += mixtures(row.route, own.routes, foreign)
        for arguments in strange:
            address = address_of(row.route, arguments)
            response = send(client, row, address, own)
            case = f"{row} by {caller.name} at {address}"
            assert response.status_code == row.status(caller, is_own=False), f"{case}: {response.said}"
            check_silence(response, world, caller, address, case)


def mixtures(route: str, own: dict[str, Any], foreign: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """A thing of one's own below another's, and the other way round."""
    first, *rest = parameters_of(route)
    for other in foreign:
        # Every organization has a file with the same path.
        if any(own[name] != other[name] for name in rest):
            yield {**own, first: other[first]}
            yield {**own, **{name: other[name] for name in rest}}


@pytest.mark.parametrize("row", [row for row in ROWS if row.method == "GET"], ids=str)
def test_the_browsable_api_shows_no_more(row: Row, world: World) -> None:
    """Its forms neither."""
    for caller in (world.callers[name] for name in SOME):
        client, own = caller.client(), world.things.get(caller.of)
        for things in world.things.values():
            address = address_of(row.route, things.routes)
            response = send(client, row, address, own, accept="text/html")
            case = f"{row} as a page by {caller.name} at {address}"
            is_own = things is own or not parameters_of(row.route) or own is None
            assert response.status_code == row.status(caller, is_own=is_own), case
            check_silence(response, world, caller, address, case)


@pytest.mark.parametrize("route", sorted({row.route for row in ROWS}))
def test_other_methods_do_nothing(route: str, world: World) -> None:
    known = {row.method for row in ROWS if row.route == route}
    nobody = next(row for row in ROWS if row.route == route).cells["nobody"]
    for caller in (world.callers[name] for name in SOME):
        client = caller.client()
        for method in (*set(METHODS) - known, "OPTIONS", "TRACE"):
            address = address_of(route, world.things["acme"].routes)
            row = Row(route=route, method=method, cells={})
            response = send(client, row, address, None) if method != "TRACE" else client.trace(address)
            assert response.status_code in ({200, 401, 403} if method == "OPTIONS" else {401, 403, 405})
            if caller.name == "nobody" and nobody == 401:
                assert response.status_code == 401
            if method != "TRACE":
                check_silence(response, world, caller, address, f"{method} {route} by {caller.name}")


def test_the_marks_are_where_they_are_looked_for(world: World) -> None:
    """What is Acme's is shown to who may see all of it: else nothing would be proved above."""
    alice, acme = world.callers["alice"].client(), world.things["acme"]
    seen = "".join(
        send(alice, row, address_of(row.route, acme.routes), acme).said for row in ROWS if row.method == "GET"
    )
    assert [mark for mark in acme.marks if mark not in seen] == []


QUERIES: list[tuple[str, Callable[[Things], str]]] = [
    ("generations", lambda things: f"batch={things.routes['batch_id']}"),
    ("api-keys", lambda things: f"service_account={things.routes['account_id']}"),
    ("generations", lambda things: "model=gemini-2.5-flash&framework=html"),
]


@pytest.mark.parametrize(("route", "query"), QUERIES)
def test_no_filter_reaches_further(route: str, query: Callable[[Things], str], world: World) -> None:
    for name in ("charlie", "charlie_key"):
        caller = world.callers[name]
        row = next(row for row in ROWS if row.route == route and row.method == "GET")
        address = f"{reverse(route)}?{query(world.things['acme'])}"
        response = send(caller.client(), row, address, None)
        assert response.status_code == 200
        check_silence(response, world, caller, address, f"{address} by {name}")


@pytest.mark.parametrize(
    ("route", "body", "status"),
    [
        ("organization-transfer", lambda things: {"member": things.routes["member_id"]}, 404),
        ("api-keys", lambda things: {"name": "x", "service_account": str(things.routes["account_id"])}, 400),
    ],
)
def test_no_body_reaches_further(
    route: str, body: Callable[[Things], dict[str, Any]], status: int, world: World
) -> None:
    client = world.callers["charlie"].client()
    foreign, nothing = world.things["acme"], Things(slug="", routes=unknown())
    refused, known = (
        client.post(reverse(route), body(things), content_type="application/json")
        for things in (foreign, nothing)
    )
    assert refused.status_code == known.status_code == status
    assert refused.json()["error"]["message"] == known.json()["error"]["message"]


def test_another_s_organization_cannot_be_chosen(world: World) -> None:
    for name in ("alice", "bob", "charlie", "dana"):
        caller = world.callers[name]
        for slug in {"acme", "elsewhere", "halted", "nowhere"} - {caller.of}:
            response = caller.client().get("/api/v1/generations", headers={"X-Organization": slug})
            assert (response.status_code, response.json()["error"]["code"]) == (403, "permission_denied")
    # A key is its organization's, whatever it says.
    key = world.callers["charlie_key"].client()
    chosen = key.get("/api/v1/organization", headers={"X-Organization": "acme"})
    assert chosen.json()["slug"] == "elsewhere"


def test_the_admin_is_the_operators_alone(world: World) -> None:
    admin = [address for address, _pattern in routes() if address.startswith("admin/")]
    addresses = [address for address in admin if "<" not in address]
    assert len(addresses) > 20
    for name in ("alice", "charlie", "key", "nobody"):
        client = world.callers[name].client()
        for address in addresses:
            if "log" in address.rsplit("/", 2)[-2] or "password" in address:
                continue
            response = client.get(f"/{address}")
            assert response.status_code in (302, 404), address
            assert "/admin/login/" in response.headers.get("Location", "/admin/login/")
