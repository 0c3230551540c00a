"""Cancelling many jobs at once."""

import threading
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from jobs.models import Job
from jobs.services import cancel_many_jobs

pytestmark = pytest.mark.django_db(transaction=True)


def make_job(status: Job.Status = Job.Status.READY) -> UUID:
    return Job.objects.create(task_path="jobs.tests.tasks.note", status=status).id


def test_those_that_wait_end_and_those_that_run_are_asked_to() -> None:
    waiting, running = make_job(), make_job(Job.Status.RUNNING)
    finished, other = make_job(Job.Status.SUCCESSFUL), make_job()
    assert cancel_many_jobs(job_ids=[waiting, running, finished]) == [waiting, running]
    rows = {job.id: (job.status, job.cancel_requested_at is not None) for job in Job.objects.all()}
    assert rows == {
        waiting: ("FAILED", True),
        running: ("RUNNING", True),
        finished: ("SUCCESSFUL", False),
        other: ("READY", False),
    }


def test_it_takes_as_many_statements_for_one_as_for_many() -> None:
    def count(number: int) -> int:
        ids = [make_job() for _ in range(number)]
        with CaptureQueriesContext(connection) as queries:
            assert cancel_many_jobs(job_ids=ids) == ids
        return len(queries)

    assert count(1) == count(50)


@pytest.mark.skipif("sqlite" in connection.vendor, reason="SQLite locks no rows")
def test_nobody_waits_for_a_row_that_is_being_written() -> None:
    held, free = make_job(), make_job()
    is_held, is_done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Job.objects.select_for_update().get(id=held)
            is_held.set()
            is_done.wait(10)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    assert is_held.wait(10)
    assert cancel_many_jobs(job_ids=[held, free]) == [free]
    is_done.set()
    holder.join()
    assert Job.objects.get(id=held).cancel_requested_at is None
