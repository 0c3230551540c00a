"""`/api/v1/usage`: what an organization used, and what is left of its quotas."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.ledger import reporting
from accounts.ledger.stored_bytes import change_stored_bytes
from accounts.ledger.testing import bill, hold, limit
from accounts.ledger.usage import Spender, Used, record_usage
from accounts.models import ApiKey, Membership, Organization, Role
from accounts.scopes import Scope
from accounts.testing import Cast, bearer, make_cast, make_key, make_member

pytestmark = pytest.mark.django_db

URL = "/api/v1/usage"
ANSWER = Used(
    model="gemini-2.5-flash",
    purpose="answer",
    calls=1,
    input_tokens=100,
    output_tokens=50,
    reasoning_tokens=20,
    cached_tokens=10,
    cost_microusd=1_000,
)
REPAIR = replace(ANSWER, purpose="repair", cost_microusd=300)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def key(cast: Cast) -> ApiKey:
    return make_key(cast.organization, scopes=[Scope.USAGE])[0]


def client_of(organization: Organization, *scopes: Scope) -> Client:
    return Client(headers=bearer(make_key(organization, scopes=scopes or [Scope.USAGE])[1]))


@pytest.fixture
def reader(cast: Cast) -> Client:
    return client_of(cast.organization)


def use(
    organization: Organization,
    *used: Used,
    days_ago: int = 0,
    key: ApiKey | None = None,
    member: Membership | None = None,
    framework: str = "react",
    billed: bool = True,
) -> UUID:
    generation_id = uuid4()
    spender = Spender(
        organization_id=organization.pk,
        generation_id=generation_id,
        api_key_id=key.pk if key else None,
        member_id=member.pk if member else None,
    )
    at = timezone.now() - timedelta(days=days_ago)
    record_usage(spender, used or [ANSWER], framework=framework, billed=billed, at=at)
    return generation_id


def get(client: Client, **query: Any) -> Any:
    response = client.get(URL, query)
    assert response.status_code == 200, response.content
    return response.json()


def refused(client: Client, **query: Any) -> dict[str, str]:
    response = client.get(URL, query)
    assert response.status_code == 400, response.content
    error = response.json()["error"]
    assert error["code"] == "invalid_request"
    return {detail["field"]: detail["message"] for detail in error["details"]}


def test_this_month_by_day_is_the_default(reader: Client, cast: Cast) -> None:
    use(cast.organization)
    use(cast.organization, ANSWER, REPAIR)
    use(cast.organization, days_ago=40)
    today = datetime.now(UTC).date()
    body = get(reader)
    figures = {
        "generations": 2,
        "calls": 3,
        "input_tokens": 300,
        "output_tokens": 150,
        "reasoning_tokens": 60,
        "cached_tokens": 30,
        "cost_microusd": 2_300,
    }
    assert body["data"] == [{"day": str(today), **figures}]
    assert body["total"] == figures
    assert (body["since"], body["until"], body["group_by"]) == (
        str(today.replace(day=1)),
        str(today),
        ["day"],
    )


def test_repairs_are_shown_apart(reader: Client, cast: Cast) -> None:
    use(cast.organization, ANSWER, REPAIR)
    body = get(reader, group_by="model")
    assert [(row["purpose"], row["cost_microusd"]) for row in body["by_purpose"]] == [
        ("answer", 1_000),
        ("repair", 300),
    ]
    assert [row["purpose"] for row in get(reader, group_by="purpose")["data"]] == ["answer", "repair"]


def test_it_is_grouped_by_several_things(reader: Client, cast: Cast, key: ApiKey) -> None:
    alice = Membership.objects.get(organization=cast.organization, user=cast.alice)
    use(cast.organization, key=key)
    use(cast.organization, key=key, framework="vue")
    use(cast.organization, member=alice)
    body = get(reader, group_by=["key,member", "framework"])
    assert body["columns"][:5] == ["api_key_id", "api_key_name", "member_id", "member_email", "framework"]
    rows = {
        (row["api_key_name"], row["member_email"], row["framework"]): row["cost_microusd"]
        for row in body["data"]
    }
    assert rows == {
        (key.name, None, "react"): 1_000,
        (key.name, None, "vue"): 1_000,
        (None, "alice@example.org", "react"): 1_000,
    }


def test_keys_and_members_that_are_gone_keep_their_rows(reader: Client, cast: Cast, key: ApiKey) -> None:
    member = Membership.objects.get(user=make_member(cast.organization))
    use(cast.organization, key=key)
    use(cast.organization, member=member)
    gone = {"key": str(key.pk), "member": member.pk}
    key.delete()
    member.delete()
    [of_key] = [row for row in get(reader, group_by="key")["data"] if row["api_key_id"]]
    [of_member] = [row for row in get(reader, group_by="member")["data"] if row["member_id"]]
    assert (of_key["api_key_id"], of_key["api_key_name"]) == (gone["key"], None)
    assert (of_member["member_id"], of_member["member_email"]) == (gone["member"], None)


def test_both_ends_belong_to_the_days_asked_for(reader: Client, cast: Cast) -> None:
    for days_ago in (1, 2, 3, 4):
        use(cast.organization, days_ago=days_ago)
    today = datetime.now(UTC).date()
    body = get(reader, **{"from": str(today - timedelta(days=3)), "to": str(today - timedelta(days=2))})
    assert [row["day"] for row in body["data"]] == [str(today - timedelta(days=n)) for n in (3, 2)]


def test_what_was_not_billed_is_not_in_it(reader: Client, cast: Cast) -> None:
    use(cast.organization, billed=False)
    body = get(reader)
    assert (body["data"], body["by_purpose"], body["total"]["cost_microusd"]) == ([], [], 0)


def test_an_outsider_sees_nothing_of_others(cast: Cast, key: ApiKey) -> None:
    use(cast.organization, key=key)
    limit(cast.organization, money_per_month_microusd=77)
    outsider = client_of(cast.other_organization)
    assert get(outsider, group_by="day,model,key,member,framework,purpose")["data"] == []
    assert "77" not in outsider.get(f"{URL}/limits").content.decode()


def test_names_of_others_are_not_looked_up(reader: Client, cast: Cast) -> None:
    foreign = make_key(cast.other_organization)[0]
    use(cast.organization, key=foreign)
    assert get(reader, group_by="key")["data"][0]["api_key_name"] is None


def test_csv_is_for_spreadsheets(reader: Client, cast: Cast, key: ApiKey) -> None:
    ApiKey.objects.filter(pk=key.pk).update(name="=HYPERLINK(1)")
    use(cast.organization, key=key)
    for response in (
        reader.get(URL, {"group_by": "key", "format": "csv"}),
        reader.get(URL, {"group_by": "key"}, headers={"Accept": "text/csv"}),
    ):
        assert response["Content-Type"].startswith("text/csv")
        assert "usage.csv" in response["Content-Disposition"]
        heading, row = csv.reader(io.StringIO(response.content.decode()))
        assert heading[:3] == ["api_key_id", "api_key_name", "generations"]
        assert row[:3] == [str(key.pk), "'=HYPERLINK(1)", "1"]


def test_an_error_is_json_whatever_was_asked_for(reader: Client) -> None:
    response = reader.get(URL, {"format": "csv", "group_by": "colour"})
    assert (response.status_code, response["Content-Type"]) == (400, "application/json")
    assert response.json()["error"]["code"] == "invalid_request"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"group_by": "colour"}, "group_by"),
        ({"group_by": ""}, "group_by"),
        ({"group_by": "day,"}, "group_by"),
        ({"from": "yesterday"}, "from"),
        ({"to": "2026-13-01"}, "to"),
        ({"from": "2026-02-02", "to": "2026-02-01"}, "from"),
        ({"from": "2024-01-01", "to": "2026-01-01"}, "from"),
    ],
)
def test_what_makes_no_sense_is_refused(reader: Client, query: dict[str, str], field: str) -> None:
    assert list(refused(reader, **query)) == [field]


def test_a_year_may_be_asked_for(reader: Client) -> None:
    get(reader, **{"from": "2024-01-01", "to": "2024-12-31"})


def test_too_many_rows_are_refused(reader: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reporting, "MOST_ROWS", 2)
    for framework in ("a", "b", "c"):
        use(cast.organization, framework=framework)
    assert list(refused(reader, group_by="framework")) == ["group_by"]
    assert len(get(reader, group_by="day")["data"]) == 1


def test_it_takes_the_same_few_statements_however_much_there_is(reader: Client, cast: Cast) -> None:
    counts = []
    for _ in range(2):
        for _ in range(5):
            use(cast.organization, key=make_key(cast.organization)[0])
        with CaptureQueriesContext(connection) as queries:
            get(reader, group_by="key,day")
        counts.append(len([one for one in queries if "usagerecord" in one["sql"]]))
    assert counts == [3, 3]


@pytest.mark.parametrize("path", [URL, f"{URL}/limits"])
def test_it_needs_the_scope(cast: Cast, path: str) -> None:
    others = [scope for scope in Scope if scope != Scope.USAGE]
    assert client_of(cast.organization, *others).get(path).status_code == 403
    assert Client().get(path).status_code == 401
    assert client_of(cast.organization).post(path).status_code == 405


@pytest.mark.parametrize("role", Role)
def test_every_member_reads_it(cast: Cast, client: Client, role: Role) -> None:
    client.force_login(make_member(cast.organization, role=role))
    for path in (URL, f"{URL}/limits"):
        assert client.get(path, headers={"Accept": "application/json"}).status_code == 200


def test_the_browsable_api_shows_it(cast: Cast, client: Client) -> None:
    client.force_login(cast.alice)
    for path in (URL, f"{URL}/limits"):
        page = client.get(path, headers={"Accept": "text/html"})
        assert (page.status_code, page["Content-Type"]) == (200, "text/html; charset=utf-8")


def test_quotas_are_shown_with_what_is_left(reader: Client, cast: Cast) -> None:
    limit(
        cast.organization,
        money_per_month_microusd=1_000,
        requests_per_day=10,
        stored_bytes=500,
        members=2,
    )
    bill(cast.organization, hold(cast.organization, 300), 250)
    hold(cast.organization, 400)
    change_stored_bytes(organization_id=cast.organization.pk, by=120)
    body = reader.get(f"{URL}/limits").json()
    assert body["plan"] == {"slug": "unlimited", "name": "Unlimited"}
    by_name = {quota.pop("quota"): quota for quota in body["quotas"]}
    resets = {name: quota.pop("resets_at") for name, quota in by_name.items()}
    assert by_name["money_per_month"] == {
        "unit": "micro_usd",
        "limit": 1_000,
        "used": 250,
        "reserved": 400,
        "left": 350,
    }
    assert by_name["tokens_per_month"] == {
        "unit": "tokens",
        "limit": None,
        "used": 10,
        "reserved": 10,
        "left": None,
    }
    assert (by_name["requests_per_day"]["used"], by_name["requests_per_day"]["left"]) == (2, 8)
    assert (by_name["stored_bytes"]["used"], by_name["stored_bytes"]["left"]) == (120, 380)
    assert (by_name["members"]["used"], by_name["members"]["left"]) == (2, 0)
    assert (by_name["keys"]["used"], by_name["keys"]["limit"]) == (2, None)
    now = timezone.now()
    assert datetime.fromisoformat(resets["requests_per_day"]).date() == now.date() + timedelta(days=1)
    assert datetime.fromisoformat(resets["money_per_month"]).day == 1
    assert resets["stored_bytes"] is None


def test_a_key_sees_its_own_budget(cast: Cast) -> None:
    key, text = make_key(cast.organization, scopes=[Scope.USAGE])
    ApiKey.objects.filter(pk=key.pk).update(monthly_budget_microusd=90)
    hold(cast.organization, 30, api_key=key)
    body = Client(headers=bearer(text)).get(f"{URL}/limits").json()
    [budget] = [quota for quota in body["quotas"] if quota["quota"] == "key_money_per_month"]
    assert (budget["limit"], budget["reserved"], budget["left"]) == (90, 30, 60)
