"""Sending a delivery again, whatever became of it."""

import asyncio
from collections.abc import Callable

import pytest

from generation.models import WebhookEndpoint
from generation.tests.webhooks.conftest import happen, now, run
from generation.tests.webhooks.receiver import Answer, Receiver
from generation.webhooks.schedule import DELAYS_S
from generation.webhooks.services import (
    resend_delivery,
)
from jobs.testing import run_all_jobs

pytestmark = pytest.mark.django_db(transaction=True)

Subscribe = Callable[..., tuple[WebhookEndpoint, str]]


def test_a_failed_delivery_is_sent_again_with_the_same_id(subscribe: Subscribe, receiver: Receiver) -> None:
    receiver.answers = [Answer(status=500)]
    endpoint, _ = subscribe()
    delivery = happen(endpoint)
    for _ in range(len(DELAYS_S) + 1):
        run()
    resend_delivery(delivery=delivery)
    run()
    assert now(delivery).status == "pending"  # its schedule has begun anew
    receiver.answers = [Answer()]
    run()
    delivery = now(delivery)
    assert (delivery.status, delivery.attempt_count) == ("succeeded", len(DELAYS_S) + 3)
    assert len({received.headers["webhook-id"] for received in receiver.received}) == 1


def test_a_retry_that_waits_is_brought_forward_and_happens_once(
    subscribe: Subscribe, receiver: Receiver
) -> None:
    receiver.answers = [Answer(status=500), Answer()]
    delivery = happen(subscribe()[0])
    run()
    resend_delivery(delivery=delivery)
    asyncio.run(run_all_jobs())
    assert now(delivery).status == "succeeded"
    run()  # what was scheduled before finds it done
    assert len(receiver.received) == 2
