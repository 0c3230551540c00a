"""Requests of the same moment cannot take the same room: of 200 against a budget for 10, 10 are accepted."""

import http.client
import json
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.ledger.amounts import Amount
from accounts.ledger.checking import check_balances
from accounts.ledger.testing import figures_of, limit
from accounts.models import ApiKey, Hold, LedgerEntry
from accounts.testing import Cast
from codegen_site.errors import QuotaExceeded
from generation.holds import expect
from generation.models import Generation
from generation.pipeline.records import GenerationRequest
from generation.services import start_generation
from generation.tasks import run_generation
from jobs.models import Job

pytestmark = pytest.mark.django_db(transaction=True)

REQUEST = GenerationRequest(prompt="A page", model="gemini-2.5-flash", max_output_tokens=1_000)
REQUESTS, COVERED = 200, 10
# Each has a connection of its own, of which PostgreSQL has a hundred.
AT_ONCE = 40
# So many wait at the door of the server of Django's tests.
AT_ONCE_BY_HTTP = 8


def ask_together(ask: Callable[[int], str], *, at_once: int) -> Counter[str]:
    together = threading.Barrier(at_once)

    def ask_once(number: int) -> str:
        if number < at_once:
            together.wait(20)
        return ask(number)

    with ThreadPoolExecutor(max_workers=at_once) as threads:
        return Counter(threads.map(ask_once, range(REQUESTS)))


@pytest.fixture
def cost(settings: Settings) -> Amount:
    """What is held for one request."""
    settings.RESERVED_OUTPUT_TOKENS = 1_000
    amount = expect(REQUEST).amount
    assert amount.microusd > 0
    return amount


@pytest.mark.parametrize("quota", ["money", "tokens", "requests", "key"])
def test_as_many_are_accepted_as_the_budget_covers(cast: Cast, cost: Amount, quota: str) -> None:
    [key] = ApiKey.objects.filter(organization=cast.organization)
    match quota:
        case "money":
            # Almost enough for one more.
            limit(cast.organization, money_per_month_microusd=cost.microusd * (COVERED + 1) - 1)
        case "tokens":
            limit(cast.organization, tokens_per_month=cost.tokens * COVERED)
        case "requests":
            limit(cast.organization, requests_per_day=COVERED)
        case "key":
            key.monthly_budget_microusd = cost.microusd * COVERED
            key.save()

    def ask(number: int) -> str:
        try:
            start_generation(organization=cast.organization, request=REQUEST, cache="off", caller=key)
        except QuotaExceeded:
            return "refused"
        else:
            return "accepted"
        finally:
            connection.close()

    assert ask_together(ask, at_once=AT_ONCE) == {"accepted": COVERED, "refused": REQUESTS - COVERED}
    jobs = Job.objects.filter(task_path=run_generation.module_path)
    for rows in (Generation.objects.all(), jobs, Hold.objects.all(), LedgerEntry.objects.all()):
        assert rows.count() == COVERED
    assert figures_of(cast.organization) == figures_of(cast.organization, key)
    assert figures_of(cast.organization) == (COVERED * cost.microusd, 0, COVERED * cost.tokens, 0)
    assert check_balances() == []


def test_the_same_over_http(cast: Cast, cost: Amount, live_server: LiveServer) -> None:
    limit(cast.organization, money_per_month_microusd=cost.microusd * COVERED)
    address = urlsplit(live_server.url)
    body = {"prompt": REQUEST.prompt, "max_output_tokens": 1_000, "async": True, "cache": "off"}

    def ask(number: int) -> str:
        client = http.client.HTTPConnection(address.netloc, timeout=60)
        client.request(
            "POST",
            "/api/v1/generate_code",
            json.dumps(body),
            {"Authorization": f"Bearer {cast.key}", "Content-Type": "application/json"},
        )
        response = client.getresponse()
        answer: dict[str, Any] = json.load(response)
        client.close()
        return f"{response.status} {answer['error']['code'] if 'error' in answer else answer['status']}"

    answers = ask_together(ask, at_once=AT_ONCE_BY_HTTP)
    assert answers == {"202 queued": COVERED, "402 quota_exceeded": REQUESTS - COVERED}
    assert figures_of(cast.organization)[0] == COVERED * cost.microusd
