from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django import DjangoAssertNumQueries, Settings

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


def test_many_are_enqueued_in_a_few_statements(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_max_num_queries(20):
        results = tasks.add.enqueue_many([{"a": n, "b": 1, "owner": "acme"} for n in range(500)])
    assert len({result.id for result in results}) == 500
    assert Job.objects.count() == 500


def test_priorities_are_kept_and_put_into_a_band() -> None:
    result = tasks.add.using(priority=50).enqueue(1, 2, owner="acme")
    job = Job.objects.get()
    assert (job.priority, job.band) == (50, "hi")
    assert tasks.add.get_result(result.id).task.priority == 50


def test_of_one_unique_key_there_is_one_unfinished_job() -> None:
    first = tasks.tidy.enqueue(place="kitchen")
    assert tasks.tidy.enqueue(place="kitchen").id == first.id
    assert tasks.tidy.enqueue(place="hall").id != first.id
    Job.objects.filter(id=first.id).update(status=Job.Status.SUCCESSFUL)
    assert tasks.tidy.enqueue(place="kitchen").id != first.id


@pytest.mark.django_db(transaction=True)
def test_of_two_that_come_at_once_with_one_key_both_get_the_same_job() -> None:
    def enqueue(_: int) -> str:
        try:
            return tasks.tidy.enqueue(place="kitchen").id
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=4) as threads:
        assert len(set(threads.map(enqueue, range(8)))) == 1


@pytest.mark.django_db(transaction=True)
def test_the_immediate_double_runs_a_job_when_it_is_committed(settings: Settings) -> None:
    settings.TASKS = {"default": {**settings.TASKS["default"], "BACKEND": "jobs.testing.ImmediateBackend"}}
    with transaction.atomic():
        result = tasks.add.enqueue(1, 2, owner="acme")
        assert not Job.objects.get(id=result.id).is_finished
    assert tasks.add.get_result(result.id).return_value == 3
