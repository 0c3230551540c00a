"""How much an organization has stored, kept up with every change and counted anew now and then."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.ledger.late_writes import add_late
from accounts.models import Organization, StoredBytes
from accounts.plans.reading import limits_of


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredChange:
    organization_id: UUID
    bytes: int

    @property
    def key(self) -> tuple[Any, ...]:
        return ("stored_bytes", self.organization_id)

    def __add__(self, other: "StoredChange") -> "StoredChange":
        return replace(self, bytes=self.bytes + other.bytes)

    def write(self) -> None:
        rows = StoredBytes.objects.filter(organization_id=self.organization_id)
        if not rows.update(bytes=F("bytes") + self.bytes):
            _make_row(self.organization_id)
            rows.update(bytes=F("bytes") + self.bytes)


def change_stored_bytes(*, organization_id: UUID, by: int) -> None:
    """In the transaction in which something is stored or deleted."""
    if by:
        add_late(StoredChange(organization_id=organization_id, bytes=by))


def count_stored_bytes(count: Callable[[Organization], int]) -> int:
    """Of every organization anew: `count` knows what it has. How many figures were other ones."""
    return sum(_count_one(organization, count) for organization in Organization.objects.iterator())


@transaction.atomic
def _count_one(organization: Organization, count: Callable[[Organization], int]) -> bool:
    """While its row is locked, what others store or delete meanwhile is added afterwards."""
    _make_row(organization.pk)
    row = StoredBytes.objects.select_for_update().get(organization=organization)
    counted = count(organization)
    StoredBytes.objects.filter(pk=row.pk).update(
        bytes=counted, limit_bytes=limits_of(organization).stored_bytes, counted_at=timezone.now()
    )
    return counted != row.bytes


def _make_row(organization_id: UUID) -> None:
    """With nothing in it, unless it is there."""
    limit = limits_of(Organization.objects.get(pk=organization_id)).stored_bytes
    row = StoredBytes(organization_id=organization_id, limit_bytes=limit)
    StoredBytes.objects.bulk_create([row], ignore_conflicts=True)
