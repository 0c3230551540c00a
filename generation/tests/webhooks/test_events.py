"""Whatever ends a generation leaves an event behind, once, and in the same transaction."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from pytest_django import Settings

from accounts.testing import Cast
from generation import transitions
from generation.integrations.outbound_http import check_url
from generation.models import Generation, WebhookDelivery, WebhookEndpoint, WebhookEvent
from generation.pipeline.records import GenerationRequest
from generation.services import cancel_generation, delete_generation, start_generation
from generation.testing import ScriptedAnswer, ScriptedModel
from generation.tests.conftest import TWO_FILES
from generation.tests.webhooks.receiver import Receiver
from generation.webhooks.services import create_endpoint, update_endpoint
from generation.webhooks.tasks import deliver_webhook
from jobs.models import Job
from jobs.testing import run_job

pytestmark = pytest.mark.django_db(transaction=True)

Script = Callable[..., ScriptedModel]
Subscribe = Callable[..., tuple[WebhookEndpoint, str]]


def start(cast: Cast, **options: Any) -> Generation:
    request = GenerationRequest(prompt="A page", model="gemini-2.5-flash")
    return start_generation(organization=cast.organization, request=request, **{"cache": "off", **options})


def run(generation: Generation) -> None:
    asyncio.run(run_job(generation.id))


def told() -> list[tuple[str, str]]:
    bodies = [json.loads(event.body) for event in WebhookEvent.objects.order_by("id")]
    return [(body["type"], body["data"]["id"]) for body in bodies]


def test_a_result_is_told_to_whoever_subscribes(cast: Cast, script: Script, subscribe: Subscribe) -> None:
    wants_all, _ = subscribe()
    wants_this, _ = subscribe("generation.completed", "generation.failed")
    subscribe("generation.failed")
    script(TWO_FILES)
    generation = start(cast)
    run(generation)
    [event] = WebhookEvent.objects.all()
    body = json.loads(event.body)
    assert (body["type"], body["timestamp"][-1]) == ("generation.completed", "Z")
    assert body["data"] == {
        "id": str(generation.id),
        "object": "generation",
        "status": "completed",
        "error": None,
        "links": body["data"]["links"],
    }
    assert body["data"]["links"]["self"] == f"/api/v1/generations/{generation.id}"
    deliveries = WebhookDelivery.objects.order_by("id")
    assert [row.endpoint_id for row in deliveries] == [wants_all.id, wants_this.id]
    jobs = Job.objects.filter(task_path=deliver_webhook.module_path).order_by("id")
    assert [job.kwargs["delivery_id"] for job in jobs] == [str(row.id) for row in deliveries]
    assert {(job.owner, job.queue_name) for job in jobs} == {(str(cast.organization.id), "default")}


@pytest.mark.parametrize(
    ("answers", "event_type"),
    [
        (
            [
                ScriptedAnswer(text="```html index.html\n<p>", finish_reason="length"),
                ScriptedAnswer(finish_reason="length"),
            ],
            "generation.incomplete",
        ),
        (["No code.", "Still none."], "generation.failed"),
    ],
)
def test_every_kind_of_end_has_its_type(
    cast: Cast, script: Script, subscribe: Subscribe, answers: list[Any], event_type: str
) -> None:
    subscribe()
    script(*answers)
    generation = start(cast)
    run(generation)
    assert told() == [(event_type, str(generation.id))]


def test_a_cancel_is_told_once(cast: Cast, subscribe: Subscribe) -> None:
    subscribe()
    generation = start(cast)
    assert cancel_generation(generation=generation)
    assert not cancel_generation(generation=generation)
    assert told() == [("generation.cancelled", str(generation.id))]


def test_nobody_who_did_not_ask_is_told(cast: Cast, subscribe: Subscribe, receiver: Receiver) -> None:
    subscribe("generation.failed")
    disabled, _ = subscribe()
    update_endpoint(endpoint=disabled, enabled=False)
    create_endpoint(organization=cast.other_organization, url=check_url(receiver.url), event_types=["*"])
    cancel_generation(generation=start(cast))
    assert told() == []
    assert not Job.objects.filter(task_path=deliver_webhook.module_path).exists()


def test_what_is_rolled_back_was_never_told(cast: Cast, subscribe: Subscribe) -> None:
    subscribe()
    generation = start(cast)
    with transaction.atomic():
        transitions.cancel(generation.id)
        transaction.set_rollback(True)
    assert told() == []
    assert not Job.objects.filter(task_path=deliver_webhook.module_path).exists()


def test_an_end_that_cannot_be_told_is_no_end(
    cast: Cast, subscribe: Subscribe, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribe()
    generation = start(cast)

    def break_down(*args: Any, **kwargs: Any) -> None:
        raise ConnectionError

    monkeypatch.setattr("generation.webhooks.events.enqueue_attempt", break_down)
    with pytest.raises(ConnectionError):
        cancel_generation(generation=generation)
    generation.refresh_from_db()
    assert generation.status == "queued"
    assert told() == []


def test_a_worker_that_runs_it_once_more_tells_nothing(
    cast: Cast, script: Script, subscribe: Subscribe
) -> None:
    subscribe()
    script(TWO_FILES)
    generation = start(cast)
    run(generation)
    Job.objects.filter(id=generation.id).update(status=Job.Status.READY)
    run(generation)
    assert len(told()) == 1


def test_a_job_that_died_is_told_as_a_failure(cast: Cast, subscribe: Subscribe) -> None:
    subscribe()
    generation = start(cast)
    Job.objects.filter(id=generation.id).update(crashes=3)
    run(generation)
    assert told() == [("generation.failed", str(generation.id))]


def test_the_event_outlives_the_generation(cast: Cast, subscribe: Subscribe) -> None:
    subscribe()
    generation = start(cast)
    cancel_generation(generation=generation)
    generation.refresh_from_db()
    delete_generation(generation=generation)
    assert WebhookDelivery.objects.count() == 1


@pytest.mark.servers
def test_followers_and_known_answers_are_told_too(
    cast: Cast, script: Script, subscribe: Subscribe, settings: Settings, redis_url: str
) -> None:
    settings.CACHES = {"default": {"BACKEND": "codegen_site.redis_cache.RedisCache", "LOCATION": redis_url}}
    subscribe()
    script(TWO_FILES)
    leader, follower, cancelled = (start(cast, cache="use") for _ in range(3))
    cancel_generation(generation=cancelled)
    run(leader)
    known = start(cast, cache="use")
    assert told() == [
        ("generation.cancelled", str(cancelled.id)),
        ("generation.completed", str(leader.id)),
        ("generation.completed", str(follower.id)),
        ("generation.completed", str(known.id)),
    ]
