"""Deliveries to a real server: signed, recorded, repeated when it fails, and never forgotten."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings
from standardwebhooks import Webhook

from accounts.testing import Cast
from generation.integrations.outbound_http import check_url
from generation.models import EventType, WebhookDelivery, WebhookEndpoint
from generation.tests.webhooks.conftest import happen, now, run, waiting_jobs
from generation.tests.webhooks.receiver import Answer, Receiver, receiving
from generation.webhooks.events import record_event
from generation.webhooks.schedule import DELAYS_S
from generation.webhooks.services import (
    create_endpoint,
    forget_old_events,
    rotate_secret,
)
from jobs.models import Job
from jobs.testing import run_job

pytestmark = pytest.mark.django_db(transaction=True)

Subscribe = Callable[..., tuple[WebhookEndpoint, str]]


def test_the_official_library_verifies_what_arrives(subscribe: Subscribe, receiver: Receiver) -> None:
    endpoint, secret = subscribe()
    delivery = happen(endpoint)
    run()
    [received] = receiver.received
    event = Webhook(secret).verify(received.body, received.headers)
    assert (event["type"], event["data"]) == ("generation.completed", {"id": "1"})
    assert received.headers["webhook-id"] == str(delivery.event_id)
    assert received.headers["content-type"] == "application/json"
    delivery = now(delivery)
    assert (delivery.status, delivery.attempt_count, delivery.next_attempt_at) == ("succeeded", 1, None)
    attempt = delivery.attempts.get()
    assert (attempt.number, attempt.status_code, attempt.response_body, attempt.error) == (1, 200, "ok", "")
    assert waiting_jobs() == []


def test_both_secrets_sign_until_the_overlap_is_over(subscribe: Subscribe, receiver: Receiver) -> None:
    endpoint, old = subscribe()
    new = rotate_secret(endpoint=endpoint)
    happen(endpoint)
    run()
    endpoint.secrets.exclude(expires_at=None).update(expires_at=timezone.now())
    happen(endpoint)
    run()
    both, last = (received.headers["webhook-signature"].split() for received in receiver.received)
    assert (len(both), len(last)) == (2, 1)
    for secret in (old, new):
        Webhook(secret).verify(receiver.received[0].body, receiver.received[0].headers)
    Webhook(new).verify(receiver.received[1].body, receiver.received[1].headers)


@pytest.mark.parametrize("status", [300, 307, 400, 404, 429, 500, 503])
def test_anything_but_2xx_is_a_failure_and_tried_again(
    subscribe: Subscribe, receiver: Receiver, status: int
) -> None:
    receiver.answers = [Answer(status=status, body=b"no"), Answer(status=204, body=b"")]
    endpoint, _ = subscribe()
    delivery = happen(endpoint)
    run()
    [job] = waiting_jobs()
    assert job.run_after
    assert 4 < (job.run_after - timezone.now()).total_seconds() < 6
    assert now(delivery).next_attempt_at == job.run_after
    run()
    delivery = now(delivery)
    assert (delivery.status, delivery.attempt_count) == ("succeeded", 2)
    assert [row.status_code for row in delivery.attempts.all()] == [status, 204]
    first, second = receiver.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body


def test_the_receiver_says_how_long_to_wait(subscribe: Subscribe, receiver: Receiver) -> None:
    receiver.answers = [Answer(status=429, headers={"Retry-After": "3600"})]
    happen(subscribe()[0])
    run()
    [job] = waiting_jobs()
    assert job.run_after
    assert 3500 < (job.run_after - timezone.now()).total_seconds() < 3700


def test_a_delivery_is_given_up_after_the_last_attempt(subscribe: Subscribe, receiver: Receiver) -> None:
    receiver.answers = [Answer(status=500)]
    endpoint, _ = subscribe()
    delivery = happen(endpoint)
    for _ in range(len(DELAYS_S) + 3):
        run()
    delivery = now(delivery)
    assert (delivery.status, delivery.attempt_count) == ("failed", len(DELAYS_S) + 1)
    assert delivery.finished_at
    endpoint.refresh_from_db()
    assert endpoint.is_enabled
    assert endpoint.failing_since


def test_no_connection_is_recorded_with_its_reason(subscribe: Subscribe) -> None:
    delivery = happen(subscribe(url="http://127.0.0.1:1/")[0])
    run()
    attempt = now(delivery).attempts.get()
    assert attempt.status_code is None
    assert attempt.error.startswith("No connection")


def test_an_address_that_is_no_longer_allowed_is_recorded_and_not_called(
    subscribe: Subscribe, receiver: Receiver, settings: Settings
) -> None:
    delivery = happen(subscribe()[0])
    settings.WEBHOOKS_ALLOWED_NETWORKS = []
    run()
    assert receiver.received == []
    assert "not public" in now(delivery).last_error


def test_a_secret_that_cannot_be_read_is_our_fault_and_said(
    subscribe: Subscribe, receiver: Receiver, settings: Settings
) -> None:
    endpoint, _ = subscribe()
    delivery = happen(endpoint)
    settings.SECRET_KEY = "another"
    run()
    endpoint.refresh_from_db()
    assert "rotate it" in now(delivery).last_error
    assert (receiver.received, endpoint.failing_since) == ([], None)


def test_a_receiver_that_hangs_holds_nobody_up(
    cast: Cast, subscribe: Subscribe, receiver: Receiver, settings: Settings
) -> None:
    receiver.answers = [Answer(hangs=True)]
    for number in range(12):
        happen(subscribe()[0] if number < 10 else WebhookEndpoint.objects.earliest("id"))
    with receiving(Receiver()) as lively:
        endpoint, _ = create_endpoint(
            organization=cast.other_organization, url=check_url(lively.url), event_types=["*"]
        )
        delivery = happen(endpoint)

        async def everything() -> None:
            slow = asyncio.gather(*[run_job(job.id) for job in waiting_jobs_of_others])
            await run_job(own.id)
            assert await WebhookDelivery.objects.filter(status="succeeded").acount() == 1
            receiver.released.set()
            await slow

        own = Job.objects.get(kwargs__delivery_id=str(delivery.id))
        waiting_jobs_of_others = list(Job.objects.exclude(id=own.id))
        asyncio.run(everything())
        assert len(lively.received) == 1


def test_one_endpoint_gets_few_requests_at_once(
    subscribe: Subscribe, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generation.webhooks.gate.MOST_AT_ONCE", 2)
    endpoint, _ = subscribe()
    receiver.answers = [Answer(hangs=True)]
    for _ in range(5):
        happen(endpoint)

    async def everything() -> None:
        jobs = [asyncio.create_task(run_job(job.id)) for job in all_jobs]
        while len(receiver.received) < 2:  # noqa: ASYNC110 - the server is in another thread
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.3)
        assert len(receiver.received) == 2
        receiver.released.set()
        await asyncio.gather(*jobs)

    all_jobs = waiting_jobs()
    asyncio.run(everything())
    # Those that came while it was busy wait outside of the worker, and have lost no attempt.
    put_off = Job.objects.filter(id__in=[job.id for job in all_jobs], status=Job.Status.READY)
    assert set(put_off.values_list("failures", flat=True)) == {0}
    assert put_off.count() == 3
    put_off.update(run_after=None)
    for job in put_off:
        asyncio.run(run_job(job.id))
    assert len(receiver.received) == 5


def test_old_events_are_forgotten_unless_they_are_on_their_way(
    subscribe: Subscribe, receiver: Receiver
) -> None:
    endpoint, _ = subscribe()
    delivered = happen(endpoint)
    run()
    pending, fresh = happen(endpoint), happen(endpoint)
    for row in (delivered, pending):
        type(row.event).objects.filter(id=row.event_id).update(created_at=timezone.now() - timedelta(days=31))
    assert forget_old_events() == 1
    assert set(WebhookDelivery.objects.values_list("id", flat=True)) == {pending.id, fresh.id}


def test_an_event_can_be_of_any_part_of_the_product(
    cast: Cast, subscribe: Subscribe, receiver: Receiver
) -> None:
    subscribe()
    record_event(organization_id=cast.organization.id, event_type=EventType.FAILED, data={"id": "x"})
    run()
    assert len(receiver.received) == 1
