"""`Idempotency-Key`: a request that starts a generation is sent again, in each of the three ways."""

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import connections
from django.test import AsyncClient, Client
from django.utils import timezone
from pytest_django import Settings

from accounts import idempotency
from accounts.models import IdempotencyKey
from accounts.testing import Cast, bearer
from codegen_site.errors import LLMRefused
from generation.models import Generation
from generation.tasks import run_generation
from generation.testing import ScriptedAnswer, ScriptedModel
from generation.tests.conftest import TWO_FILES
from generation.views import responding
from jobs.models import Job
from jobs.testing import run_all_jobs

pytestmark = pytest.mark.django_db(transaction=True)

Script = Callable[..., ScriptedModel]
URL = "/api/v1/generate_code"


def post(client: Client, key: str = "k", url: str = URL, **body: Any) -> Any:
    body = {"prompt": "A page", **body} if url == URL else body
    headers = {"Idempotency-Key": key, "Accept": "application/json"}
    return client.post(url, body, content_type="application/json", headers=headers)


def poll(client: Client, key: str = "k", **body: Any) -> Any:
    return post(client, key, **{"async": True, **body})


async def ask_for_stream(cast: Cast) -> Any:
    return await AsyncClient().post(
        URL,
        {"prompt": "A page", "stream": True},
        content_type="application/json",
        headers={**bearer(cast.key), "Idempotency-Key": "k"},
    )


def stream(cast: Cast) -> tuple[Any, list[tuple[str, Any]]]:
    """The response, and the types and data of its events."""

    async def ask() -> tuple[Any, bytes]:
        response = await ask_for_stream(cast)
        pieces = [piece async for piece in response] if response.streaming else []
        return response, b"".join(pieces)

    response, text = async_to_sync(ask)()
    blocks = [block.split("\n") for block in text.decode().split("\n\n") if "event:" in block]
    return response, [(kind[7:], json.loads(data[6:])) for _, kind, data in blocks]


def stream_and_hang_up(cast: Cast) -> None:
    async def ask() -> None:
        response = await ask_for_stream(cast)
        assert response["Content-Type"] == "text/event-stream"
        await response.streaming_content.aclose()

    async_to_sync(ask)()


def run() -> None:
    asyncio.run(run_all_jobs())


