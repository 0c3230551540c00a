import asyncio
import time
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import IntegrityError, OperationalError, connection

from jobs.lane import Lane
from jobs.models import Job, Step

pytestmark = pytest.mark.django_db(transaction=True)


def add_job(path: str) -> None:
    Job.objects.create(task_path=path)


def run_all(*paths: str) -> list[BaseException | None]:
    async def run() -> list[BaseException | None]:
        lane = Lane()
        try:
            work = (lane.run(lambda path=path: add_job(path)) for path in paths)  # type: ignore[misc]
            return await asyncio.gather(*work, return_exceptions=True)
        finally:
            lane.close()

    return asyncio.run(run())


def test_operations_are_committed_in_their_order() -> None:
    assert run_all("a", "b", "c") == [None, None, None]
    assert list(Job.objects.order_by("id").values_list("task_path", flat=True)) == ["a", "b", "c"]


def test_a_failing_operation_does_not_take_the_others_with_it() -> None:
    async def run() -> tuple[object, ...]:
        lane = Lane()
        job_id = Job().id

        def add_same() -> None:
            Job(id=job_id, task_path="same").save(force_insert=True)

        try:
            return await asyncio.gather(
                lane.run(add_same), lane.run(add_same), lane.run(lambda: add_job("c")), return_exceptions=True
            )
        finally:
            lane.close()

    first, second, third = asyncio.run(run())
    assert (first, third) == (None, None)
    assert isinstance(second, IntegrityError)
    assert Job.objects.count() == 2


def lose_the_transaction() -> None:
    if connection.vendor == "sqlite":
        assert connection.connection
        connection.connection.execute("ROLLBACK")  # as SQLite does by itself when the disk is full
    else:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    Job.objects.count()


def run_in_one_batch(*operations: Callable[[], None]) -> list[BaseException | None]:
    async def run() -> list[BaseException | None]:
        lane = Lane()
        blocker = asyncio.create_task(lane.run(lambda: time.sleep(0.1)))
        await asyncio.sleep(0.05)
        try:
            return await asyncio.gather(*map(lane.run, operations), return_exceptions=True)
        finally:
            await blocker
            lane.close()

    return asyncio.run(run())


def test_what_was_written_before_the_transaction_was_lost_is_not_reported_as_written() -> None:
    outcomes = run_in_one_batch(lambda: add_job("a"), lose_the_transaction, lambda: add_job("c"))
    assert all(isinstance(outcome, OperationalError) for outcome in outcomes)
    assert not Job.objects.exists()


def test_the_lane_goes_on_after_a_lost_transaction() -> None:
    async def run() -> None:
        lane = Lane()
        with pytest.raises(OperationalError):
            await lane.run(lose_the_transaction)
        await lane.run(lambda: add_job("a"))
        lane.close()

    asyncio.run(run())
    assert Job.objects.count() == 1


def test_the_lane_outlives_an_operation_that_forgets_an_outcome() -> None:
    async def run() -> None:
        lane = Lane()
        with pytest.raises(ValueError, match="shorter"):
            await lane.run_together(lambda arguments: [], None)
        await lane.run(lambda: add_job("a"))
        lane.close()

    asyncio.run(run())
    assert Job.objects.count() == 1


def test_a_commit_that_is_refused_fails_only_its_cause() -> None:
    """Django leaves foreign keys to be checked by the COMMIT."""

    async def run() -> tuple[object, ...]:
        lane = Lane()
        try:
            return await asyncio.gather(
                lane.run(lambda: add_job("a")),
                lane.run(lambda: Step.objects.create(job_id=uuid4(), name="of nobody", claim_no=1)),
                lane.run(lambda: add_job("b")),
                return_exceptions=True,
            )
        finally:
            lane.close()

    first, orphan, second = asyncio.run(run())
    assert (first, second) == (None, None)
    assert isinstance(orphan, IntegrityError)
    assert Job.objects.count() == 2
