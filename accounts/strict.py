"""Serializer fields that take a JSON value for what it is: no `"12"` for a number, no 1 for a text."""

from collections.abc import Mapping
from difflib import get_close_matches
from itertools import islice
from typing import Any

from rest_framework import serializers

JSON_NAMES = {
    str: "a string",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    dict: "an object",
    list: "a list",
}


# Of a body that consists of nothing else; to look for what was meant takes time.
MOST_UNKNOWN = 20


def check_type(value: Any, *wanted: type) -> None:
    """Raises DRF's `ValidationError`. In JSON, true is no number."""
    if not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted):
        raise serializers.ValidationError(
            f"This must be {JSON_NAMES[wanted[0]]}, not {JSON_NAMES.get(type(value), 'null')}.", code="type"
        )


class StrictCharField(serializers.CharField):
    def to_internal_value(self, data: Any) -> str:
        check_type(data, str)
        return str(super().to_internal_value(data))


class StrictBooleanField(serializers.BooleanField):
    def to_internal_value(self, data: Any) -> bool:
        check_type(data, bool)
        return bool(data)


class StrictIntegerField(serializers.IntegerField):
    def to_internal_value(self, data: Any) -> int:
        check_type(data, int)
        return int(super().to_internal_value(data))


class StrictFloatField(serializers.FloatField):
    def to_internal_value(self, data: Any) -> float:
        check_type(data, float, int)
        return float(super().to_internal_value(data))


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields that it does not know, and says which was probably meant."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            names = islice((name for name in data if name not in self.fields), MOST_UNKNOWN)
            unknown = {name: [self._advice(name)] for name in names}
            if unknown:
                raise serializers.ValidationError(unknown, code="unknown_field")
        return super().to_internal_value(data)

    def _advice(self, name: str) -> str:
        close = get_close_matches(name[:100], list(self.fields), n=1)
        return f"There is no such field. Did you mean {close[0]}?" if close else "There is no such field."
