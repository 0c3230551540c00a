from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, Func
from django.db.models.sql.compiler import SQLCompiler


class LastError(Func):
    """A text of the newest of a job's errors, as SQL: `LastError("errors", key="class")`, or null."""

    output_field = CharField()

    def __init__(self, errors: str, *, key: str) -> None:
        super().__init__(errors, key=key)

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        return self.as_sql(
            compiler, connection, template="json_extract(%(expressions)s, '$[#-1].%(key)s')", **context
        )

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="(%(expressions)s -> -1 ->> '%(key)s')", **context)
