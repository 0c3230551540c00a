"""Who may read the log, what is found in it, and how all of it is taken away."""

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import Client
from django.utils import timezone
from django.utils.http import urlencode

from accounts.actor import actor_for
from accounts.audit.formats import COLUMNS
from accounts.audit.record import record_deed
from accounts.audit.sealing import seal_entries
from accounts.models import AuditEntry, Membership
from accounts.scopes import Scope
from accounts.testing import Cast, bearer, make_cast, make_key
from accounts.tests.audit.conftest import write

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/audit"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def alice(cast: Cast, client: Client) -> Client:
    client.force_login(cast.alice)
    return client


def found(client: Client, **query: Any) -> list[dict[str, Any]]:
    response = client.get(f"{ADDRESS}?{urlencode(query, doseq=True)}", headers={"Accept": "application/json"})
    assert response.status_code == 200, response.content
    results: list[dict[str, Any]] = response.json()["results"]
    return results


def text_of(response: Any) -> str:
    assert response.status_code == 200

    async def read() -> bytes:
        return b"".join([piece async for piece in response.streaming_content])

    return async_to_sync(read)().decode()


def test_the_newest_comes_first_with_all_that_is_known(cast: Cast, alice: Client) -> None:
    place = Membership.objects.get(user=cast.alice)
    record_deed("organization.changed", cast.organization, by=actor_for(place), after={"name": "A"}, why="so")
    seal_entries()
    shown = found(alice)[0]
    entry = AuditEntry.objects.get(pk=shown.pop("id"))
    assert shown.pop("created_at") == entry.created_at.isoformat().replace("+00:00", "Z")
    assert shown == {
        "object": "audit_entry",
        "actor": {
            "kind": "person",
            "id": str(cast.alice.pk),
            "name": "alice@example.org",
            "role": "owner",
        },
        "action": "organization.changed",
        "target": {"kind": "organization", "id": str(cast.organization.pk)},
        "before": None,
        "after": {"name": "A"},
        "details": {"why": "so"},
        "address": "",
        "user_agent": "",
        "request_id": entry.request_id,
        "position": entry.position,
        "digest": entry.digest,
        "hash": entry.hash,
    }


def test_it_is_read_page_by_page_while_it_grows(cast: Cast, alice: Client) -> None:
    write(cast.organization, 7)
    known = [
        str(pk) for pk in AuditEntry.objects.for_organization(cast.organization).values_list("pk", flat=True)
    ]
    seen: list[str] = []
    address: str | None = f"{ADDRESS}?limit=3"
    while address:
        page = alice.get(address, headers={"Accept": "application/json"}).json()
        seen += [entry["id"] for entry in page["results"]]
        write(cast.organization)
        address = page["next"]
    assert seen == known


def test_the_filters_find(cast: Cast, alice: Client) -> None:
    key, _text = make_key(cast.organization)
    write(cast.organization)
    assert {entry["action"] for entry in found(alice, action=["api_key.created"])} == {"api_key.created"}
    assert len(found(alice, action=["api_key.created", "organization.changed"])) == 3
    assert [entry["target"]["id"] for entry in found(alice, object_id=key.pk)] == [str(key.pk)]
    assert {entry["target"]["kind"] for entry in found(alice, object_kind="organization")} == {"organization"}
    alice.patch(
        "/api/v1/organization", {"name": "New"}, "application/json", headers={"X-Request-ID": "req-1"}
    )
    for query in ({"actor": cast.alice.pk}, {"actor": cast.alice.email}, {"actor_kind": "person"}):
        assert [entry["action"] for entry in found(alice, **query)] == ["organization.changed"]
    assert [entry["after"] for entry in found(alice, request_id="req-1")] == [{"name": "New"}]
    now = timezone.now()
    assert found(alice, created_after=now.isoformat()) == []
    assert len(found(alice, created_before=now.isoformat())) == len(found(alice))
    assert found(alice, created_before=(now - timedelta(days=1)).isoformat()) == []


@pytest.mark.parametrize("query", [{"action": "tea.made"}, {"actor_kind": "king"}, {"created_after": "soon"}])
def test_what_no_filter_understands_is_refused(alice: Client, query: dict[str, str]) -> None:
    response = alice.get(ADDRESS, query, headers={"Accept": "application/json"})
    assert response.status_code == 400
    assert response.json()["error"]["code"] == "invalid_request"


@pytest.mark.parametrize(("scope", "status"), [(Scope.ADMIN, 200), (Scope.READ, 403)])
def test_a_key_needs_the_scope(cast: Cast, client: Client, scope: Scope, status: int) -> None:
    _key, text = make_key(cast.organization, scopes=[scope])
    assert client.get(ADDRESS, headers=bearer(text)).status_code == status


def test_only_owners_and_admins_read_and_each_his_own(cast: Cast, client: Client) -> None:
    client.force_login(cast.bob)
    assert client.get(ADDRESS).status_code == 403
    client.force_login(cast.charlie)
    ids = {entry["target"]["id"] for entry in found(client)}
    assert str(cast.other_organization.pk) in ids
    assert str(cast.organization.pk) not in ids


@pytest.mark.parametrize("as_accepted", [False, True])
def test_all_is_exported_as_lines(cast: Cast, alice: Client, as_accepted: bool) -> None:
    write(cast.organization, 3, text="naïve")
    known = AuditEntry.objects.for_organization(cast.organization).order_by("id")
    ids = [str(pk) for pk in known.values_list("pk", flat=True)]
    if as_accepted:
        response = alice.get(ADDRESS, headers={"Accept": "application/jsonl"})
    else:
        response = alice.get(ADDRESS, {"format": "jsonl"})
    assert response.headers["Content-Type"] == "application/jsonl"
    assert response.headers["Content-Disposition"] == 'attachment; filename="audit-acme.jsonl"'
    lines = [json.loads(line) for line in text_of(response).splitlines()]
    assert [line["id"] for line in lines][: len(ids)] == ids
    # That it is taken away is in it, since that was told first.
    assert lines[-1]["action"] == "audit.exported"
    assert lines[-2]["details"] == {"text": "naïve"}


def test_the_filters_hold_for_an_export_too(cast: Cast, alice: Client) -> None:
    text = text_of(alice.get(ADDRESS, {"format": "csv", "action": "organization.created"}))
    assert [row["action"] for row in csv.DictReader(io.StringIO(text))] == ["organization.created"]
    refused = alice.get(ADDRESS, {"format": "csv", "action": "tea.made"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "invalid_request")


def test_no_cell_of_a_csv_is_a_formula(cast: Cast, alice: Client) -> None:
    client = Client(
        headers={**bearer(make_key(cast.organization, scopes=["admin"])[1]), "User-Agent": "=HYPERLINK(1)"}
    )
    client.patch("/api/v1/organization", {"name": "@SUM(1)"}, "application/json")
    rows = list(csv.DictReader(io.StringIO(text_of(alice.get(ADDRESS, {"format": "csv"})))))
    assert list(rows[0]) == COLUMNS
    assert "'=HYPERLINK(1)" in [row["user_agent"] for row in rows]
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]


def test_an_export_reads_some_at_a_time(
    cast: Cast, alice: Client, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr("accounts.audit.formats.READ_AT_ONCE", 10)
    write(cast.organization, 95)
    response = alice.get(ADDRESS, {"format": "jsonl"})
    with django_assert_max_num_queries(13):
        assert len(text_of(response).splitlines()) >= 95


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_is_written_or_deleted_there(alice: Client, method: str) -> None:
    assert getattr(alice, method)(ADDRESS).status_code == 405
