"""Guesses, forged keys and replayed requests, many at once and through the whole stack: nothing gets in,
nothing happens twice, a guess costs hardly anything, and who has a key is served meanwhile."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from threading import Event
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from accounts.api_keys.services import revoke_api_key
from accounts.api_keys.text import checksum_of, new_key_text
from accounts.models import ApiKey, Organization
from accounts.scopes import Scope
from accounts.testing import bearer, make_key, make_organization, make_user
from accounts.tests.conftest import no_redis, redis
from generation.models import Batch, Generation

__all__ = ["no_redis", "redis"]  # fixtures

pytestmark = [pytest.mark.servers, pytest.mark.django_db(transaction=True)]

GUESSES = 300
THREADS = 8
MOST = 10
ADDRESSES = [f"203.0.113.{number}" for number in range(1, 6)]
AT_HOME = "198.51.100.7"
URL = "/api/v1/generations"
NOBODY_PAYS = {"prompt": "A page", "async": True}

Forge = Callable[[], str]


@pytest.fixture(params=["redis", "no_redis", "none configured"])
def anywhere(request: pytest.FixtureRequest, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """With Redis, while it is away, and where there is none; always in the middle of a minute."""
    settings.API_KEY_GUESSES_PER_MINUTE = MOST
    monkeypatch.setattr("accounts.api_keys.guesses.time.time", lambda: 1_800_000_030.0)
    if request.param != "none configured":
        request.getfixturevalue(request.param)


@pytest.fixture
def organization(stored_jobs: None, settings: Settings) -> Organization:
    settings.NATS_URL = "nats://127.0.0.1:1"
    return make_organization("Acme", owner=make_user("alice@example.org"))


def with_checksum(body: str) -> str:
    return body + checksum_of(body)


def another_secret(text: str) -> str:
    """Of a key that there is: its prefix, a secret of the right form, and their checksum."""
    return with_checksum(text[: -32 - 6] + new_key_text().secret)


def forgers(organization: Organization, genuine: str) -> list[Forge]:
    """Each makes a text that looks like a key as well as it can."""
    revoked, of_revoked = make_key(organization)
    revoke_api_key(api_key=revoked)
    _expired, of_expired = make_key(organization, expires_at=timezone.now() - timedelta(seconds=1))
    _bound, of_another_network = make_key(organization, allowed_networks=["192.0.2.0/24"])
    halted = make_organization("Halted")
    _suspended, of_suspended = make_key(halted)
    Organization.objects.filter(pk=halted.pk).update(suspended_at=timezone.now())
    return [
        lambda: new_key_text().reveal(),
        lambda: another_secret(genuine),
        lambda: another_secret(of_revoked),
        lambda: of_revoked,
        lambda: of_expired,
        lambda: of_another_network,
        lambda: of_suspended,
        lambda: with_checksum(genuine.replace("cg_live_", "cg_test_")[:-6]),
        lambda: genuine[:-1] + ("a" if genuine[-1] != "a" else "b"),
        genuine.swapcase,
        lambda: genuine[:-1],
        lambda: "",
    ]


def call(text: str, *, address: str, **headers: str) -> Any:
    return Client(REMOTE_ADDR=address).get(URL, headers=bearer(text) | headers)


def at_once(work: Callable[[int], Any], number: int, *, threads: int = THREADS) -> list[Any]:
    def in_thread(turn: int) -> Any:
        try:
            return work(turn)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(in_thread, range(number)))


@pytest.mark.usefixtures("anywhere")
def test_none_of_many_guesses_gets_in_and_who_has_a_key_is_served_meanwhile(
    organization: Organization,
) -> None:
    _api_key, genuine = make_key(organization)
    forges = forgers(organization, genuine)
    is_over, served = Event(), Counter[int]()

    def attack(turn: int) -> int:
        text = forges[turn % len(forges)]()
        return int(call(text, address=ADDRESSES[turn % len(ADDRESSES)]).status_code)

    def work_at_home(_turn: int) -> None:
        while not is_over.is_set():
            served[call(genuine, address=AT_HOME).status_code] += 1

    with ThreadPoolExecutor(1) as home:
        at_home = home.submit(at_once, work_at_home, 1, threads=1)
        try:
            answered = Counter(at_once(attack, GUESSES))
        finally:
            is_over.set()
        at_home.result()
    assert set(answered) == {401, 403, 429}
    assert answered[403] <= 2 * (GUESSES // len(forges) + 1)  # another network, and a suspended organization
    assert answered[429] > GUESSES // 10
    assert set(served) == {200}
    assert served[200] >= 5


@pytest.mark.usefixtures("anywhere")
def test_a_guesser_is_refused_by_his_address_whatever_he_says_of_it(organization: Organization) -> None:
    _api_key, genuine = make_key(organization)
    numbers = count()

    def guess() -> int:
        spoofed = {"X-Forwarded-For": f"192.0.2.{next(numbers)}"}
        return int(call(another_secret(genuine), address=ADDRESSES[0], **spoofed).status_code)

    assert Counter(guess() for _ in range(2 * MOST)) == {401: MOST, 429: MOST}
    assert call(new_key_text().reveal(), address=ADDRESSES[1]).status_code == 401
    assert call(genuine, address=ADDRESSES[1]).status_code == 200
    assert call(genuine, address=ADDRESSES[0]).status_code == 200  # it is known: no guess


@pytest.mark.usefixtures("anywhere")
def test_a_guess_costs_one_look_up_at_most_and_a_refused_one_none(organization: Organization) -> None:
    _api_key, genuine = make_key(organization)
    assert call(genuine, address=AT_HOME).status_code == 200
    unknown = new_key_text().reveal()

    def cost_of(text: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert call(text, address=ADDRESSES[0]).status_code in (401, 429)
        return len(captured)

    assert cost_of(unknown) == 1
    assert [cost_of(unknown) for _ in range(5)] == [0] * 5  # known as unknown
    assert [cost_of(another_secret(genuine)) for _ in range(5)] == [0] * 5  # known, and another secret
    assert [cost_of(text) for text in ("", "cg_live_", genuine[:-1], "x" * 10_000)] == [0] * 4
    assert sum(cost_of(new_key_text().reveal()) for _ in range(3 * MOST)) <= MOST


REPLAYED: list[tuple[str, dict[str, Any], Callable[[], int]]] = [
    ("/api/v1/generate_code", NOBODY_PAYS, Generation.objects.count),
    ("/api/v1/api_keys", {"name": "new", "scopes": ["read"]}, ApiKey.objects.filter(name="new").count),
    ("/api/v1/batches", {"requests": [{"prompt": "A page"}]}, Batch.objects.count),
]


@pytest.mark.usefixtures("anywhere")
@pytest.mark.parametrize(("url", "body", "made"), REPLAYED, ids=[url for url, *_ in REPLAYED])
def test_a_replayed_request_takes_effect_once(
    organization: Organization, url: str, body: dict[str, Any], made: Callable[[], int]
) -> None:
    _api_key, text = make_key(organization, scopes=list(Scope))
    headers = bearer(text) | {"Idempotency-Key": str(uuid4())}

    def replay(_turn: int) -> Any:
        return Client(REMOTE_ADDR=AT_HOME).post(url, body, content_type="application/json", headers=headers)

    replies = at_once(replay, 4 * THREADS)
    accepted = [reply for reply in replies if reply.status_code < 300]
    assert {reply.status_code for reply in replies} - {409} == {accepted[0].status_code}
    assert len({reply.content for reply in accepted}) == 1
    assert [reply.headers.get("Idempotent-Replayed") for reply in accepted].count(None) == 1
    assert made() == 1
    late = replay(0)
    assert (late.status_code, late.content) == (accepted[0].status_code, accepted[0].content)
    # Stolen, it is worth nothing to others: neither the answer nor the effect.
    _other, stranger = make_key(make_organization(), scopes=["read"])
    stolen = Client().post(url, body, content_type="application/json", headers=headers | bearer(stranger))
    assert (stolen.status_code, made()) == (403, 1)
