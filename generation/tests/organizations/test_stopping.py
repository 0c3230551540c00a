"""An organization is suspended or about to be deleted: its jobs end, its deliveries wait."""

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.actor import OPERATOR
from accounts.organizations.deletion import request_deletion, undo_deletion
from accounts.organizations.suspension import suspend_organization, unsuspend_organization
from accounts.testing import Cast
from generation.models import Batch, Generation, WebhookDelivery
from generation.services import start_generation
from generation.testing import ScriptedModel
from generation.tests.conftest import TWO_FILES, post_lines
from generation.tests.test_known_answers import REQUEST
from generation.tests.webhooks.conftest import happen
from generation.tests.webhooks.receiver import Receiver
from jobs.models import Job
from jobs.testing import run_all_jobs, run_job

pytestmark = pytest.mark.django_db(transaction=True)

Subscribe = Callable[..., Any]


def run() -> None:
    """What is due, with what was put off, and what comes of that: the urgent first."""
    for _ in range(2):
        ready = Job.objects.filter(status=Job.Status.READY)
        for job_id in ready.order_by("-priority", "id").values_list("id", flat=True):
            ready.update(run_after=None)
            asyncio.run(run_job(job_id))


def suspend(cast: Cast) -> None:
    suspend_organization(organization=cast.organization, reason="spam", by=OPERATOR)


def unsuspend(cast: Cast) -> None:
    unsuspend_organization(organization=cast.organization, by=OPERATOR)


def test_what_waits_is_cancelled_and_what_is_others_goes_on(
    cast: Cast, api: Client, script: Callable[..., ScriptedModel]
) -> None:
    model = script(TWO_FILES)
    mine = start_generation(organization=cast.organization, request=REQUEST)
    theirs = start_generation(organization=cast.other_organization, request=REQUEST)
    post_lines(api, {"prompt": "A page"}, {"prompt": "Another"})
    suspend(cast)
    run()
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.status, theirs.status) == (Generation.Status.CANCELLED, Generation.Status.COMPLETED)
    assert Batch.objects.get().status == Batch.Status.CANCELLED
    assert len(model.calls) == 1
    assert api.get("/api/v1/generations").json()["error"]["code"] == "organization_suspended"


def test_what_slipped_in_is_not_run(cast: Cast, script: Callable[..., ScriptedModel]) -> None:
    model = script(TWO_FILES)
    suspend(cast)
    run()
    late = start_generation(organization=cast.organization, request=REQUEST)
    run()
    late.refresh_from_db()
    assert (late.status, model.calls) == (Generation.Status.CANCELLED, [])


def test_who_goes_on_before_it_was_stopped_loses_nothing(
    cast: Cast, script: Callable[..., ScriptedModel]
) -> None:
    script(TWO_FILES)
    generation = start_generation(organization=cast.organization, request=REQUEST)
    suspend(cast)
    unsuspend(cast)
    run()
    generation.refresh_from_db()
    assert generation.status == Generation.Status.COMPLETED


def test_deliveries_wait_until_it_goes_on(cast: Cast, subscribe: Subscribe, receiver: Receiver) -> None:
    endpoint, _ = subscribe()
    delivery = happen(endpoint)
    suspend(cast)
    run()
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempt_count, receiver.received) == ("pending", 0, [])
    unsuspend(cast)
    run()
    delivery.refresh_from_db()
    assert (delivery.status, len(receiver.received)) == ("succeeded", 1)


def test_what_ended_meanwhile_is_told_afterwards(
    cast: Cast, subscribe: Subscribe, receiver: Receiver
) -> None:
    subscribe()
    start_generation(organization=cast.organization, request=REQUEST)
    suspend(cast)
    run()
    run()
    assert receiver.received == []
    unsuspend(cast)
    run()
    [told] = receiver.received
    assert json.loads(told.body)["type"] == "generation.cancelled"


def test_a_delivery_that_is_due_later_is_not_hurried(cast: Cast, subscribe: Subscribe) -> None:
    endpoint, _ = subscribe()
    delivery = happen(endpoint)
    later = timezone.now() + timedelta(hours=1)
    WebhookDelivery.objects.filter(pk=delivery.pk).update(next_attempt_at=later)
    suspend(cast)
    before = Job.objects.filter(task_path__endswith="deliver_webhook").count()
    unsuspend(cast)
    asyncio.run(run_all_jobs())
    assert Job.objects.filter(task_path__endswith="deliver_webhook").count() == before


def test_a_deletion_stops_it_too_and_its_undoing_resumes(
    cast: Cast,
    subscribe: Subscribe,
    receiver: Receiver,
    settings: Settings,
) -> None:
    endpoint, _ = subscribe()
    delivery = happen(endpoint)
    generation = start_generation(organization=cast.organization, request=REQUEST)
    request_deletion(organization=cast.organization, confirmation="acme", by=OPERATOR)
    run()
    generation.refresh_from_db()
    assert (generation.status, receiver.received) == (Generation.Status.CANCELLED, [])
    undo_deletion(organization=cast.organization, by=OPERATOR)
    run()
    delivery.refresh_from_db()
    assert delivery.status == "succeeded"
