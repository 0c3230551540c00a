import asyncio
from uuid import UUID

import pytest

from jobs.models import Job, Step
from jobs.testing import run_job
from jobs.tests import tasks

pytestmark = [pytest.mark.usefixtures("stored_jobs"), pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def calls() -> list[str]:
    tasks.CALLS.clear()
    return tasks.CALLS


def run(job_id: str) -> Job:
    Job.objects.filter(status=Job.Status.READY).update(run_after=None)
    asyncio.run(run_job(UUID(job_id)))
    return Job.objects.get(id=job_id)


def test_a_step_gives_what_its_call_gave_and_books_its_cost() -> None:
    job = run(tasks.buy_two.enqueue(fail_after=0).id)
    assert job.return_value == ["draft!", "final!"]
    assert list(Step.objects.values_list("name", "output", "cost_microusd")) == [
        ("draft", "draft!", 5),
        ("final", "final!", 5),
    ]


def test_what_was_bought_is_not_bought_again(calls: list[str]) -> None:
    job_id = tasks.buy_two.enqueue(fail_after=1).id
    assert run(job_id).status == Job.Status.READY
    assert run(job_id).return_value == ["draft!", "final!"]
    assert calls == ["draft", "final"]


def test_a_call_that_failed_is_called_again_and_is_not_lost(calls: list[str]) -> None:
    job_id = tasks.buy_from_a_shop_that_fails_once.enqueue().id
    run(job_id)
    assert run(job_id).return_value == "here you are"
    step = Step.objects.get()
    assert (calls, step.calls_lost) == (["ask", "ask"], 0)


def test_a_call_whose_end_nobody_saw_is_booked_as_lost() -> None:
    job_id = tasks.buy_two.enqueue(fail_after=0).id
    Step.objects.create(job_id=job_id, name="draft", claim_no=1)
    run(job_id)
    draft = Step.objects.get(name="draft")
    assert (draft.calls_lost, draft.lost_microusd, draft.cost_microusd) == (1, 5, 5)
