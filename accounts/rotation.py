"""Every secret in SQL comes under the newest key, some at a time. It may be stopped and begun again."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models, transaction

from accounts.encryption import Undecipherable, current_key_id
from accounts.sealed_field import SealedTextField

AT_ONCE = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Rotated:
    """How many were encrypted anew, and how many nobody can read any more: those stay as they are."""

    rotated: int = 0
    unreadable: int = 0

    def __add__(self, other: "Rotated") -> "Rotated":
        return Rotated(rotated=self.rotated + other.rotated, unreadable=self.unreadable + other.unreadable)


def sealed_columns() -> Iterator[SealedTextField]:
    for model in apps.get_models():
        yield from (field for field in model._meta.local_fields if isinstance(field, SealedTextField))


def stale_rows(column: SealedTextField) -> models.QuerySet[Any]:
    """Those that another key than the newest has encrypted."""
    rows = column.model._base_manager.exclude(**{column.attname: ""})
    return rows.exclude(**{f"{column.attname}__startswith": f"{current_key_id()}."})


def rotate_column(column: SealedTextField) -> Rotated:
    done, last = Rotated(), None
    while True:
        rows = stale_rows(column).order_by("pk").values_list("pk", column.attname)
        chunk = list((rows if last is None else rows.filter(pk__gt=last))[:AT_ONCE])
        if not chunk:
            return done
        done += _rotate(column, chunk)
        last = chunk[-1][0]


@transaction.atomic
def _rotate(column: SealedTextField, chunk: list[tuple[Any, str]]) -> Rotated:
    rotated = unreadable = 0
    for pk, sealed in chunk:
        try:
            anew = column.seal(column.reveal(sealed))
        except Undecipherable:
            unreadable += 1
            continue
        # What somebody has changed meanwhile is under the newest key already.
        same = column.model._base_manager.filter(pk=pk, **{column.attname: sealed})
        rotated += same.update(**{column.attname: anew})
    return Rotated(rotated=rotated, unreadable=unreadable)
