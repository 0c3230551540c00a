"""`manage.py ledger`: see the books, check them, mend them."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.ledger.testing import bill, figures_of, hold, limit
from accounts.models import Balance, Organization
from accounts.testing import make_organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization() -> Organization:
    return make_organization("Acme")


def run(*words: str) -> str:
    out = StringIO()
    call_command("ledger", *words, stdout=out)
    return out.getvalue()


def fails(*words: str) -> tuple[int, str]:
    with pytest.raises(CommandError) as failed:
        run(*words)
    return failed.value.returncode, str(failed.value)


def test_it_shows_quotas_holds_and_entries(organization: Organization) -> None:
    limit(organization, money_per_month_microusd=5_000_000)
    bill(organization, hold(organization, 1_000_000), 250_000)
    generation_id = hold(organization, 1_000_000)
    shown = run("show", "acme")
    assert "Acme, plan unlimited" in shown
    assert "money_per_month    0.250000 USD of 5.000000 USD, 1.000000 USD reserved" in shown
    assert "requests_per_day   2 no limit" in shown
    assert "1 open holds" in shown
    assert f"reserve    1.000000 USD  {generation_id}" in shown
    assert run("show", "acme", "--entries", "1").count("reserve  ") == 1


def test_a_check_says_that_all_is_well(organization: Organization) -> None:
    hold(organization, 10)
    assert run("check") == run("check", "acme") == "Every balance is the sum of its entries.\n"


def test_a_check_that_finds_something_fails_until_it_is_repaired(organization: Organization) -> None:
    hold(organization, 10)
    Balance.objects.update(spent_microusd=5)
    assert fails("check") == (1, "1 figures differ.")
    assert "Repaired." in run("check", "--repair")
    assert run("check") == "Every balance is the sum of its entries.\n"


def test_money_is_given_and_taken_with_a_reason(organization: Organization) -> None:
    run("credit", "acme", "2.50", "--reason", "Welcome")
    assert figures_of(organization)[1] == -2_500_000
    run("adjust", "acme", "0.000001", "--reason", "A millionth")
    assert figures_of(organization)[1] == -2_499_999
    run("adjust", "acme", "-0.5", "--reason", "Billed twice")
    assert figures_of(organization)[1] == -2_999_999


@pytest.mark.parametrize(
    "words",
    [
        ("show", "nobody"),
        ("check", "nobody"),
        ("credit", "acme", "0", "--reason", "none"),
        ("credit", "acme", "1", "--reason", " "),
        ("credit", "acme", "0.0000001", "--reason", "too small"),
        ("credit", "acme", "nan", "--reason", "no number"),
        ("credit", "acme", "1e30", "--reason", "too much"),
        ("credit", "acme", "1"),
        (),
    ],
)
def test_what_makes_no_sense_is_refused(organization: Organization, words: tuple[str, ...]) -> None:
    code, _ = fails(*words)
    assert code in (1, 2)
    assert not Balance.objects.exists()
