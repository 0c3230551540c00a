"""Holds that were left open are closed by what became of their generations."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from accounts.ledger import sweeping
from accounts.ledger.amounts import Amount
from accounts.ledger.closing import Bill
from accounts.ledger.sweeping import Fate, sweep_holds
from accounts.ledger.testing import figures_of, hold
from accounts.models import Hold, LedgerEntry, Organization
from accounts.testing import make_organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization() -> Organization:
    return make_organization()


def expire() -> None:
    Hold.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def test_what_has_not_expired_is_not_looked_at(organization: Organization) -> None:
    hold(organization, 10)
    assert sweep_holds(lambda ids: pytest.fail("it was asked for")) == 0


def test_each_gets_what_became_of_it(organization: Organization) -> None:
    live, ended, failed, gone = (hold(organization, 10) for _ in range(4))
    expire()
    fates: dict[UUID, Fate] = {
        live: "live",
        ended: Bill(
            organization_id=organization.pk,
            api_key_id=None,
            generation_id=ended,
            amount=Amount(microusd=7, tokens=3),
        ),
        failed: None,
    }
    assert sweep_holds(lambda ids: fates) == 3
    states = dict(Hold.objects.values_list("generation_id", "state"))
    assert states == {live: "open", ended: "settled", failed: "released", gone: "released"}
    assert figures_of(organization) == (10, 7, 10, 3)
    assert {entry.note for entry in LedgerEntry.objects.filter(kind="release")} == {"swept"}
    assert sweep_holds(lambda ids: pytest.fail("those that live are left alone for a while")) == 0


def test_it_goes_on_until_none_is_left(organization: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "MOST_AT_ONCE", 2)
    lives = hold(organization, 10)
    for _ in range(4):
        hold(organization, 10)
    expire()
    assert sweep_holds(lambda ids: {lives: "live"}) == 4
    assert figures_of(organization)[0] == 10
