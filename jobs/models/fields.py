from typing import Any

from django.db import models

EMPTY = {"[]": list, "{}": dict}


class JSONField(models.JSONField):
    """Django's, which asks the parser also for the empty lists that most columns of a job hold."""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        make_empty = EMPTY.get(value)
        return make_empty() if make_empty else super().from_db_value(value, expression, connection)

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs
