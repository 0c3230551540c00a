from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from jobs.backend import JetStreamBackend
from jobs.compat import InvalidTaskError, TaskResult, TaskResultDoesNotExist, TaskResultStatus, task_enqueued
from jobs.models import Job
from jobs.tests import tasks

pytestmark = pytest.mark.usefixtures("stored_jobs")


def test_enqueue_stores_a_job_of_its_owner() -> None:
    result = tasks.add.enqueue(1, b=2, owner="acme")
    job = Job.objects.filter(owner="acme").get()
    assert (str(job.id), job.args, job.kwargs) == (result.id, [1], {"b": 2, "owner": "acme"})
    assert result.status == TaskResultStatus.READY


def test_a_task_may_name_the_id_of_its_job() -> None:
    job_id = str(uuid4())
    assert tasks.name_itself.enqueue(job_id=job_id).id == job_id


def test_the_same_id_cannot_be_enqueued_twice() -> None:
    job_id = str(uuid4())
    tasks.name_itself.enqueue(job_id=job_id)
    with pytest.raises(IntegrityError), transaction.atomic():
        tasks.name_itself.enqueue(job_id=job_id)


def test_it_refuses_a_job_without_its_owner() -> None:
    with pytest.raises(InvalidTaskError, match="needs owner as a keyword"):
        tasks.add.enqueue(1, 2)


def test_a_job_of_a_transaction_that_is_rolled_back_never_was() -> None:
    with transaction.atomic():
        tasks.add.enqueue(1, 2, owner="acme")
        transaction.set_rollback(True)
    assert not Job.objects.exists()


def test_results_are_found_by_their_id() -> None:
    result = tasks.add.enqueue(1, 2, owner="acme")
    assert tasks.add.get_result(result.id) == result
    for unknown in (str(uuid4()), "not-an-id"):
        with pytest.raises(TaskResultDoesNotExist):
            tasks.add.get_result(unknown)


def test_it_tells_that_a_task_was_enqueued() -> None:
    seen: list[str] = []

    def note(sender: type, task_result: TaskResult[int], **kwargs: object) -> None:
        seen.append(task_result.id)

    task_enqueued.connect(note)
    try:
        result = tasks.add.enqueue(1, 2, owner="acme")
    finally:
        task_enqueued.disconnect(note)
    assert seen == [result.id]


def test_check_names_an_option_that_is_not_known() -> None:
    backend = JetStreamBackend("default", {"QUEUES": ["default"], "OPTIONS": {"ACK_WAIT": 3}})
    assert [message.id for message in backend.check()] == ["jobs.E001"]