def error_of(response: Any, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.content
    error: dict[str, Any] = response.json()["error"]
    return error


def assert_one_generation() -> None:
    assert (Generation.objects.count(), Job.objects.count(), IdempotencyKey.objects.count()) == (1, 1, 1)


def test_a_job_to_poll_is_given_again_at_once(api: Client, script: Script) -> None:
    script(TWO_FILES)
    first, second = poll(api), poll(api)
    run()
    third = poll(api)
    for repeated in (second, third):
        assert (repeated.status_code, repeated.json()) == (202, first.json())
        assert repeated["Location"] == first["Location"]
        assert repeated["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first
    assert_one_generation()


def test_a_result_whose_connection_was_lost_is_fetched_by_sending_it_again(
    api: Client, script: Script
) -> None:
    script(TWO_FILES)
    first = post(api)
    error = error_of(post(api), 409)
    assert error["code"] == "idempotency_key_in_use"
    assert error["details"] == {"job": first["Location"]}
    assert error["retryable"]
    run()
    second = post(api)
    assert (second.status_code, second["Idempotent-Replayed"]) == (200, "true")
    assert "Location" not in second
    assert second.json() == api.get(first.json()["links"]["self"]).json()
    assert [file["path"] for file in second.json()["files"]] == ["index.html", "style.css"]
    assert_one_generation()


def test_it_says_when_to_come_back(api: Client) -> None:
    post(api)
    assert int(post(api)["Retry-After"]) >= 1


def test_a_failure_is_told_again_and_not_tried_again(api: Client, script: Script) -> None:
    model = script(ScriptedAnswer(error=LLMRefused("Not that.")))
    post(api)
    run()
    for _ in range(2):
        response = post(api)
        error = error_of(response, 502)
        assert (error["code"], error["message"]) == ("llm_refused", "Not that.")
        assert response["Idempotent-Replayed"] == "true"
    assert error["details"] == {"generation": f"/api/v1/generations/{Generation.objects.get().id}"}
    assert len(model.calls) == 1


def test_a_stream_that_was_lost_is_told_from_its_rows(cast: Cast, script: Script) -> None:
    script(TWO_FILES)
    stream_and_hang_up(cast)
    response, _ = stream(cast)
    assert error_of(response, 409)["details"] == {"job": f"/api/v1/jobs/{Generation.objects.get().id}"}
    run()
    response, events = stream(cast)
    assert (response.status_code, response["Content-Type"]) == (200, "text/event-stream")
    assert response["Idempotent-Replayed"] == "true"
    kind, data = events[-1]
    assert kind == "generation.completed"
    assert len(data["generation"]["files"]) == 2
    assert_one_generation()


@pytest.mark.servers
def test_a_stream_whose_events_have_expired_is_told_from_its_rows(
    cast: Cast, script: Script, settings: Settings, nats_url: str
) -> None:
    script(TWO_FILES)
    stream_and_hang_up(cast)
    run()
    settings.NATS_URL = nats_url  # which knows nothing of it
    _, events = stream(cast)
    kinds = [kind for kind, _ in events]
    assert (kinds[0], kinds[-1], kinds.count("file.delta")) == (
        "generation.started",
        "generation.completed",
        2,
    )


def test_each_way_has_its_own_body_and_so_its_own_key(api: Client) -> None:
    post(api)
    assert error_of(poll(api), 422)["code"] == "idempotency_key_reused"
    assert_one_generation()


@pytest.mark.parametrize("body", [{"prompt": "Another"}, {"temperature": 0.5}, {"metadata": {"a": 1}}])
def test_another_body_is_refused(api: Client, body: dict[str, Any]) -> None:
    poll(api)
    assert error_of(poll(api, **body), 422)["code"] == "idempotency_key_reused"
    assert_one_generation()


def test_another_address_is_refused(api: Client) -> None:
    cancel = poll(api).json()["links"]["cancel"]
    assert error_of(post(api, url=cancel), 422)["code"] == "idempotency_key_reused"
    assert Generation.objects.get().status == "queued"


def test_the_order_of_names_makes_no_other_body(api: Client) -> None:
    headers = {"Idempotency-Key": "k"}
    bodies = ['{"prompt": "A page", "async": true}', '{ "async":true,"prompt":"A\\u0020page" }']
    answers = [api.post(URL, body, "application/json", headers=headers).json() for body in bodies]
    assert answers[0] == answers[1]


def test_what_was_refused_leaves_the_key_to_a_better_request(api: Client) -> None:
    assert poll(api, framework="nextjss").status_code == 400
    assert poll(api, promt="typo").status_code == 400
    assert not IdempotencyKey.objects.exists()
    assert poll(api).status_code == 202


def test_a_malformed_key_is_named(api: Client) -> None:
    [detail] = error_of(post(api, "a key"), 400)["details"]
    assert detail["field"] == "Idempotency-Key"
    assert not Generation.objects.exists()


def test_the_same_key_of_an_outsider_is_another_key(api: Client, outsider: Client) -> None:
    mine, theirs = poll(api).json(), poll(outsider).json()
    assert mine["job_id"] != theirs["job_id"]
    assert poll(outsider).json() == theirs


def test_an_expired_key_starts_anew(api: Client) -> None:
    first = poll(api).json()
    IdempotencyKey.objects.update(expires_at=timezone.now())
    assert poll(api).json()["job_id"] != first["job_id"]


def test_a_deleted_generation_is_not_made_again(api: Client, script: Script) -> None:
    script(TWO_FILES)
    generation = poll(api).json()["links"]["self"]
    run()
    assert api.delete(generation).status_code == 204
    assert error_of(poll(api), 404)["code"] == "not_found"
    assert not Generation.objects.exists()


def test_a_process_that_dies_leaves_all_of_it_or_nothing(
    api: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*args: Any, **kwargs: Any) -> None:
        assert IdempotencyKey.objects.exists()
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(type(run_generation), "enqueue", die)
        with pytest.raises(KeyboardInterrupt):
            poll(api)
    assert not IdempotencyKey.objects.exists()
    assert not Generation.objects.exists()
    poll(api)
    assert_one_generation()


@pytest.mark.parametrize("body", [{"async": True}, {}])
def test_of_many_at_once_one_starts_a_generation(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, body: dict[str, Any]
) -> None:
    """All of them have looked, and found nothing, before any takes the key."""
    all_have_looked = Barrier(6)
    find_key = idempotency.find_key

    def find(sent: Any) -> Any:
        found = find_key(sent)
        if found is None:
            all_have_looked.wait(timeout=30)
        return found

    monkeypatch.setattr(responding, "find_key", find)

    def ask(_: int) -> Any:
        try:
            return post(Client(headers=bearer(cast.key)), **body)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as threads:
        responses = list(threads.map(ask, range(6)))
    assert_one_generation()
    generation_id = str(Generation.objects.get().id)
    others = 202 if body else 409
    assert sorted(response.status_code for response in responses) == [202, *[others] * 5]
    assert all(generation_id in response.content.decode() for response in responses)
    assert sum("Idempotent-Replayed" in response for response in responses) == (5 if body else 0)


@pytest.mark.servers
def test_a_known_answer_and_a_joined_request_have_their_keys_too(
    api: Client, script: Script, settings: Settings, redis_url: str
) -> None:
    settings.CACHES = {"default": {"BACKEND": "codegen_site.redis_cache.RedisCache", "LOCATION": redis_url}}
    from django.core.cache import cache  # noqa: PLC0415 - the one of these settings

    cache.clear()
    model = script(TWO_FILES)
    poll(api, "leader")
    joined = poll(api, "joined").json()
    assert poll(api, "joined").json() == joined
    run()
    known = poll(api, "known").json()
    assert poll(api, "known").json() == known
    waited = post(api, "waited").json()
    assert post(api, "waited").json() == waited
    assert (known["status"], waited["cached"]) == ("completed", True)
    assert (Generation.objects.count(), Job.objects.count(), len(model.calls)) == (4, 1, 1)


def test_a_cancellation_is_answered_again(api: Client, outsider: Client) -> None:
    cancel = poll(api).json()["links"]["cancel"]
    first, second = (post(api, "c", cancel) for _ in range(2))
    assert (first.status_code, first.json()["status"]) == (200, "cancelled")
    assert (second.status_code, second.json()) == (200, first.json())
    assert second["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first
    assert post(outsider, "c", cancel).status_code == 404
    assert IdempotencyKey.objects.count() == 2


def test_a_cancelled_generation_is_told_to_who_waited(api: Client) -> None:
    links = post(api).json()["links"]
    api.post(links["cancel"])
    assert error_of(post(api), 409)["code"] == "generation_cancelled"
