"""Workers that end generations of the same organizations in opposite orders do not wait for each other."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from uuid import UUID

import pytest
from django.db import connection

from accounts.ledger.checking import check_balances
from accounts.ledger.testing import bill, figures_of, hold
from accounts.models import Organization
from accounts.testing import make_organization
from jobs.lane import Lane

ROUNDS, EACH = 10, 6


@pytest.mark.django_db(transaction=True)
def test_two_lanes_that_cross_lose_no_time_and_no_money() -> None:
    organizations = [make_organization() for _ in range(EACH)]
    held = {
        (worker, round_, organization): hold(organization, 10)
        for worker in range(2)
        for round_ in range(ROUNDS)
        for organization in organizations
    }
    together = threading.Barrier(2)

    def work(worker: int) -> None:
        order = organizations if worker == 0 else organizations[::-1]
        lane = Lane()
        asyncio.run(run_rounds(lane, worker, order))
        lane.close()

    async def run_rounds(lane: Lane, worker: int, order: list[Organization]) -> None:
        for round_ in range(ROUNDS):
            await asyncio.to_thread(together.wait, 20)
            # Asked for in one turn of the loop, so that they share a transaction.
            ends = [slowly(organization, held[worker, round_, organization]) for organization in order]
            assert all(await asyncio.gather(*map(lane.run, ends)))

    def slowly(organization: Organization, generation_id: UUID) -> "partial[bool]":
        return partial(end, organization, generation_id)

    def end(organization: Organization, generation_id: UUID) -> bool:
        ended = bill(organization, generation_id, 7)
        time.sleep(0.002)  # the other one is in the middle of its own
        return ended

    started = time.monotonic()
    with ThreadPoolExecutor(max_workers=2) as threads:
        list(threads.map(work, range(2)))
    # A deadlock is found by PostgreSQL after a second.
    assert time.monotonic() - started < ROUNDS * 0.5
    for organization in organizations:
        assert figures_of(organization) == (0, 2 * ROUNDS * 7, 0, 2 * ROUNDS * 10)
    assert check_balances() == []
    connection.close()
