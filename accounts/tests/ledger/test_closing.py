"""A hold is closed once: settled with the cost, or released."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from accounts.ledger.closing import hand_over, release, release_all
from accounts.ledger.testing import bill, figures_of, hold, limit
from accounts.models import Balance, Hold, LedgerEntry, Organization
from accounts.testing import make_key, make_organization
from codegen_site.errors import QuotaExceeded

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization() -> Organization:
    return make_organization()


def kinds() -> list[str]:
    return list(LedgerEntry.objects.order_by("id").values_list("kind", flat=True))


def test_it_is_settled_with_what_it_cost(organization: Organization) -> None:
    generation_id = hold(organization, 500, tokens=70)
    assert bill(organization, generation_id, 300, tokens=42)
    assert figures_of(organization) == (0, 300, 0, 42)
    closed = Hold.objects.get()
    assert (closed.state, closed.closed_at is not None) == ("settled", True)
    assert kinds() == ["reserve", "settle"]


def test_it_is_settled_once(organization: Organization) -> None:
    generation_id = hold(organization, 500)
    assert bill(organization, generation_id, 300)
    assert not bill(organization, generation_id, 300)
    assert not release(generation_id)
    assert figures_of(organization) == (0, 300, 0, 10)


def test_a_second_settlement_is_refused_by_the_database_too(organization: Organization) -> None:
    generation_id = hold(organization, 500)
    bill(organization, generation_id, 300)
    Hold.objects.update(state="open")
    with pytest.raises(IntegrityError), transaction.atomic():
        bill(organization, generation_id, 300)


def test_it_is_released_and_costs_nothing(organization: Organization) -> None:
    generation_id = hold(organization, 500)
    assert release(generation_id)
    assert not release(generation_id)
    assert not bill(organization, generation_id, 300)
    assert figures_of(organization) == (0, 0, 0, 0)
    assert kinds() == ["reserve", "release"]


def test_what_cost_more_than_was_held_is_booked_in_full_and_stops_the_next(
    organization: Organization,
) -> None:
    limit(organization, money_per_month_microusd=100)
    bill(organization, hold(organization, 100), 170)
    assert figures_of(organization)[:2] == (0, 170)
    with pytest.raises(QuotaExceeded) as refused, transaction.atomic():
        hold(organization, 1)
    assert (refused.value.details["used"], refused.value.details["limit"]) == (170, 100)


def test_what_had_no_hold_is_billed_all_the_same_and_once(organization: Organization) -> None:
    generation_id = uuid4()
    assert bill(organization, generation_id, 300)
    assert not bill(organization, generation_id, 300)
    assert figures_of(organization) == (0, 300, 0, 10)
    assert kinds() == ["settle"]


def test_it_belongs_to_the_month_in_which_it_was_made(organization: Organization) -> None:
    generation_id = hold(organization, 500)
    last_month = date(2020, 5, 1)
    Hold.objects.update(month=last_month)
    Balance.objects.update(month=last_month)
    bill(organization, generation_id, 300)
    settled = LedgerEntry.objects.get(kind="settle")
    assert (settled.month, settled.at.year > 2020) == (last_month, True)
    balance = Balance.objects.get()
    assert (balance.month, balance.reserved_microusd, balance.spent_microusd) == (last_month, 0, 300)


def test_many_are_released_together(organization: Organization) -> None:
    ids = [hold(organization, 100) for _ in range(5)]
    bill(organization, ids[0], 60)
    assert release_all([*ids, uuid4()]) == 4
    assert figures_of(organization) == (0, 60, 0, 10)
    assert release_all(ids) == 0


def test_an_heir_gets_what_was_held_though_nothing_else_would_fit(organization: Organization) -> None:
    limit(organization, money_per_month_microusd=100)
    key = make_key(organization)[0]
    generation_id, heir_id = hold(organization, 100), uuid4()
    with transaction.atomic():
        release(generation_id)
        hand_over(generation_id, heir_id=heir_id, heirs_key_id=key.pk)
    assert figures_of(organization) == (100, 0, 10, 0)
    assert figures_of(organization, key) == (100, 0, 10, 0)
    inherited = Hold.objects.get(generation_id=heir_id)
    assert (inherited.state, inherited.amount_microusd, inherited.api_key_id) == ("open", 100, key.pk)
    bill(organization, heir_id, 70)
    assert figures_of(organization) == (0, 70, 0, 10)


def test_nothing_is_inherited_of_what_is_held_still_or_never_was(organization: Organization) -> None:
    hand_over(hold(organization, 100), heir_id=uuid4(), heirs_key_id=None)
    hand_over(uuid4(), heir_id=uuid4(), heirs_key_id=None)
    assert Hold.objects.count() == 1
