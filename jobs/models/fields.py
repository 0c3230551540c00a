from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.lookups import Exact, In
from django.db.models.sql.compiler import SQLCompiler

EMPTY = {"[]": list, "{}": dict}


class JSONField(models.JSONField):
    """Django's, which asks the parser also for the empty lists that most columns of a job hold."""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        make_empty = EMPTY.get(value)
        return make_empty() if make_empty else super().from_db_value(value, expression, connection)

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs


class WordField(models.CharField[str, str]):
    """One of its choices, which stands in the statement itself and not as a parameter.

    SQLite plans before it knows the parameters, and so would never use an index with a condition on it.
    """

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


class _WithWords:
    def process_rhs(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        sql, parameters = super().process_rhs(compiler, connection)  # type: ignore[misc]  # it is a mixin
        words = {word for word, _ in self.lhs.output_field.flatchoices}  # type: ignore[attr-defined]
        if not words.issuperset(parameters):
            return sql, parameters
        return sql % tuple(f"'{word}'" for word in parameters), ()


@WordField.register_lookup
class _IsWord(_WithWords, Exact):
    pass


@WordField.register_lookup
class _IsOneOfWords(_WithWords, In):
    pass
