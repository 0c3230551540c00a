"""A delivery on a real queue with a real worker: made at once, and again when its time has come."""

import itertools
import os
from collections.abc import Callable, Iterator

import pytest
from pytest_django import Settings

from accounts.testing import Cast
from generation.models import EventType, WebhookDelivery, WebhookEndpoint
from generation.tests.webhooks.receiver import Answer, Receiver
from generation.webhooks.events import record_event
from jobs.tests.test_on_nats import WorkerThread, eventually

pytestmark = [pytest.mark.servers, pytest.mark.django_db(transaction=True)]

_numbers = itertools.count()


@pytest.fixture
def worker(settings: Settings, cast: Cast, nats_url: str) -> Iterator[None]:
    settings.NATS_URL = nats_url
    settings.JOBS_STREAM_PREFIX = f"w{os.getpid()}-{next(_numbers)}-"
    default = settings.TASKS["default"]
    settings.TASKS = {"default": {**default, "BACKEND": "jobs.backend.JetStreamBackend"}}
    worker = WorkerThread(grace=5)
    yield
    worker.stop()


def test_it_is_delivered_by_the_second_attempt(
    cast: Cast,
    receiver: Receiver,
    subscribe: Callable[..., tuple[WebhookEndpoint, str]],
    worker: None,
) -> None:
    receiver.answers = [Answer(status=500), Answer()]
    subscribe()
    record_event(organization_id=cast.organization.id, event_type=EventType.COMPLETED, data={})
    eventually(lambda: WebhookDelivery.objects.get().status == "succeeded", patience_s=60)
    assert [row.status_code for row in WebhookDelivery.objects.get().attempts.all()] == [500, 200]
