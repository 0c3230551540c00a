"""Nobody changes or deletes an entry: not by the model, and not by SQL."""

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.append_only import AppendOnlyError
from accounts.audit.sealing import seal_entries
from accounts.audit.triggers import NAMES
from accounts.models import AuditAnchor, AuditChain, AuditEntry, Organization
from accounts.tests.audit.conftest import write

pytestmark = pytest.mark.django_db


def run(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def rows() -> list[dict[str, Any]]:
    return [dict(row) for row in AuditEntry.objects.order_by("id").values()]


def test_the_model_refuses(acme: Organization) -> None:
    entry = write(acme)
    entry.actor = "somebody else"
    entries = AuditEntry.objects.for_organization(acme)
    for change in (
        entry.save,
        entry.delete,
        lambda: entries.update(actor="x"),
        lambda: entries.bulk_update([entry], ["actor"]),
        entries.delete,
        AuditEntry.objects.all().delete,
    ):
        with pytest.raises(AppendOnlyError):
            change()


STATEMENTS = [
    "UPDATE accounts_auditentry SET actor = 'somebody else'",
    "UPDATE accounts_auditentry SET actor = actor",
    "UPDATE accounts_auditentry SET position = 1, hash = 'x', actor = 'somebody else'",
    "UPDATE accounts_auditentry SET details = '{}'",
    "UPDATE accounts_auditentry SET position = NULL",
    "DELETE FROM accounts_auditentry",
]


@pytest.mark.parametrize("statement", STATEMENTS)
@pytest.mark.parametrize("is_sealed", [False, True])
def test_the_database_refuses(acme: Organization, statement: str, is_sealed: bool) -> None:
    write(acme, note="a note")
    if is_sealed:
        seal_entries()
    before = rows()
    with pytest.raises(IntegrityError, match="neither changed nor deleted"):
        run(statement)
    assert rows() == before


def test_an_entry_gets_its_place_once(acme: Organization) -> None:
    write(acme)
    seal_entries()
    with pytest.raises(IntegrityError, match="neither changed nor deleted"):
        run("UPDATE accounts_auditentry SET position = position + 10")


@pytest.mark.parametrize(
    "statement", ["UPDATE accounts_auditanchor SET position = 1", "DELETE FROM accounts_auditanchor"]
)
def test_an_anchor_stays_as_well(acme: Organization, statement: str) -> None:
    write(acme)
    seal_entries()
    assert AuditAnchor.objects.exists()
    with pytest.raises(IntegrityError, match="neither changed nor deleted"):
        run(statement)


def test_what_a_chain_has_pruned_can_go_and_nothing_behind_it(acme: Organization) -> None:
    write(acme, 3)
    seal_entries()
    AuditChain.objects.filter(name=str(acme.pk)).update(pruned_to=2)
    run("DELETE FROM accounts_auditentry WHERE position <= 2")
    with pytest.raises(IntegrityError):
        run("DELETE FROM accounts_auditentry WHERE position = 3")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no TRUNCATE")
@pytest.mark.parametrize("table", ["accounts_auditentry", "accounts_auditanchor"])
def test_a_table_is_not_emptied(acme: Organization, table: str) -> None:
    write(acme)
    with pytest.raises(DatabaseError, match="neither changed nor deleted"):
        run(f"TRUNCATE {table}")


def test_the_triggers_are_there() -> None:
    """On SQLite a later migration that makes the table anew would lose them."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        assert set(NAMES) <= {name for (name,) in cursor.fetchall()}


def test_every_column_is_guarded(acme: Organization) -> None:
    """One that is added later, and not to the trigger, could be changed."""
    entry = write(acme)
    for field in AuditEntry._meta.concrete_fields:
        if field.column in ("position", "hash"):
            continue
        value = "NULL" if field.null else f"'{'0' * min(field.max_length or 32, 32)}'"
        if field.get_internal_type() == "JSONField":
            value = "'{\"x\": 1}'"
        if field.get_internal_type() == "DateTimeField":
            value = "'2020-01-01 00:00:00+00'"
        if getattr(entry, field.attname) is None:
            value = "'{\"x\": 1}'"
        with pytest.raises(IntegrityError, match="neither changed"):
            run(f"UPDATE accounts_auditentry SET position = 99, hash = 'x', \"{field.column}\" = {value}")
