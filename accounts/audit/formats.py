"""Entries as lines of JSON and as CSV, some at a time: a log may be larger than the memory."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

from accounts.models import AuditEntry
from accounts.models.audit_entry import AuditEntryQuerySet

READ_AT_ONCE = 500
COLUMNS = (
    "id created_at actor_kind actor_id actor role action object_kind object_id before after details "
    "address user_agent request_id chain position digest hash"
).split()
# OWASP, CSV injection: what a cell must not begin with.
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")


def rows_in_turn(entries: AuditEntryQuerySet) -> Iterator[list[AuditEntry]]:
    """The oldest first, each look-up by itself."""
    ordered, last = entries.order_by("id"), None
    while found := list((ordered if last is None else ordered.filter(id__gt=last))[:READ_AT_ONCE]):
        yield found
        last = found[-1].id


def stream_json_lines(entries: AuditEntryQuerySet) -> Iterator[bytes]:
    for found in rows_in_turn(entries):
        yield "".join(json.dumps(_values_of(entry), ensure_ascii=False) + "\n" for entry in found).encode()


def stream_csv(entries: AuditEntryQuerySet) -> Iterator[bytes]:
    yield _csv_of([COLUMNS])
    for found in rows_in_turn(entries):
        yield _csv_of(map(_cells_of, found))


def _values_of(entry: AuditEntry) -> dict[str, Any]:
    values = {name: getattr(entry, name) for name in COLUMNS}
    return values | {"id": str(entry.id), "created_at": entry.created_at.isoformat()}


def _cells_of(entry: AuditEntry) -> list[Any]:
    return [_cell(value) for value in _values_of(entry).values()]


def _cell(value: Any) -> Any:
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value
    return f"'{text}" if isinstance(text, str) and text.lstrip(" ").startswith(FORMULAS) else text


def _csv_of(rows: Iterable[list[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
