"""A process may die at any moment: nothing is lost, and nothing is recorded twice."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from generation.models import WebhookEndpoint
from generation.tests.webhooks.conftest import happen, now, run, waiting_jobs
from generation.tests.webhooks.receiver import Answer, Receiver
from generation.webhooks import tasks
from jobs.claims import MAX_CRASHES
from jobs.models import Job
from jobs.testing import run_job

pytestmark = pytest.mark.django_db(transaction=True)

Subscribe = Callable[..., tuple[WebhookEndpoint, str]]


def test_a_worker_that_dies_before_it_wrote_makes_the_attempt_again(
    subscribe: Subscribe, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery = happen(subscribe()[0])

    def die(*args: Any, **kwargs: Any) -> None:
        raise ConnectionError("as if the process had gone")

    with monkeypatch.context() as patch:
        patch.setattr(tasks, "conclude_attempt", die)
        run()
    assert now(delivery).status == "pending"
    run()
    delivery = now(delivery)
    assert (delivery.status, delivery.attempts.count()) == ("succeeded", 1)
    first, second = receiver.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"]


@pytest.mark.parametrize("status", [200, 500])
def test_a_worker_that_dies_after_it_wrote_does_nothing_twice(
    subscribe: Subscribe, receiver: Receiver, status: int
) -> None:
    receiver.answers = [Answer(status=status)]
    delivery = happen(subscribe()[0])
    job_id = Job.objects.get().id
    asyncio.run(run_job(job_id))
    jobs = Job.objects.count()
    Job.objects.filter(id=job_id).update(status=Job.Status.READY)
    asyncio.run(run_job(job_id))
    assert (len(receiver.received), Job.objects.count()) == (1, jobs)
    assert now(delivery).attempts.count() == 1


def test_workers_that_die_over_it_cost_an_attempt_and_not_the_delivery(
    subscribe: Subscribe, receiver: Receiver
) -> None:
    endpoint, _ = subscribe()
    delivery = happen(endpoint)
    Job.objects.update(crashes=MAX_CRASHES)
    run()
    endpoint.refresh_from_db()
    assert (now(delivery).last_error, endpoint.failing_since) == (
        "The service could not make this attempt.",
        None,
    )
    run()
    assert now(delivery).status == "succeeded"


def test_two_workers_at_once_record_one_attempt(subscribe: Subscribe, receiver: Receiver) -> None:
    receiver.answers = [Answer(status=500)]
    delivery = happen(subscribe()[0])
    tasks.enqueue_attempt(delivery)

    async def both() -> None:
        await asyncio.gather(*[run_job(job.id) for job in jobs])

    jobs = waiting_jobs()
    asyncio.run(both())
    assert now(delivery).attempts.count() == 1
    assert len(waiting_jobs()) == 1


def test_an_endpoint_that_was_deleted_is_not_sent_to(subscribe: Subscribe, receiver: Receiver) -> None:
    endpoint, _ = subscribe()
    happen(endpoint)
    endpoint.delete()
    run()
    assert receiver.received == []
    assert {job.status for job in Job.objects.all()} == {Job.Status.SUCCESSFUL}
