import asyncio
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from jobs import admission, window
from jobs.models import Job, LiveWorker, OwnerWeight
from jobs.services import cancel_job
from jobs.testing import run_all_jobs, run_job
from jobs.tests import tasks

pytestmark = [pytest.mark.usefixtures("stored_jobs"), pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def window_of_three(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(window, "USUAL_WINDOW", 3)
    monkeypatch.setattr(window, "LEAST_WINDOW", 1)
    window.sizes.forget()
    admission.rooms.forget_all()
    yield
    window.sizes.forget()


def enqueue(count: int, owner: str = "big", priority: int = 0) -> list[str]:
    calls = [{"a": number, "b": 0, "owner": owner} for number in range(count)]
    return [result.id for result in tasks.add.using(priority=priority).enqueue_many(calls)]


def parked(owner: str = "big") -> int:
    return Job.objects.filter(owner=owner, is_parked=True).count()


@transaction.atomic
def admit_all() -> None:
    window.sizes.forget()
    admission.admit_all()


def test_what_is_beyond_the_window_is_parked() -> None:
    enqueue(5)
    assert parked() == 2
    enqueue(1)
    assert parked() == 3


def test_one_owner_s_window_is_not_another_s() -> None:
    enqueue(5)
    enqueue(2, owner="small")
    assert parked("small") == 0


def test_each_band_has_a_window_of_its_own() -> None:
    enqueue(5, priority=-50)
    enqueue(2)
    assert parked() == 2


def test_jobs_without_an_owner_are_never_parked() -> None:
    tasks.noop.enqueue_many([{}] * 9)
    assert not Job.objects.filter(is_parked=True).exists()


def test_the_end_of_a_job_lets_the_next_in_and_they_end_in_the_order_in_which_they_came() -> None:
    ids = enqueue(8)
    asyncio.run(run_job(UUID(ids[0])))
    assert parked() == 4
    assert not Job.objects.get(id=ids[3]).is_parked
    for _ in range(4):
        asyncio.run(run_all_jobs())
    ended = Job.objects.filter(status=Job.Status.SUCCESSFUL).order_by("started_at")
    assert [str(job_id) for job_id in ended.values_list("id", flat=True)] == ids


def test_each_end_lets_one_in_and_what_others_took_meanwhile_is_not_given_away() -> None:
    ids = enqueue(4)
    asyncio.run(run_job(UUID(ids[0])))
    asyncio.run(run_job(UUID(ids[1])))  # nobody is parked now: there is room for one
    enqueue(3)
    assert parked() == 2
    asyncio.run(run_job(UUID(ids[2])))
    assert parked() == 1
    assert Job.objects.due().count() == 3


def test_looking_for_the_next_costs_the_same_however_many_are_parked() -> None:
    costs = []
    for count in (10, 200):
        for owner in ("one", "two", "three"):
            enqueue(count, owner=owner)
        due = Job.objects.due().order_by("id").values_list("id", flat=True)
        with CaptureQueriesContext(connection) as queries:
            asyncio.run(run_job(due[0]))
        costs.append(len(queries))
        assert not any("DISTINCT" in query["sql"] for query in queries)
    assert costs[0] == costs[1]


def test_a_newcomer_does_not_overtake_the_parked() -> None:
    ids = enqueue(4)
    asyncio.run(run_job(UUID(ids[0])))
    (newcomer,) = enqueue(1)
    assert not Job.objects.get(id=ids[3]).is_parked
    assert Job.objects.get(id=newcomer).is_parked


def test_cancelling_lets_the_next_in() -> None:
    ids = enqueue(4)
    cancel_job(job_id=UUID(ids[1]))
    assert parked() == 0


def test_a_parked_job_can_be_cancelled() -> None:
    ids = enqueue(4)
    cancel_job(job_id=UUID(ids[3]))
    assert Job.objects.get(id=ids[3]).status == Job.Status.FAILED
    assert parked() == 0


def test_the_window_follows_the_slots_of_the_workers_and_the_weight_of_the_owner() -> None:
    enqueue(9)
    LiveWorker.objects.create(id="w", slots={"default": 3}, seen_at=timezone.now())
    admit_all()
    assert parked() == 3
    OwnerWeight.objects.create(owner="big", weight=1.5)
    admit_all()
    assert parked() == 0


def test_a_worker_that_is_not_heard_of_counts_no_more() -> None:
    LiveWorker.objects.create(id="w", slots={"default": 300}, seen_at="2020-01-01T00:00:00Z")
    enqueue(4)
    assert parked() == 1


def test_jobs_for_later_take_no_place_in_the_window() -> None:
    later = tasks.add.using(run_after=timezone.now() + timedelta(hours=1))
    later.enqueue_many([{"a": 1, "b": 2, "owner": "big"}] * 5)
    enqueue(2)
    assert parked() == 0
