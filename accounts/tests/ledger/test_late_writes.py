"""Balances are written at the end of a transaction, each once, and in one order for everybody."""

from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.ledger.checking import check_balances
from accounts.ledger.closing import release
from accounts.ledger.late_writes import write_late
from accounts.ledger.testing import bill, figures_of, hold
from accounts.models import Organization
from accounts.testing import make_organization


class Undo(Exception):
    pass


def balances_written(queries: CaptureQueriesContext) -> list[str]:
    return [query["sql"] for query in queries if query["sql"].startswith('UPDATE "accounts_balance"')]


@transaction.atomic
def bill_and_fail(organization: Organization, generation_id: UUID) -> None:
    bill(organization, generation_id, 90)
    raise Undo


@pytest.mark.django_db
def test_each_balance_is_written_once_and_last() -> None:
    first, second = make_organization(), make_organization()
    held = [(organization, hold(organization, 10)) for organization in (second, first, second, first)]
    with CaptureQueriesContext(connection) as queries, transaction.atomic(), write_late():
        for organization, generation_id in held:
            bill(organization, generation_id, 7)
        assert balances_written(queries) == []
    assert len(balances_written(queries)) == 2
    assert figures_of(first) == figures_of(second) == (0, 14, 0, 20)


@pytest.mark.django_db
def test_what_a_savepoint_undoes_is_not_written() -> None:
    organization = make_organization()
    kept, undone = hold(organization, 10), hold(organization, 100)
    with transaction.atomic(), write_late():
        bill(organization, kept, 7)
        with pytest.raises(Undo):
            bill_and_fail(organization, undone)
    assert figures_of(organization)[:2] == (100, 7)
    assert check_balances() == []


@pytest.mark.django_db
def test_what_is_reserved_in_between_finds_what_was_released_before() -> None:
    organization = make_organization()
    with transaction.atomic(), write_late():
        release(hold(organization, 10))
        hold(organization, 20)
        assert figures_of(organization)[0] == 20
    assert figures_of(organization)[0] == 20
    assert check_balances() == []


@pytest.mark.django_db
def test_nothing_is_written_when_all_of_it_fails() -> None:
    organization = make_organization()
    generation_id = hold(organization, 10)
    with pytest.raises(Undo), write_late():
        bill_and_fail(organization, generation_id)
    assert figures_of(organization)[0] == 10
    assert check_balances() == []
