"""What an operator corrects by hand is an entry, with a reason, and audited."""

import pytest
from django.db import transaction
from django.test import Client

from accounts.actor import operator
from accounts.ledger.adjusting import adjust_balance
from accounts.ledger.checking import check_balances
from accounts.ledger.testing import bill, figures_of, hold, limit
from accounts.models import AuditEntry, Balance, LedgerEntry, Organization
from accounts.testing import make_key, make_organization, make_user
from codegen_site.errors import QuotaExceeded, ValidationException

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization() -> Organization:
    return make_organization()


def test_a_credit_gives_room_beyond_the_limit(organization: Organization) -> None:
    limit(organization, money_per_month_microusd=100)
    bill(organization, hold(organization, 100), 100)
    with pytest.raises(QuotaExceeded), transaction.atomic():
        hold(organization, 1)
    by = operator(make_user("op@example.org", is_staff=True))
    adjust_balance(organization=organization, microusd=-40, reason="An outage", by=by)
    hold(organization, 40)
    assert figures_of(organization)[:2] == (40, 60)
    assert check_balances() == []
    entry = LedgerEntry.objects.get(kind="adjust")
    assert (entry.amount_microusd, entry.spent_microusd, entry.note) == (-40, -40, "An outage")
    audited = AuditEntry.objects.get(action="ledger.adjusted")
    assert (audited.actor, audited.object_id, audited.details["reason"]) == (
        "op@example.org",
        str(entry.pk),
        "An outage",
    )


def test_a_credit_before_anything_was_spent_counts_too(organization: Organization) -> None:
    limit(organization, money_per_month_microusd=100)
    adjust_balance(organization=organization, microusd=-50, reason="Welcome")
    hold(organization, 150)
    assert figures_of(organization)[:2] == (150, -50)


@pytest.mark.parametrize(("microusd", "reason"), [(0, "why"), (5, ""), (5, " \n ")])
def test_it_needs_an_amount_and_a_reason(organization: Organization, microusd: int, reason: str) -> None:
    with pytest.raises(ValidationException):
        adjust_balance(organization=organization, microusd=microusd, reason=reason)
    assert not LedgerEntry.objects.exists()


def act(client: Client, *balances: Balance, **form: str) -> str:
    response = client.post(
        "/admin/accounts/balance/",
        {"action": "adjust", "_selected_action": [str(one.pk) for one in balances], **form},
        follow=True,
    )
    return response.content.decode()


def test_the_admin_adjusts_one_balance_with_a_reason(client: Client, organization: Organization) -> None:
    client.force_login(make_user("op@example.org", is_staff=True))
    bill(organization, hold(organization, 100), 100)
    balance = Balance.objects.get()
    page = act(client, balance, amount_usd="-0.00004", reason="An outage")
    assert "booked for" in page
    assert figures_of(organization)[1] == 60
    assert AuditEntry.objects.get(action="ledger.adjusted").actor == "op@example.org"


def test_the_admin_refuses_what_is_not_clear(client: Client, organization: Organization) -> None:
    client.force_login(make_user(is_staff=True))
    hold(organization, 100, api_key=make_key(organization)[0])
    own = Balance.objects.get(api_key_id=None)
    of_key = Balance.objects.exclude(api_key_id=None).get()
    amount = {"amount_usd": "1", "reason": "An outage"}
    assert "Select one balance" in act(client, own, of_key, **amount)
    assert "Select one balance" in act(client, of_key, **amount)
    assert "needs an amount" in act(client, own, amount_usd="1", reason="")
    assert "No action selected" in act(client, own, amount_usd="x", reason="An outage")
    Balance.objects.update(month="2020-01-01")
    assert "balance of this month" in act(client, own, **amount)
    assert not LedgerEntry.objects.filter(kind="adjust").exists()


def test_the_books_are_read_only_in_the_admin(client: Client, organization: Organization) -> None:
    client.force_login(make_user(is_staff=True))
    generation_id = hold(organization, 100)
    entry, balance = LedgerEntry.objects.get(), Balance.objects.get()
    for path in (f"ledgerentry/{entry.pk}", f"balance/{balance.pk}", f"hold/{generation_id}"):
        assert client.get(f"/admin/accounts/{path}/change/").status_code == 200
        assert client.post(f"/admin/accounts/{path}/change/", {}).status_code == 403
        assert client.post(f"/admin/accounts/{path}/delete/", {"post": "yes"}).status_code == 403
    for name in ("ledgerentry", "balance", "hold", "usagerecord", "storedbytes", "quotanotice"):
        assert client.get(f"/admin/accounts/{name}/").status_code == 200
        assert client.get(f"/admin/accounts/{name}/add/").status_code == 403
