"""What becomes of a job that failed for good: retried, discarded or purged, once, however many ask."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone

from jobs import services, verdicts
from jobs.announcement import Announcement
from jobs.errors import ClaimLost, RetryRefused
from jobs.models import Job
from jobs.services import cancel_job, discard_job, purge_jobs, retry_dead_job, retry_dead_jobs
from jobs.signals import job_retried
from jobs.testing import StoringBackend, run_job
from jobs.tests import tasks
from jobs.tests.claiming import claim, end, held
from jobs.tests.dead import enqueue_and_run, make_dead, now

pytestmark = [pytest.mark.usefixtures("stored_jobs"), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def announced(monkeypatch: pytest.MonkeyPatch) -> list[Announcement]:
    told: list[Announcement] = []
    monkeypatch.setattr(StoringBackend, "announce", lambda self, announcements: told.extend(announcements))
    return told


@pytest.fixture
def on_retry() -> Iterator[Callable[[Callable[[Job], None]], None]]:
    """Connects a receiver for the length of the test."""
    connected: list[Any] = []

    def connect(receive: Callable[[Job], None]) -> None:
        def receiver(sender: Any, job: Job, **kwargs: Any) -> None:
            receive(job)

        connected.append(receiver)
        job_retried.connect(receiver)

    yield connect
    for receiver in connected:
        job_retried.disconnect(receiver)


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What the calls return when all begin at the same moment, each in a thread of its own."""
    results: list[Any] = [None] * len(calls)
    start = threading.Barrier(len(calls))

    def work(number: int) -> None:
        try:
            connection.ensure_connection()
            start.wait(10)
            results[number] = calls[number]()
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[number]) for number in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def test_a_retried_job_is_ready_with_all_its_attempts_before_it(announced: list[Announcement]) -> None:
    dead = make_dead()
    Job.objects.update(crashes=3, progress={"stage": "calling the model"})
    announced.clear()
    assert retry_dead_job(dead.id)
    job = now(dead)
    assert (job.status, job.failures, job.crashes, job.finished_at) == (Job.Status.READY, 0, 0, None)
    assert (job.progress, job.retried_at is not None) == ({}, True)
    assert job.claim_no > dead.claim_no
    assert job.errors == dead.errors
    assert [one.job_id for one in announced] == [job.id]


def test_its_message_is_new_to_the_broker_each_time(announced: list[Announcement]) -> None:
    dead = make_dead()
    for _ in range(3):
        assert retry_dead_job(dead.id)
        asyncio.run(run_job(dead.id))
    ids = [one.message_id for one in announced]
    assert len(ids) == len(set(ids)) == 4


def test_a_retried_job_that_was_not_announced_is_found_by_the_sweeper_under_the_same_message(
    announced: list[Announcement],
) -> None:
    from jobs.sweeper import find_forgotten  # noqa: PLC0415

    dead = make_dead()
    Job.objects.update(enqueued_at=timezone.now() - timedelta(days=1), published_at=timezone.now())
    retry_dead_job(dead.id)
    assert find_forgotten(timedelta(seconds=30)) == announced[-1:]


def test_nothing_is_announced_before_the_commit(announced: list[Announcement]) -> None:
    dead = make_dead()
    announced.clear()
    with transaction.atomic():
        retry_dead_job(dead.id)
        assert announced == []
        transaction.set_rollback(True)
    assert announced == []
    assert now(dead).state == "dead"


def test_only_the_dead_are_retried() -> None:
    waiting = UUID(tasks.add.enqueue(1, 2, owner="").id)
    done = enqueue_and_run(tasks.add, 1, 2, owner="")
    cancelled = UUID(tasks.add.enqueue(1, 2, owner="").id)
    cancel_job(job_id=cancelled)
    discarded = make_dead()
    discard_job(discarded.id)
    for job_id in (waiting, done.id, cancelled, discarded.id, uuid4()):
        before = Job.objects.filter(id=job_id).values().first()
        assert not retry_dead_job(job_id)
        assert Job.objects.filter(id=job_id).values().first() == before


def test_a_job_that_was_to_be_cancelled_and_failed_meanwhile_is_not_dead() -> None:
    job_id = UUID(tasks.add.enqueue(1, 2, owner="").id)
    claim(job_id)
    cancel_job(job_id=job_id)
    end(job_id, 1, error=ValueError())
    assert not Job.objects.dead().exists()


