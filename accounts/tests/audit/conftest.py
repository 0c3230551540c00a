from typing import Any

import pytest

from accounts.audit.record import record_deed
from accounts.models import AuditEntry, Organization
from accounts.testing import make_organization


@pytest.fixture
def acme(db: None) -> Organization:
    return make_organization("Acme")


def write(organization: Organization, number: int = 1, **details: Any) -> AuditEntry:
    """Some entries of an organization's, not sealed; the last one."""
    for _ in range(number):
        entry = record_deed("organization.changed", organization, after={"name": "Acme"}, **details)
    return entry
