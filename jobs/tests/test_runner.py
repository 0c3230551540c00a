import asyncio
from uuid import UUID

import pytest
from django.utils import timezone

from jobs.events import END
from jobs.models import Job
from jobs.runner import Running
from jobs.testing import RecordedRun, recording_runner, run_all_jobs, run_job
from jobs.tests import tasks, trouble

pytestmark = [pytest.mark.usefixtures("stored_jobs"), pytest.mark.django_db(transaction=True)]


def run(job_id: str) -> tuple[Job, RecordedRun]:
    recorded = asyncio.run(run_job(UUID(job_id)))
    return Job.objects.get(id=job_id), recorded


def test_it_runs_a_coroutine_and_stores_what_it_returns() -> None:
    job, recorded = run(tasks.add.enqueue(20, 22, owner="").id)
    assert (job.status, job.return_value) == (Job.Status.SUCCESSFUL, 42)
    assert recorded.handle.said == ["ack"]


def test_it_runs_an_ordinary_function_in_a_thread() -> None:
    job, _ = run(tasks.double_in_thread.enqueue(21).id)
    assert job.return_value == 42


def test_what_a_task_tells_is_logged_in_order_up_to_the_end() -> None:
    _, recorded = run(tasks.count_up.enqueue(seconds=0.3, owner="acme").id)
    assert "".join(event.data.get("delta", "") for event in recorded.events) == "0 1 2 "
    numbers = [event.number for event in recorded.events]
    assert numbers == sorted(numbers)
    assert recorded.events[-1].type == END


def test_a_failure_that_time_may_heal_is_tried_again_later() -> None:
    job, recorded = run(tasks.fail_for_a_while.enqueue().id)
    assert (job.status, job.failures, job.is_finished) == (Job.Status.READY, 1, False)
    assert job.run_after
    assert job.run_after > timezone.now()
    assert recorded.handle.said == ["nak"]
    assert not recorded.events


def test_the_last_failure_ends_the_job() -> None:
    job_id = tasks.fail_for_a_while.enqueue().id
    for _ in range(3):
        Job.objects.update(run_after=None)
        job, recorded = run(job_id)
    assert (job.status, job.failures, len(job.errors)) == (Job.Status.FAILED, 3, 3)
    assert recorded.handle.said == ["ack"]
    assert not recorded.events, "nothing was told, so nobody is told of the end"


def test_a_failure_that_time_cannot_heal_ends_the_job_at_once() -> None:
    job, _ = run(tasks.be_refused.enqueue().id)
    assert (job.status, job.failures) == (Job.Status.FAILED, 1)
    assert job.last_error
    assert (job.last_error["code"], job.last_error["message"]) == ("llm_refused", "No.")


def test_retry_after_is_obeyed() -> None:
    job, _ = run(tasks.be_told_to_wait.enqueue().id)
    assert job.run_after
    assert 38 < (job.run_after - timezone.now()).total_seconds() <= 45


def test_a_task_that_takes_too_long_is_stopped() -> None:
    job, _ = run(tasks.take_too_long.enqueue().id)
    assert job.last_error
    assert (job.status, job.last_error["class"]) == (Job.Status.FAILED, "builtins.TimeoutError")


def test_a_task_that_is_no_longer_there_fails_for_good() -> None:
    job_id = tasks.add.enqueue(1, 2, owner="").id
    Job.objects.update(task_path="jobs.tests.tasks.gone")
    job, recorded = run(job_id)
    assert job.status == Job.Status.FAILED
    assert recorded.handle.said == ["ack"]


def test_a_finished_job_is_not_run_again() -> None:
    job_id = tasks.add.enqueue(1, 2, owner="").id
    run(job_id)
    job, recorded = run(job_id)
    assert job.claim_no == 1
    assert recorded.handle.said == ["ack"]


def test_all_that_is_ready_can_be_run_in_a_test() -> None:
    for number in range(3):
        tasks.add.enqueue(number, 1, owner="")
    assert len(asyncio.run(run_all_jobs())) == 3
    assert Job.objects.filter(status=Job.Status.SUCCESSFUL).count() == 3


def test_a_value_that_sql_does_not_take_ends_the_job_all_the_same() -> None:
    job, recorded = run(trouble.give_a_nul.enqueue().id)
    assert job.is_finished  # SQLite takes it
    assert recorded.handle.said == ["ack"]


def test_a_retry_that_the_broker_is_to_forget_is_left_to_the_sweeper() -> None:
    job_id = tasks.fail_until_tomorrow.enqueue().id
    Job.objects.update(published_at=timezone.now())
    job, recorded = run(job_id)
    assert (job.status, job.published_at) == (Job.Status.READY, None)
    assert recorded.handle.said == ["ack"]


def test_a_worker_that_takes_over_from_itself_keeps_the_newer_run() -> None:
    job_id = UUID(tasks.count_up.enqueue(seconds=0.6, owner="").id)

    async def run_twice() -> dict[UUID, Running]:
        async with recording_runner() as (runner, recorded):
            first = asyncio.create_task(runner.run(job_id, recorded.handle))
            await asyncio.sleep(0.2)
            await Job.objects.filter(id=job_id).aupdate(lease_until=timezone.now())
            second = asyncio.create_task(runner.run(job_id, recorded.handle))
            await asyncio.wait([first, second], return_when=asyncio.FIRST_COMPLETED)
            kept = dict(runner.running)
            await asyncio.gather(first, second)
            return kept

    kept = asyncio.run(run_twice())
    assert [running.job.claim_no for running in kept.values()] == [2]
    job = Job.objects.get(id=job_id)
    assert (job.status, job.claim_no) == (Job.Status.SUCCESSFUL, 2)
