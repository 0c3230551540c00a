"""What the database itself refuses, whoever asks: to change an entry or an anchor, to delete one too early.

An entry may be given its place in the chain once. What a chain says it has pruned may go: that the chain says
so is signed. None of this stops who may drop a trigger; the chains tell afterwards that he did.
"""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

ENTRY, ANCHOR = "accounts_auditentry", "accounts_auditanchor"
# Those that are written once an entry is tied into its chain.
OF_THE_CHAIN = ("position", "hash")
REFUSAL = "What is in the audit log is neither changed nor deleted."
NAMES = [f"{table}_no_{deed}" for table in (ENTRY, ANCHOR) for deed in ("change", "deletion")]

IS_PRUNED = (
    "EXISTS (SELECT 1 FROM accounts_auditchain c WHERE c.name = OLD.chain AND c.pruned_to >= OLD.position)"
)

SQLITE = """
CREATE TRIGGER {table}_no_{deed} BEFORE {statement} ON {table} WHEN NOT ({allowed})
BEGIN SELECT RAISE(ABORT, '{refusal}'); END
"""
POSTGRESQL = """
CREATE FUNCTION {table}_no_{deed}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_LEVEL = 'ROW' AND ({allowed}) THEN
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '{refusal}' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER {table}_no_{deed} BEFORE {statement} ON {table}
FOR EACH ROW EXECUTE FUNCTION {table}_no_{deed}()
"""
# The rows of a table that is emptied meet no trigger of theirs.
NO_TRUNCATE = """
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION {table}_no_deletion()
"""


def install_triggers(schema_editor: BaseDatabaseSchemaEditor, *, entry_columns: list[str]) -> None:
    """`entry_columns` are all columns of the table of entries."""
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    template = POSTGRESQL if is_postgresql else SQLITE
    sealing = _sealing_on_postgresql() if is_postgresql else _sealing_on_sqlite(entry_columns)
    for table, change in ((ENTRY, sealing), (ANCHOR, "1 = 0")):
        for deed, statement, allowed in (("change", "UPDATE", change), ("deletion", "DELETE", IS_PRUNED)):
            sql = template.format(
                table=table, deed=deed, statement=statement, allowed=allowed, refusal=REFUSAL
            )
            schema_editor.execute(sql, None)
        if is_postgresql:
            schema_editor.execute(NO_TRUNCATE.format(table=table), None)


def remove_triggers(schema_editor: BaseDatabaseSchemaEditor) -> None:
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    for name in NAMES:
        schema_editor.execute(f"DROP FUNCTION {name} CASCADE" if is_postgresql else f"DROP TRIGGER {name}")


def _sealing_on_postgresql() -> str:
    """Which columns there are is asked when it happens."""
    unsealed = " - ".join(f"'{column}'" for column in OF_THE_CHAIN)
    return (
        "OLD.position IS NULL AND NEW.position IS NOT NULL "
        f"AND to_jsonb(OLD) - {unsealed} = to_jsonb(NEW) - {unsealed}"
    )


def _sealing_on_sqlite(columns: list[str]) -> str:
    same = (f'OLD."{column}" IS NEW."{column}"' for column in columns if column not in OF_THE_CHAIN)
    return " AND ".join(["OLD.position IS NULL", "NEW.position IS NOT NULL", *same])
