"""Entries are written once: the model refuses to change them, and the database does when it is not asked."""

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.append_only import AppendOnlyError
from accounts.ledger.testing import hold
from accounts.models import LedgerEntry, Organization
from accounts.testing import make_organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry() -> LedgerEntry:
    hold(make_organization(), 500)
    return LedgerEntry.objects.get()


def test_the_model_refuses_to_change_one(entry: LedgerEntry) -> None:
    entry.amount_microusd = 1
    for change in (
        entry.save,
        entry.delete,
        lambda: LedgerEntry.objects.update(amount_microusd=1),
        lambda: LedgerEntry.objects.bulk_update([entry], ["amount_microusd"]),
        LedgerEntry.objects.all().delete,
        LedgerEntry.objects.for_organization(entry.organization).delete,
    ):
        with pytest.raises(AppendOnlyError):
            change()
    assert LedgerEntry.objects.get().amount_microusd == 500


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_ledgerentry SET amount_microusd = 1",
        "UPDATE accounts_ledgerentry SET note = note",
        "DELETE FROM accounts_ledgerentry",
    ],
)
def test_the_database_refuses_it_too(entry: LedgerEntry, statement: str) -> None:
    with (
        pytest.raises(IntegrityError, match="neither changed nor deleted"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert LedgerEntry.objects.get().amount_microusd == 500


def test_the_books_outlive_the_organization(entry: LedgerEntry) -> None:
    organization_id = entry.organization_id
    Organization.objects.all().delete()
    assert LedgerEntry.objects.get().organization_id == organization_id
