"""Guessing keys: what it costs, and when it ends."""

from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.api_keys import known_keys
from accounts.api_keys.authenticate import authenticate_key
from accounts.api_keys.text import checksum_of, new_key_text
from accounts.testing import bearer, make_key
from codegen_site.errors import InvalidApiKey, RateLimitException

pytestmark = [pytest.mark.servers, pytest.mark.django_db]

MOST = 5
GUESSER, NEIGHBOUR = ip_address("203.0.113.7"), ip_address("203.0.113.8")


@pytest.fixture(params=["redis", "no_redis", "none configured"])
def anywhere(request: pytest.FixtureRequest, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """With Redis, while it is away, and where there is none."""
    settings.API_KEY_GUESSES_PER_MINUTE = MOST
    monkeypatch.setattr(
        "accounts.api_keys.guesses.time.time", lambda: 1_800_000_030.0
    )  # in the middle of a minute
    if request.param != "none configured":
        request.getfixturevalue(request.param)


ONE_GUESS = new_key_text().reveal()


def outcome(text: str, address: Any = GUESSER) -> str:
    try:
        authenticate_key(text, address=address)
    except (InvalidApiKey, RateLimitException) as error:
        return error.code
    return "welcome"


def guess() -> str:
    return new_key_text().reveal()


@pytest.mark.usefixtures("anywhere")
def test_who_guesses_is_refused_before_any_sql() -> None:
    assert [outcome(guess()) for _ in range(MOST)] == ["invalid_api_key"] * MOST
    with CaptureQueriesContext(connection) as captured:
        assert [outcome(guess()) for _ in range(3)] == ["rate_limited"] * 3
    assert len(captured) == 0
    assert outcome(guess(), NEIGHBOUR) == "invalid_api_key"


@pytest.mark.usefixtures("anywhere")
def test_so_is_who_guesses_the_secret_of_a_key() -> None:
    _api_key, text = make_key()

    def wrong(number: int) -> str:
        body = text[:21] + f"{number:04}" + text[25:-6]
        return body + checksum_of(body)

    assert [outcome(wrong(number)) for number in range(MOST + 1)] == ["invalid_api_key"] * MOST + [
        "rate_limited"
    ]
    # Who has the key itself is let in where it is known.
    assert outcome(text) == "welcome"


@pytest.mark.usefixtures("anywhere")
def test_who_has_had_a_key_is_let_in_where_others_guess(monkeypatch: pytest.MonkeyPatch) -> None:
    _api_key, text = make_key()
    assert outcome(text) == "welcome"
    for _ in range(MOST + 1):
        outcome(guess())
    monkeypatch.setattr(known_keys, "FRESH_FOR_S", -1.0)  # and it is looked up anew
    assert outcome(text) == "welcome"
    assert outcome(guess()) == "rate_limited"


@pytest.mark.usefixtures("anywhere")
def test_a_minute_later_it_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(MOST + 1):
        outcome(guess())
    monkeypatch.setattr("accounts.api_keys.guesses.time.time", lambda: 1_800_000_061.0)
    assert outcome(guess()) == "invalid_api_key"


@pytest.mark.usefixtures("anywhere")
@pytest.mark.parametrize(
    "text_of",
    [
        pytest.param(lambda: "no key at all", id="what is no key"),
        pytest.param(lambda: guess()[:-1] + "!", id="a wrong checksum"),
        pytest.param(lambda: ONE_GUESS, id="one unknown key, again and again"),
    ],
)
def test_what_costs_nothing_is_no_guess(text_of: Callable[[], str]) -> None:
    for _ in range(3 * MOST):
        assert outcome(text_of()) == "invalid_api_key"


def test_a_refused_guesser_is_told_when_to_come_again(client: Client, settings: Settings) -> None:
    settings.API_KEY_GUESSES_PER_MINUTE = 1
    answers = [client.get("/api/v1/generations", headers=bearer(guess())) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [401, 429]
    assert answers[1].json()["error"]["code"] == "rate_limited"
    assert 1 <= int(answers[1]["Retry-After"]) <= 60
    page = client.get("/api/v1/generations", headers=bearer(guess()) | {"Accept": "text/html"})
    assert page.status_code == 429
