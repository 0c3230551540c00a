"""Room is taken before anything is accepted, and a quota that has none refuses with figures."""

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from accounts.ledger.amounts import Amount
from accounts.ledger.reserving import NewHold, reserve
from accounts.ledger.stored_bytes import change_stored_bytes
from accounts.ledger.testing import bill, figures_of, hold, limit
from accounts.models import ApiKey, Balance, Hold, LedgerEntry, Organization
from accounts.testing import make_key, make_organization
from codegen_site.errors import QuotaExceeded

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization() -> Organization:
    return make_organization()


def test_what_is_reserved_is_a_hold_an_entry_and_in_the_balance(organization: Organization) -> None:
    generation_id = hold(organization, 500, tokens=70)
    made = Hold.objects.get()
    assert (made.generation_id, made.amount_microusd, made.tokens, made.state) == (
        generation_id,
        500,
        70,
        "open",
    )
    entry = LedgerEntry.objects.get()
    assert (entry.kind, entry.generation_id, entry.amount_microusd) == ("reserve", generation_id, 500)
    assert (entry.reserved_microusd, entry.spent_microusd, entry.month) == (500, 0, made.month)
    assert figures_of(organization) == (500, 0, 70, 0)


def test_a_plan_without_limits_takes_anything(organization: Organization) -> None:
    for _ in range(3):
        hold(organization, 10**12, tokens=10**12)
    assert figures_of(organization)[0] == 3 * 10**12


@pytest.mark.parametrize(
    ("limits", "quota", "limit_", "used", "reserved"),
    [
        ({"money_per_month_microusd": 250}, "money_per_month", 250, 0, 200),
        ({"tokens_per_month": 25}, "tokens_per_month", 25, 0, 20),
        ({"requests_per_day": 2}, "requests_per_day", 2, 2, 0),
    ],
)
def test_what_does_not_fit_is_refused_with_figures(
    organization: Organization, limits: dict[str, Any], quota: str, limit_: int, used: int, reserved: int
) -> None:
    limit(organization, **limits)
    hold(organization, 100)
    hold(organization, 100)
    before = figures_of(organization)
    with pytest.raises(QuotaExceeded) as refused, transaction.atomic():
        hold(organization, 100)
    details = refused.value.details
    assert (details["quota"], details["limit"], details["used"], details["reserved"]) == (
        quota,
        limit_,
        used,
        reserved,
    )
    assert datetime.fromisoformat(details["resets_at"]) > datetime.now().astimezone()
    assert figures_of(organization) == before
    assert (Hold.objects.count(), LedgerEntry.objects.count()) == (2, 2)


def test_what_is_spent_takes_room_as_what_is_reserved(organization: Organization) -> None:
    limit(organization, money_per_month_microusd=100)
    bill(organization, hold(organization, 80), 30)
    hold(organization, 70)
    with pytest.raises(QuotaExceeded), transaction.atomic():
        hold(organization, 1)


def test_what_costs_nothing_is_accepted_when_the_money_is_gone(organization: Organization) -> None:
    limit(organization, money_per_month_microusd=100)
    bill(organization, hold(organization, 100), 150)
    hold(organization, 0)


def test_a_limit_of_nothing_refuses_everything(organization: Organization) -> None:
    limit(organization, requests_per_day=0)
    with pytest.raises(QuotaExceeded), transaction.atomic():
        hold(organization, 0)


def test_several_are_reserved_or_none(organization: Organization) -> None:
    limit(organization, money_per_month_microusd=1_000)
    holds = [NewHold(generation_id=uuid4(), amount=Amount(microusd=100, tokens=1)) for _ in range(11)]
    with pytest.raises(QuotaExceeded) as refused, transaction.atomic():
        reserve(organization=organization, holds=holds)
    assert refused.value.details["requested"] == 1_100
    assert not Hold.objects.exists()
    reserve(organization=organization, holds=holds[:10])
    assert (Hold.objects.count(), LedgerEntry.objects.count()) == (10, 10)
    assert figures_of(organization) == (1_000, 0, 10, 0)


def test_a_key_has_a_budget_of_its_own_within_that_of_the_organization(organization: Organization) -> None:
    key, other = (make_key(organization)[0] for _ in range(2))
    ApiKey.objects.filter(pk=key.pk).update(monthly_budget_microusd=100)
    key.refresh_from_db()
    limit(organization, money_per_month_microusd=250)
    hold(organization, 100, api_key=key)
    with pytest.raises(QuotaExceeded) as refused, transaction.atomic():
        hold(organization, 1, api_key=key)
    assert (refused.value.details["quota"], refused.value.details["limit"]) == ("key_money_per_month", 100)
    hold(organization, 150, api_key=other)
    assert figures_of(organization) == (250, 0, 20, 0)
    assert figures_of(organization, key) == (100, 0, 10, 0)
    assert figures_of(organization, other) == (150, 0, 10, 0)


def test_a_full_store_refuses_until_something_is_deleted(organization: Organization) -> None:
    limit(organization, stored_bytes=1_000)
    change_stored_bytes(organization_id=organization.pk, by=1_000)
    with pytest.raises(QuotaExceeded) as refused, transaction.atomic():
        hold(organization, 1)
    assert (refused.value.details["quota"], refused.value.details["resets_at"]) == ("stored_bytes", None)
    change_stored_bytes(organization_id=organization.pk, by=-1)
    hold(organization, 1)


def test_requests_are_counted_by_the_day(organization: Organization) -> None:
    limit(organization, requests_per_day=2)
    hold(organization, 1)
    hold(organization, 1)
    Balance.objects.update(day="2020-01-01")
    hold(organization, 1)
    assert Balance.objects.get().requests == 1


def test_a_clock_that_is_behind_does_not_begin_an_old_day_anew(organization: Organization) -> None:
    limit(organization, requests_per_day=2)
    hold(organization, 1)
    Balance.objects.update(day="2999-01-01")
    hold(organization, 1)
    with pytest.raises(QuotaExceeded), transaction.atomic():
        hold(organization, 1)


def test_other_organizations_have_room_of_their_own(organization: Organization) -> None:
    limit(organization, money_per_month_microusd=10)
    hold(organization, 10)
    hold(make_organization(), 10_000)
    assert figures_of(organization) == (10, 0, 10, 0)