def test_a_retried_job_fails_and_is_retried_once_more() -> None:
    dead = make_dead()
    retry_dead_job(dead.id)
    asyncio.run(run_job(dead.id))
    assert now(dead).state == "dead"
    assert retry_dead_job(dead.id)


def test_a_receiver_that_refuses_leaves_everything_as_it_was(
    on_retry: Callable[[Callable[[Job], None]], None], announced: list[Announcement]
) -> None:
    dead = make_dead()
    announced.clear()

    def refuse(job: Job) -> None:
        assert job.status == Job.Status.READY
        raise RetryRefused("Not now.")

    on_retry(refuse)
    with pytest.raises(RetryRefused, match=r"Not now\."):
        retry_dead_job(dead.id)
    assert (now(dead).state, now(dead).claim_no, announced) == ("dead", dead.claim_no, [])


def test_a_task_that_is_no_longer_there_is_not_retried() -> None:
    dead = make_dead()
    Job.objects.update(task_path="jobs.tests.tasks.gone")
    with pytest.raises(RetryRefused, match=r"no longer has the task jobs\.tests\.tasks\.gone"):
        retry_dead_job(dead.id)
    assert now(dead).state == "dead"


def test_many_are_retried_in_chunks_and_a_refusal_concerns_one_alone(
    on_retry: Callable[[Callable[[Job], None]], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "CHUNK", 2)
    dead = [make_dead() for _ in range(5)]
    stubborn = dead[2]
    discard_job(dead[4].id)

    def refuse_one(job: Job) -> None:
        if job.id == stubborn.id:
            raise RetryRefused("Not this one.")

    on_retry(refuse_one)
    outcome = retry_dead_jobs(job.id for job in dead)
    assert outcome.done == [dead[0].id, dead[1].id, dead[3].id]
    assert outcome.refused == {stubborn.id: "Not this one."}
    assert now(stubborn).state == "dead"


def test_two_operators_retry_it_once(announced: list[Announcement]) -> None:
    dead = [make_dead() for _ in range(5)]
    announced.clear()
    for job in dead:
        assert sorted(at_once(*[partial(retry_dead_job, job.id)] * 3)) == [False, False, True]
    assert len(announced) == 5


def test_of_a_retry_and_a_discard_one_wins() -> None:
    for _ in range(5):
        dead = make_dead()
        retried, discarded = at_once(partial(retry_dead_job, dead.id), partial(discard_job, dead.id))
        assert retried != discarded
        assert now(dead).state == ("ready" if retried else "discarded")


def test_a_worker_with_an_old_message_claims_a_retried_job_once_or_finds_it_over() -> None:
    for _ in range(5):
        dead = make_dead()
        retried, *taken = at_once(
            partial(retry_dead_job, dead.id), partial(claim, dead.id), partial(claim, dead.id)
        )
        assert retried
        mine = [one for one in taken if one.outcome == "mine"]
        assert len(mine) <= 1
        job = now(dead)
        assert job.status == (Job.Status.RUNNING if mine else Job.Status.READY)
        assert job.claim_no == dead.claim_no + 1 + len(mine)


def test_a_worker_of_the_first_life_can_write_nothing_in_the_second() -> None:
    dead = make_dead()
    retry_dead_job(dead.id)
    claim(dead.id)
    for claim_no in range(dead.claim_no + 2):
        with pytest.raises(ClaimLost):
            end(dead.id, claim_no, value="stale")


def test_finished_jobs_are_purged_and_unfinished_ones_never(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "PURGE_CHUNK", 2)
    for _ in range(5):
        enqueue_and_run(tasks.add, 1, 2, owner="")
    waiting = tasks.add.enqueue(1, 2, owner="").id
    assert purge_jobs(Job.objects.all()) == 5
    assert [str(job.id) for job in Job.objects.all()] == [waiting]


def test_the_newest_error_is_found_in_sql() -> None:
    failed = UUID(tasks.fail_for_a_while.enqueue().id)
    claim(failed)
    with transaction.atomic():
        verdicts.retry_job(held(failed, 1), error=ConnectionError("first"), delay=0, counts=True)
    claim(failed)
    end(failed, 2, error=RetryRefused("last"))
    untroubled = UUID(tasks.add.enqueue(1, 2, owner="").id)
    found = {
        job.id: (job.error_class, job.error_message)  # type: ignore[attr-defined]  # annotated
        for job in Job.objects.with_last_error()
    }
    assert found == {failed: ("jobs.errors.RetryRefused", "last"), untroubled: (None, None)}
