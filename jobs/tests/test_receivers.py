"""Receivers of `task_finished` are part of the end of a job: what if one of them fails?"""

import asyncio
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from jobs.compat import TaskResult, TaskResultStatus, task_finished
from jobs.models import Job, OwnerWeight
from jobs.services import cancel_job
from jobs.testing import run_job
from jobs.tests import tasks
from jobs.tests.claiming import claim

pytestmark = [pytest.mark.usefixtures("stored_jobs"), pytest.mark.django_db(transaction=True)]

Connect = Callable[..., None]


@pytest.fixture
def fail_at() -> Iterator[Connect]:
    """Connects a receiver that writes a row, and then fails for the statuses that are named."""
    connected: list[Any] = []

    def connect(*statuses: TaskResultStatus) -> None:
        def receiver(task_result: TaskResult[Any], **kwargs: Any) -> None:
            OwnerWeight.objects.create(owner=f"told {task_result.status}")
            if task_result.status in statuses:
                raise RuntimeError("the receiver is broken")

        connected.append(receiver)
        task_finished.connect(receiver)

    yield connect
    for receiver in connected:
        task_finished.disconnect(receiver)


def told() -> list[str]:
    return list(OwnerWeight.objects.values_list("owner", flat=True))


def run() -> Job:
    job_id = UUID(tasks.add.enqueue(1, 2, owner="").id)
    recorded = asyncio.run(run_job(job_id))
    assert recorded.handle.said == ["ack"]
    return Job.objects.get(id=job_id)


def test_what_they_write_is_committed_with_the_end(fail_at: Connect) -> None:
    fail_at()
    assert run().status == Job.Status.SUCCESSFUL
    assert told() == ["told SUCCESSFUL"]


def test_one_that_fails_makes_a_dead_letter_of_the_job_with_its_error(fail_at: Connect) -> None:
    fail_at(TaskResultStatus.SUCCESSFUL)
    job = run()
    assert job.last_error
    assert (job.state, job.last_error["class"]) == ("dead", "builtins.RuntimeError")
    assert "the receiver is broken" in job.last_error["traceback"]
    assert told() == ["told FAILED"]


def test_one_that_always_fails_does_not_keep_the_job_from_its_end(
    fail_at: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    fail_at(TaskResultStatus.SUCCESSFUL, TaskResultStatus.FAILED)
    job = run()
    assert (job.state, told()) == ("dead", [])
    assert f"job {job.id} ended, but a receiver of its end failed" in caplog.text


def test_nor_a_job_that_nobody_runs(fail_at: Connect, caplog: pytest.LogCaptureFixture) -> None:
    fail_at(TaskResultStatus.FAILED)
    job_id = UUID(tasks.add.enqueue(1, 2, owner="").id)
    for _ in range(3):
        claim(job_id)
        Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert claim(job_id).outcome == "over"
    assert (Job.objects.get(id=job_id).state, told()) == ("dead", [])
    assert f"job {job_id} ended, but a receiver of its end failed" in caplog.text


def test_nor_its_cancellation(fail_at: Connect) -> None:
    fail_at(TaskResultStatus.FAILED)
    job_id = UUID(tasks.add.enqueue(1, 2, owner="").id)
    assert cancel_job(job_id=job_id)
    assert Job.objects.get(id=job_id).state == "cancelled"
