"""Rows that are written once: refused here by the model, and by the database itself through triggers.

The migration of such a model runs `install_triggers`. Neither stops TRUNCATE, nor whoever may drop a trigger.
"""

from typing import Any, NoReturn, TypeVar

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from accounts.querysets import OrganizationQuerySet

M_co = TypeVar("M_co", bound=models.Model, covariant=True)

MESSAGE = "What is written here is neither changed nor deleted."

SQLITE = """
CREATE TRIGGER {table}_no_{deed} BEFORE {deed} ON {table}
BEGIN SELECT RAISE(ABORT, '{message}'); END
"""
POSTGRESQL = """
CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation'; END $$;
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION {table}_refuse()
"""


class AppendOnlyError(TypeError):
    """A defect of the code that asked for it."""


def _refuse() -> NoReturn:
    raise AppendOnlyError(MESSAGE)


class AppendOnlyQuerySet(OrganizationQuerySet[M_co]):
    def update(self, **kwargs: Any) -> NoReturn:
        _refuse()

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        _refuse()

    def delete(self) -> NoReturn:
        _refuse()


class AppendOnlyModel(models.Model):
    class Meta:
        abstract = True

    def save(self, **kwargs: Any) -> None:
        if not self._state.adding:
            _refuse()
        super().save(**{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        _refuse()


def install_triggers(schema_editor: BaseDatabaseSchemaEditor, table: str) -> None:
    """From now on the database refuses to change or delete rows of the table: with an `IntegrityError`."""
    match schema_editor.connection.vendor:
        case "sqlite":
            for deed in ("UPDATE", "DELETE"):
                schema_editor.execute(SQLITE.format(table=table, deed=deed, message=MESSAGE), None)
        case "postgresql":
            schema_editor.execute(POSTGRESQL.format(table=table, message=MESSAGE), None)


def remove_triggers(schema_editor: BaseDatabaseSchemaEditor, table: str) -> None:
    match schema_editor.connection.vendor:
        case "sqlite":
            for deed in ("UPDATE", "DELETE"):
                schema_editor.execute(f"DROP TRIGGER {table}_no_{deed}")
        case "postgresql":
            schema_editor.execute(f"DROP TRIGGER {table}_append_only ON {table}")
            schema_editor.execute(f"DROP FUNCTION {table}_refuse()")
