"""`POST /api/v1/generate_code/estimate`: what a request would cost, and whether it would be accepted."""

from typing import Any

import pytest
from django.test import Client

from accounts.ledger.amounts import Price
from accounts.ledger.testing import bill, hold, limit
from accounts.models import Hold, IdempotencyKey, LedgerEntry
from accounts.scopes import Scope
from accounts.testing import Cast, bearer, make_key
from generation import holds
from generation.integrations import known_answers
from generation.models import Generation
from generation.prices import Terms
from jobs.models import Job

pytestmark = pytest.mark.django_db(transaction=True)

URL = "/api/v1/generate_code/estimate"


@pytest.fixture(autouse=True)
def priced(monkeypatch: pytest.MonkeyPatch) -> None:
    price = Price(input=1_000_000, output=2_000_000)
    terms = Terms(price=price, is_known=True, max_output_tokens=50_000)
    monkeypatch.setattr(holds, "terms_of", lambda model: terms)


def post(client: Client, body: Any, *, status: int = 200, key: str | None = None) -> Any:
    headers = {"Idempotency-Key": key} if key else None
    response = client.post(URL, body, content_type="application/json", headers=headers)
    assert response.status_code == status, response.content
    return response.json()


def test_it_tells_tokens_price_and_costs(api: Client) -> None:
    body = post(api, {"prompt": "x" * 300, "async": True, "metadata": {"a": 1}})
    quotas = body.pop("quotas")
    assert body == {
        "object": "estimate",
        "model": "gemini-2.5-flash",
        "known": False,
        "input_tokens": 1_053,
        "output_tokens": 16_384,
        "max_output_tokens": 50_000,
        "price": {"input_usd_per_million": 1.0, "output_usd_per_million": 2.0, "is_known": True},
        "cost_usd": {"least": 0.001053, "held": 0.033821, "most": 0.101053},
        "accepted": True,
        "refused_by": None,
    }
    assert [quota["quota"] for quota in quotas] == [
        "money_per_month",
        "tokens_per_month",
        "requests_per_day",
        "stored_bytes",
    ]


def test_nothing_is_stored(api: Client) -> None:
    post(api, {"prompt": "A page"}, key="k")
    post(api, {"prompt": "A page"}, key="k")
    for rows in (Generation, Hold, LedgerEntry, Job):
        assert not rows.objects.exists()
    assert IdempotencyKey.objects.count() == 1


def test_it_tells_what_is_left_and_what_would_refuse_it(api: Client, cast: Cast) -> None:
    limit(cast.organization, money_per_month_microusd=50_000)
    bill(cast.organization, hold(cast.organization, 10_000), 10_000)
    accepted = post(api, {"prompt": "A page"})
    assert (accepted["accepted"], accepted["quotas"][0]["left"]) == (True, 40_000)
    refused = post(api, {"prompt": "A page", "max_output_tokens": 40_000})
    assert (refused["accepted"], refused["refused_by"]) == (False, "money_per_month")


def test_it_says_what_the_service_itself_does(api: Client, cast: Cast) -> None:
    body = {"prompt": "A page", "max_output_tokens": 1_000, "cache": "off"}
    held = round(post(api, body)["cost_usd"]["held"] * 1_000_000)
    for budget, status in ((held - 1, 402), (held, 202)):
        limit(cast.organization, money_per_month_microusd=budget)
        assert post(api, body)["accepted"] == (status == 202)
        response = api.post("/api/v1/generate_code", {**body, "async": True}, content_type="application/json")
        assert response.status_code == status
    assert Hold.objects.get().amount_microusd == held


def test_an_answer_that_is_known_would_be_given_without_a_budget(
    api: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit(cast.organization, requests_per_day=0)
    monkeypatch.setattr(known_answers, "find_answer", lambda key: {"files": []})
    body = post(api, {"prompt": "A page"})
    assert (body["known"], body["accepted"], body["refused_by"]) == (True, True, None)
    for otherwise in ({"cache": "off"}, {"store": False}):
        body = post(api, {"prompt": "A page", **otherwise})
        assert (body["known"], body["accepted"], body["refused_by"]) == (False, False, "requests_per_day")


def test_it_refuses_what_generate_code_refuses(api: Client) -> None:
    for body, field in (({}, "prompt"), ({"prompt": "A page", "framework": "x"}, "framework")):
        error = post(api, body, status=400)["error"]
        assert error["details"][0]["field"] == field


def test_what_the_organization_does_not_allow_is_refused_as_well(api: Client, cast: Cast) -> None:
    cast.organization.allowed_frameworks = ["django"]
    cast.organization.plan_overrides = {"max_prompt_chars": 20}
    cast.organization.save()
    assert (
        post(api, {"prompt": "A page", "framework": "html"}, status=403)["error"]["code"]
        == "not_allowed_here"
    )
    too_long = post(api, {"prompt": "x" * 21, "framework": "django"}, status=400)["error"]
    assert too_long["details"][0]["field"] == "prompt"


def test_an_outsider_is_told_of_quotas_of_their_own(cast: Cast, outsider: Client) -> None:
    limit(cast.organization, money_per_month_microusd=77)
    assert post(outsider, {"prompt": "A page"})["quotas"][0]["limit"] is None


def test_it_needs_the_scope_to_generate(cast: Cast) -> None:
    reader = Client(headers=bearer(make_key(cast.organization, scopes=[Scope.READ])[1]))
    post(reader, {"prompt": "A page"}, status=403)
    post(Client(), {"prompt": "A page"}, status=401)
