"""Everything that an organization owns, as one zip that is made while it is sent.

Nothing of it is stored: no second copy has to be guarded and deleted, and memory stays small however much
there is. What belongs to other apps comes from exporters that they register.
"""

import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeAlias

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, QuerySet

from accounts.models import (
    Anomaly,
    AnomalyPolicy,
    ApiKey,
    AuditEntry,
    Invitation,
    Membership,
    Organization,
    RetentionPolicy,
    ServiceAccount,
)
from accounts.zip_stream import stream_zip, zip_entry

Part: TypeAlias = tuple[zipfile.ZipInfo, Iterable[bytes]]
Exporter: TypeAlias = Callable[[Organization], Iterable[Part]]

ROWS_AT_ONCE = 200

_exporters: list[Exporter] = []


def exporter(export: Exporter) -> Exporter:
    """Above a function that gives the parts of an archive for an organization. They are read from threads
    that change: a part must not hold a cursor between its pieces."""
    _exporters.append(export)
    return export


def stream_archive(organization: Organization) -> Iterator[bytes]:
    return stream_zip(part for export in _exporters for part in export(organization))


def json_lines(
    name: str, rows: QuerySet[Any], *, without: Sequence[str] = (), rows_at_once: int = ROWS_AT_ONCE
) -> Part:
    """A part with a line of JSON for each row, all columns of it but some."""
    return zip_entry(f"{name}.jsonl"), _lines_of(rows, without, rows_at_once)


def rows_in_turn(rows: QuerySet[Any], *, at_once: int) -> Iterator[list[Any]]:
    """By their primary key, some at a time, each look-up by itself."""
    last = None
    ordered = rows.order_by("pk")
    while True:
        found = list((ordered if last is None else ordered.filter(pk__gt=last))[:at_once])
        if not found:
            return
        yield found
        last = found[-1].pk


def _lines_of(rows: QuerySet[Any], without: Sequence[str], at_once: int) -> Iterator[bytes]:
    for found in rows_in_turn(rows, at_once=at_once):
        yield b"".join(_line_of(row, without) for row in found)


def _line_of(row: Model, without: Sequence[str]) -> bytes:
    columns = (field.attname for field in row._meta.concrete_fields if field.name not in without)
    data = {name: getattr(row, name) for name in columns}
    return json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False).encode(errors="replace") + b"\n"


@exporter
def export_organization(organization: Organization) -> Iterator[Part]:
    yield json_lines("organization", Organization.objects.filter(pk=organization.pk))
    yield json_lines("service_accounts", ServiceAccount.objects.for_organization(organization))
    yield json_lines("invitations", Invitation.objects.for_organization(organization), without=["token_hash"])
    secrets = ["digest", "salt", "pepper_id"]
    yield json_lines("api_keys", ApiKey.objects.for_organization(organization), without=secrets)
    entries = AuditEntry.objects.for_organization(organization)
    yield json_lines("audit_entries", entries, without=["signature", "signed_with"])
    yield json_lines("anomalies", Anomaly.objects.for_organization(organization))
    yield json_lines("anomaly_policy", AnomalyPolicy.objects.filter(pk=organization.pk))
    yield json_lines("retention_policy", RetentionPolicy.objects.filter(pk=organization.pk))
    members = Membership.objects.for_organization(organization).select_related("user")
    yield zip_entry("members.jsonl"), _members(members)


def _members(members: QuerySet[Membership]) -> Iterator[bytes]:
    """With their addresses: the accounts themselves are the persons' own."""
    for found in rows_in_turn(members, at_once=ROWS_AT_ONCE):
        for member in found:
            data = {"id": member.pk, "email": member.user.email, "role": member.role}
            yield json.dumps(data).encode() + b"\n"
