import asyncio

import pytest
from django.db import IntegrityError

from jobs.lane import Lane
from jobs.models import Job

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
