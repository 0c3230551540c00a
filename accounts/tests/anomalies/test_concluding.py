"""A finding is told once: to the log, to the owners, to whoever listens; and the key may be revoked."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from uuid_utils.compat import uuid7

from accounts.actor import OPERATOR
from accounts.anomalies.concluding import look_for_anomalies
from accounts.anomalies.networks import forget_all, network_of, note_network
from accounts.anomalies.views import change_policy
from accounts.ledger.periods import day_of
from accounts.models import Anomaly, ApiKey, AuditEntry, KnownNetwork, Organization, UsageRecord
from accounts.signals import anomaly_found
from accounts.testing import Cast, bearer, make_cast, make_key, written_mails

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 12, 5, tzinfo=UTC)
HOUR = datetime(2026, 11, 20, 11, tzinfo=UTC)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def key(cast: Cast) -> ApiKey:
    return make_key(cast.organization)[0]


@pytest.fixture(autouse=True)
def heard() -> Iterator[list[Anomaly]]:
    anomalies: list[Anomaly] = []

    def hear(anomaly: Anomaly, **kwargs: Any) -> None:
        anomalies.append(anomaly)

    anomaly_found.connect(hear)
    yield anomalies
    anomaly_found.disconnect(hear)


def spend(organization: Organization, key: ApiKey | None, at: datetime, microusd: int) -> None:
    UsageRecord.objects.create(
        organization=organization,
        generation_id=uuid7(),
        api_key=key,
        model="m",
        purpose="answer",
        calls=1,
        input_tokens=1,
        output_tokens=1,
        reasoning_tokens=0,
        cached_tokens=0,
        cost_microusd=microusd,
        billed=True,
        day=day_of(at),
        created_at=at,
    )


def spend_as_usual(organization: Organization, key: ApiKey | None, microusd: int = 400_000) -> None:
    for hours in range(1, 31):
        spend(organization, key, HOUR - timedelta(hours=hours), microusd)


def test_an_odd_hour_of_a_key_is_told_once(cast: Cast, key: ApiKey, heard: list[Anomaly]) -> None:
    spend_as_usual(cast.organization, key)
    spend(cast.organization, key, HOUR + timedelta(minutes=59), 9_000_000)
    with written_mails() as mails:
        assert look_for_anomalies(now=NOW) == 2  # of the key, and of all
        assert look_for_anomalies(now=NOW) == 0
    assert {anomaly.subject for anomaly in heard} == {"", str(key.pk)}
    assert [mail.to for mail in mails] == ["alice@example.org"] * 2
    assert any(key.prefix in mail.text for mail in mails)
    entry = AuditEntry.objects.get(action="anomaly.found", details__api_key=str(key.pk))
    assert (entry.actor_kind, entry.organization_id) == ("system", cast.organization.pk)
    assert entry.details["observed"] == "9.000000 USD"
    assert entry.details["expected"] == "at most 1.200000 USD"
    key.refresh_from_db()
    assert key.is_usable


def test_a_usual_hour_and_that_of_others_are_not(cast: Cast, key: ApiKey, heard: list[Anomaly]) -> None:
    spend_as_usual(cast.organization, key)
    spend(cast.organization, key, HOUR, 1_100_000)
    spend(cast.other_organization, None, HOUR, 50_000_000)  # of which there is no history
    spend(cast.organization, key, HOUR + timedelta(hours=1), 50_000_000)  # the next hour's
    assert look_for_anomalies(now=NOW) == 0
    assert heard == []


def test_a_key_is_suspended_where_the_organization_wants_it(cast: Cast, key: ApiKey) -> None:
    change_policy(organization=cast.organization, suspend_key_on=["spend"], by=OPERATOR)
    spend_as_usual(cast.organization, key)
    spend(cast.organization, key, HOUR, 9_000_000)
    with written_mails() as mails:
        look_for_anomalies(now=NOW)
    key.refresh_from_db()
    assert (key.status, key.revoked_at) == ("suspended", None)
    assert AuditEntry.objects.filter(action="api_key.suspended", object_id=str(key.pk)).exists()
    assert Anomaly.objects.get(subject=str(key.pk)).key_suspended
    assert any("was suspended" in mail.text for mail in mails)
    assert ApiKey.objects.filter(organization=cast.organization, suspended_at=None).exists()


def test_another_kind_suspends_nothing(cast: Cast, key: ApiKey) -> None:
    change_policy(organization=cast.organization, suspend_key_on=["network"], by=OPERATOR)
    spend_as_usual(cast.organization, key)
    spend(cast.organization, key, HOUR, 9_000_000)
    assert look_for_anomalies(now=NOW) == 2
    key.refresh_from_db()
    assert key.is_usable


@pytest.mark.parametrize(
    ("address", "network"),
    [("203.0.113.77", "203.0.113.0/24"), ("2001:db8:1:2::3", "2001:db8:1::/48")],
)
def test_a_network_is_that_of_a_customer(address: str, network: str) -> None:
    assert network_of(ip_address(address)) == network


def see(key: ApiKey, address: str, at: datetime) -> None:
    note_network(key, ip_address(address))
    KnownNetwork.objects.filter(api_key=key, network=network_of(ip_address(address))).update(first_seen_at=at)


def test_a_network_that_a_key_was_never_used_from_is_told(
    cast: Cast, key: ApiKey, heard: list[Anomaly]
) -> None:
    change_policy(organization=cast.organization, suspend_key_on=["network"], by=OPERATOR)
    see(key, "203.0.113.7", HOUR - timedelta(days=30))
    see(key, "203.0.113.99", HOUR - timedelta(days=30))
    assert look_for_anomalies(now=NOW) == 0
    see(key, "198.51.100.1", HOUR + timedelta(minutes=3))
    assert look_for_anomalies(now=NOW) == 1
    assert (heard[0].kind, heard[0].where, heard[0].subject) == ("network", "198.51.100.0/24", str(key.pk))
    key.refresh_from_db()
    assert key.suspended_at is not None


def test_a_new_key_is_used_from_anywhere(cast: Cast, key: ApiKey) -> None:
    see(key, "203.0.113.7", HOUR - timedelta(days=2))
    see(key, "198.51.100.1", HOUR + timedelta(minutes=3))
    assert look_for_anomalies(now=NOW) == 0


def test_a_call_notes_its_network_and_another_one_costs_nothing(cast: Cast, client: Client) -> None:
    for _ in range(3):
        client.get("/api/v1/organization", headers=bearer(cast.key), REMOTE_ADDR="203.0.113.7")
    assert KnownNetwork.objects.get().network == "203.0.113.0/24"
    api_key = KnownNetwork.objects.get().api_key
    with CaptureQueriesContext(
        connection,
    ) as queries:
        note_network(api_key, ip_address("203.0.113.8"))
    assert len(queries) == 0
    forget_all()
    note_network(api_key, ip_address("203.0.113.8"))
    assert KnownNetwork.objects.count() == 1


def test_the_policy_is_shown_and_changed(cast: Cast, client: Client) -> None:
    client.force_login(cast.alice)
    address = "/api/v1/organization/anomalies"
    assert client.get(address).json() == {"suspend_key_on": []}
    body = {"suspend_key_on": ["spend", "errors", "spend"]}
    changed = client.patch(address, body, content_type="application/json")
    assert changed.json() == client.get(address).json() == {"suspend_key_on": ["errors", "spend"]}
    entry = AuditEntry.objects.get(action="anomaly_policy.changed")
    assert (entry.before, entry.after) == ({"suspend_key_on": []}, {"suspend_key_on": ["errors", "spend"]})
    for wrong in ({"suspend_key_on": ["tea"]}, {"suspend_key_on": "spend"}, {}):
        assert client.patch(address, wrong, content_type="application/json").status_code == 400
