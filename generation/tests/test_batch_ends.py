"""How batches end: by their last line, by being looked at, or by being cancelled; and only once."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from generation.batch_cancelling import cancel_batch
from generation.batch_ends import end_batch_if_done, end_done_batches, look_up
from generation.models import Batch, Generation
from generation.services import cancel_generation
from generation.signals import batch_ended
from generation.testing import ScriptedAnswer, ScriptedModel
from generation.tests.conftest import TWO_FILES, post_lines, results_of
from jobs.models import Job
from jobs.testing import run_all_jobs, run_job

pytestmark = pytest.mark.django_db(transaction=True)

Script = Callable[..., ScriptedModel]


@pytest.fixture
def told() -> Iterator[list[tuple[UUID, str]]]:
    """The batches of which the end was told, and how they ended."""
    ends: list[tuple[UUID, str]] = []

    def note(batch: Batch, **kwargs: object) -> None:
        assert connection.in_atomic_block
        ends.append((batch.id, batch.status))

    batch_ended.connect(note, weak=False)
    yield ends
    batch_ended.disconnect(note)


def start(client: Client, lines: int = 2) -> Batch:
    response = post_lines(client, *[{"prompt": f"A page {number}"} for number in range(lines)])
    return Batch.objects.get(id=response.json()["id"])


def now(batch: Batch) -> Batch:
    return Batch.objects.get(id=batch.id)


def test_the_last_line_ends_it_without_anybody_looking(
    api: Client, script: Script, told: list[tuple[UUID, str]]
) -> None:
    script(TWO_FILES, "Talk.", "More talk.")
    batch = start(api)
    first, last = batch.generations.order_by("id")
    asyncio.run(run_job(first.id))
    assert (now(batch).status, told) == ("running", [])
    asyncio.run(run_job(last.id))
    assert (now(batch).status, told) == ("completed", [(batch.id, "completed")])
    assert now(batch).finished_at is not None


def test_a_single_line_that_is_cancelled_has_ended(api: Client, told: list[tuple[UUID, str]]) -> None:
    batch = start(api, lines=1)
    cancel_generation(generation=batch.generations.get())
    assert told == [(batch.id, "completed")]
    [result] = results_of(api, str(batch.id))
    assert (result["generation"]["status"], result["error"]["code"]) == ("cancelled", "generation_cancelled")


def test_an_end_that_nobody_noted_is_noted_by_who_looks(api: Client, told: list[tuple[UUID, str]]) -> None:
    batch = start(api)
    batch.generations.update(status="completed")  # as if the process had died before it looked
    assert now(batch).status == "running"
    assert api.get(f"/api/v1/batches/{batch.id}").json()["status"] == "completed"
    assert told == [(batch.id, "completed")]


def test_an_end_that_nobody_looks_at_is_noted_by_the_schedule(
    api: Client, told: list[tuple[UUID, str]]
) -> None:
    running, done, cancelling = start(api), start(api), start(api)
    Generation.objects.filter(batch__in=[done, cancelling]).update(status="failed")
    Batch.objects.filter(id=cancelling.id).update(status="cancelling")
    assert (end_done_batches(), end_done_batches()) == (2, 0)
    assert [now(batch).status for batch in (running, done, cancelling)] == [
        "running",
        "completed",
        "cancelled",
    ]
    assert told == [(cancelling.id, "cancelled"), (done.id, "completed")]


def test_of_many_that_see_the_end_one_tells_it(api: Client, told: list[tuple[UUID, str]]) -> None:
    batch = start(api)
    batch.generations.update(status="completed")

    def end(_: int) -> bool:
        try:
            return end_batch_if_done(batch.id)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(end, range(4))) == [False, False, False, True]
    assert told == [(batch.id, "completed")]


def test_a_receiver_that_fails_keeps_it_open_and_is_asked_again(
    api: Client, told: list[tuple[UUID, str]]
) -> None:
    batch = start(api)
    batch.generations.update(status="completed")

    def fail(**kwargs: object) -> None:
        raise ZeroDivisionError

    batch_ended.connect(fail)
    with pytest.raises(ZeroDivisionError):
        end_batch_if_done(batch.id)
    batch_ended.disconnect(fail)
    assert now(batch).status == "running"
    assert end_batch_if_done(batch.id)


def test_a_page_of_batches_is_counted_by_one_query(api: Client) -> None:
    batches = [start(api) for _ in range(5)]
    with CaptureQueriesContext(connection) as queries:
        look_up(batches)
    assert len(queries) == 1


def test_cancelling_ends_what_waits_and_keeps_what_is_there(
    api: Client, script: Script, told: list[tuple[UUID, str]]
) -> None:
    model = script(TWO_FILES)
    batch = start(api, lines=3)
    asyncio.run(run_job(batch.generations.order_by("id")[0].id))
    body = api.post(f"/api/v1/batches/{batch.id}/cancel").json()
    assert (body["status"], body["progress"]) == ("cancelled", 1)
    assert (body["request_counts"]["completed"], body["request_counts"]["cancelled"]) == (1, 2)
    assert told == [(batch.id, "cancelled")]
    assert not Job.objects.filter(status="READY").exists()
    asyncio.run(run_all_jobs())
    assert len(model.calls) == 1
    statuses = [result["generation"]["status"] for result in results_of(api, str(batch.id))]
    assert statuses == ["completed", "cancelled", "cancelled"]


def test_cancelling_stops_what_runs(api: Client, script: Script, told: list[tuple[UUID, str]]) -> None:
    script(ScriptedAnswer(hangs=True))
    batch = start(api)
    first, _ = batch.generations.order_by("id")
    Job.objects.filter(id=first.id).update(status="RUNNING", claim_no=1)
    Generation.objects.filter(id=first.id).update(status="running")
    cancel_batch(batch=batch)
    assert (now(batch).status, told) == ("cancelled", [(batch.id, "cancelled")])
    job = Job.objects.get(id=first.id)
    assert (job.status, job.cancel_requested_at is None) == ("RUNNING", False)


@pytest.mark.parametrize("times", [1, 2])
def test_cancelling_what_has_ended_changes_nothing(
    api: Client, script: Script, told: list[tuple[UUID, str]], times: int
) -> None:
    script(TWO_FILES)
    batch = start(api, lines=1)
    asyncio.run(run_all_jobs())
    before = now(batch).finished_at
    for _ in range(times):
        assert api.post(f"/api/v1/batches/{batch.id}/cancel").json()["status"] == "completed"
    assert (now(batch).finished_at, len(told)) == (before, 1)


def test_a_line_that_waits_for_its_next_attempt_is_cancelled_as_well(api: Client) -> None:
    batch = start(api, lines=1)
    batch.generations.update(status="running")
    Job.objects.update(run_after="2100-01-01T00:00:00Z", failures=1)
    cancel_batch(batch=batch)
    assert (now(batch).status, batch.generations.get().status) == ("cancelled", "cancelled")
    assert Job.objects.get().status == "FAILED"


def test_no_line_begins_when_whoever_cancelled_died_halfway(
    api: Client, script: Script, told: list[tuple[UUID, str]]
) -> None:
    model = script(TWO_FILES)
    batch = start(api)
    Batch.objects.update(status="cancelling")
    asyncio.run(run_all_jobs())
    assert model.calls == []
    assert told == [(batch.id, "cancelled")]
    assert set(batch.generations.values_list("status", flat=True)) == {"cancelled"}


def test_cancelling_once_more_goes_on_where_it_was_broken_off(
    api: Client, told: list[tuple[UUID, str]]
) -> None:
    batch = start(api)
    Batch.objects.update(status="cancelling")
    assert api.post(f"/api/v1/batches/{batch.id}/cancel").json()["status"] == "cancelled"
    assert told == [(batch.id, "cancelled")]
