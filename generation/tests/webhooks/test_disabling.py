"""When an endpoint is no longer sent to, and what becomes of what was on its way."""

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from generation.models import WebhookEndpoint
from generation.signals import webhook_disabled
from generation.tests.webhooks.conftest import happen, now, run, waiting_jobs
from generation.tests.webhooks.receiver import Answer, Receiver
from generation.webhooks.schedule import DELAYS_S
from generation.webhooks.services import (
    send_test_event,
    update_endpoint,
)

pytestmark = pytest.mark.django_db(transaction=True)

Subscribe = Callable[..., tuple[WebhookEndpoint, str]]


@pytest.fixture
def told() -> Iterator[list[tuple[UUID, str]]]:
    seen: list[tuple[UUID, str]] = []

    def note(endpoint: WebhookEndpoint, reason: str, **kwargs: object) -> None:
        seen.append((endpoint.id, reason))

    webhook_disabled.connect(note)
    yield seen
    webhook_disabled.disconnect(note)


def test_410_disables_at_once(
    subscribe: Subscribe,
    receiver: Receiver,
    told: list[tuple[UUID, str]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    receiver.answers = [Answer(status=410)]
    endpoint, _ = subscribe()
    delivery = happen(endpoint)
    with caplog.at_level(logging.WARNING, logger="generation"):
        run()
    endpoint.refresh_from_db()
    assert (endpoint.is_enabled, endpoint.disabled_reason) == (False, "gone")
    entry = AuditEntry.objects.get(action="webhook.disabled")
    assert (entry.action, entry.object_id, entry.details["reason"]) == (
        "webhook.disabled",
        str(endpoint.id),
        "gone",
    )
    assert (now(delivery).status, waiting_jobs()) == ("failed", [])
    assert told == [(endpoint.id, "gone")]
    [record] = [record for record in caplog.records if record.message == "webhook.disabled"]
    assert vars(record)["webhook_id"] == str(endpoint.id)


def test_days_of_failures_disable_when_a_delivery_is_given_up(
    subscribe: Subscribe, receiver: Receiver, told: list[tuple[UUID, str]]
) -> None:
    receiver.answers = [Answer(status=500)]
    endpoint, _ = subscribe()
    happen(endpoint)
    run()
    WebhookEndpoint.objects.update(failing_since=timezone.now() - timedelta(days=5, minutes=1))
    for _ in range(len(DELAYS_S) - 1):
        run()
    endpoint.refresh_from_db()
    assert endpoint.is_enabled
    run()
    endpoint.refresh_from_db()
    assert endpoint.disabled_reason == "failing"
    assert told == [(endpoint.id, "failing")]


def test_one_success_forgives(subscribe: Subscribe, receiver: Receiver) -> None:
    endpoint, _ = subscribe()
    WebhookEndpoint.objects.update(failing_since=timezone.now() - timedelta(days=9))
    happen(endpoint)
    run()
    endpoint.refresh_from_db()
    assert endpoint.failing_since is None


def test_what_was_on_its_way_to_it_is_discarded(subscribe: Subscribe, receiver: Receiver) -> None:
    endpoint, _ = subscribe()
    delivery = happen(endpoint)
    update_endpoint(endpoint=endpoint, enabled=False)
    run()
    assert (now(delivery).status, receiver.received, waiting_jobs()) == ("discarded", [], [])


def test_a_test_that_fails_is_neither_repeated_nor_held_against_it(
    subscribe: Subscribe, receiver: Receiver
) -> None:
    receiver.answers = [Answer(status=500)]
    endpoint, _ = subscribe("generation.failed")
    delivery = send_test_event(endpoint=endpoint)
    run()
    endpoint.refresh_from_db()
    assert (now(delivery).status, waiting_jobs(), endpoint.failing_since) == ("failed", [], None)
