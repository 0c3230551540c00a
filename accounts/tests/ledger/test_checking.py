"""Balances are compared with their entries, and made what those say."""

import logging
from datetime import date

import pytest
from django.db.models import F
from prometheus_client import REGISTRY

from accounts.ledger.checking import check_balances
from accounts.ledger.testing import bill, figures_of, hold
from accounts.models import ApiKey, AuditEntry, Balance, Hold, Organization
from accounts.testing import make_key, make_organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization() -> Organization:
    return make_organization()


@pytest.fixture
def key(organization: Organization) -> ApiKey:
    key = make_key(organization)[0]
    bill(organization, hold(organization, 500), 300)
    hold(organization, 100, api_key=key)
    return key


def own(organization: Organization) -> Balance:
    return Balance.objects.get(organization=organization, api_key_id=None)


def test_what_was_booked_agrees(key: ApiKey) -> None:
    assert check_balances() == []
    assert REGISTRY.get_sample_value("ledger_differences") == 0


def test_what_differs_is_told_and_repaired(
    organization: Organization, key: ApiKey, caplog: pytest.LogCaptureFixture
) -> None:
    hold(make_organization(), 5)
    Balance.objects.filter(pk=own(organization).pk).update(
        spent_microusd=F("spent_microusd") + 5, reserved_tokens=0
    )
    Balance.objects.filter(api_key_id=key.pk).update(reserved_microusd=1)
    with caplog.at_level(logging.ERROR, logger="accounts"):
        found = check_balances()
    assert {(one.row.api_key_id, one.figure, one.has, one.derived) for one in found} == {
        (None, "spent_microusd", 305, 300),
        (None, "reserved_tokens", 0, 10),
        (key.pk, "reserved_microusd", 1, 100),
    }
    assert len([record for record in caplog.records if record.message == "ledger.difference"]) == 3
    assert REGISTRY.get_sample_value("ledger_differences") == 3
    assert len(check_balances(repair=True)) == 3
    assert check_balances() == []
    assert (figures_of(organization), figures_of(organization, key)) == ((100, 300, 10, 10), (100, 0, 10, 0))
    audited = AuditEntry.objects.filter(action="ledger.repaired", object_id=str(organization.pk)).get()
    assert ((audited.before or {})["spent_microusd"], (audited.after or {})["spent_microusd"]) == (
        305,
        300,
    )


def test_a_balance_that_is_gone_is_made_anew(organization: Organization, key: ApiKey) -> None:
    Balance.objects.all().delete()
    assert {(one.row.api_key_id, one.figure) for one in check_balances(repair=True)} == {
        (None, "balance"),
        (key.pk, "balance"),
    }
    assert check_balances() == []
    assert figures_of(organization) == (100, 300, 10, 10)


def test_a_hold_that_is_gone_is_told_though_the_balance_agrees(
    organization: Organization, key: ApiKey
) -> None:
    Hold.objects.open().delete()
    [found] = check_balances(repair=True)
    assert (found.figure, found.has, found.derived) == ("open holds", 100, 0)
    assert figures_of(organization)[0] == 100


def test_only_what_is_asked_for_is_checked(organization: Organization, key: ApiKey) -> None:
    Balance.objects.update(spent_microusd=1)
    assert check_balances(organization=make_organization()) == []
    assert check_balances(since=date(2999, 1, 1)) == []
    assert check_balances(organization=organization) != []


def test_entries_of_an_organization_that_is_gone_are_no_difference(
    organization: Organization, key: ApiKey
) -> None:
    Organization.objects.all().delete()
    assert check_balances() == []
