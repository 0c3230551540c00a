"""Writers wait for nobody and tie nothing; those who seal take turns."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from accounts.actor import OPERATOR
from accounts.api_keys.services import create_api_key, revoke_api_key
from accounts.audit.sealing import seal_entries
from accounts.audit.verifying import verify_chain
from accounts.models import AuditEntry, Organization
from accounts.organizations.services import update_organization
from accounts.tests.audit.conftest import write

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS, EACH = 6, 8


def test_the_chain_is_whole_when_many_write_and_many_seal(acme: Organization) -> None:
    together = threading.Barrier(WRITERS + 2)
    done = threading.Event()

    def act(number: int) -> None:
        together.wait(20)
        try:
            for turn in range(EACH):
                with transaction.atomic():
                    write(acme, turn=turn, writer=number)
                    transaction.set_rollback(turn % 4 == 3)
                # Those that take the row of the organization first, as all services do.
                update_organization(organization=acme, by=OPERATOR, name=f"Acme {number}.{turn}")
                key, _text = create_api_key(organization=acme, name="x")
                revoke_api_key(api_key=key)
        finally:
            connection.close()

    def seal(_number: int) -> None:
        together.wait(20)
        try:
            while not done.is_set():
                seal_entries()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=WRITERS + 2) as threads:
        sealers = [threads.submit(seal, number) for number in range(2)]
        writers = [threads.submit(act, number) for number in range(WRITERS)]
        try:
            for writer in writers:
                writer.result(120)
        finally:
            done.set()
        for sealer in sealers:
            sealer.result(60)
    seal_entries()
    expected = 1 + WRITERS * (EACH - EACH // 4) + WRITERS * EACH * 3
    verdict = verify_chain(str(acme.pk))
    assert (verdict.checked, verdict.breaks) == (expected, [])
    entries = AuditEntry.objects.for_organization(acme).order_by("position")
    assert list(entries.values_list("position", flat=True)) == list(range(1, expected + 1))
