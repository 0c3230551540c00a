"""Answers already known and requests already running, with a real Redis and without one."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from pytest_django import Settings

from accounts.models import Membership, Organization
from accounts.testing import Cast
from codegen_site.tests.plugin import free_port
from generation.batch_lines import check_lines, number_values
from generation.batch_services import start_batch
from generation.integrations.known_answers import answer_key
from generation.models import Generation
from generation.pipeline.records import GenerationRequest
from generation.services import cancel_generation, delete_generation, start_generation
from generation.testing import ScriptedAnswer, ScriptedModel
from generation.tests.conftest import TWO_FILES
from jobs.models import Job
from jobs.testing import run_all_jobs, run_job

pytestmark = [pytest.mark.servers, pytest.mark.django_db(transaction=True)]

Script = Callable[..., ScriptedModel]
REQUEST = GenerationRequest(prompt="A page", model="gemini-2.5-flash")


@pytest.fixture
def redis(settings: Settings, redis_url: str) -> None:
    settings.CACHES = {"default": {"BACKEND": "codegen_site.redis_cache.RedisCache", "LOCATION": redis_url}}
    from django.core.cache import cache  # noqa: PLC0415 - the one of these settings

    cache.clear()


@pytest.fixture
def no_redis(settings: Settings) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "codegen_site.redis_cache.RedisCache",
            "LOCATION": f"redis://127.0.0.1:{free_port()}/0",
            "OPTIONS": {"SOCKET_CONNECT_TIMEOUT": 0.2},
        }
    }


def start(organization: Organization, request: GenerationRequest = REQUEST, **options: Any) -> Generation:
    return start_generation(organization=organization, request=request, **options)


def run() -> None:
    asyncio.run(run_all_jobs())


def now(generation: Generation) -> Generation:
    return Generation.objects.get(id=generation.id)


def test_the_second_asking_is_answered_at_once(cast: Cast, redis: None, script: Script) -> None:
    model = script(TWO_FILES)
    first = start(cast.organization)
    run()
    second = now(start(cast.organization))
    assert (second.status, second.cached, second.cost_microusd) == ("completed", True, 0)
    assert list(second.files.values_list("path", "content")) == list(
        first.files.values_list("path", "content")
    )
    assert len(model.calls) == 1
    assert Job.objects.count() == 1


def test_another_organization_knows_nothing_of_it(cast: Cast, redis: None, script: Script) -> None:
    script(TWO_FILES)
    start(cast.organization)
    run()
    assert start(cast.other_organization).status == "queued"


@pytest.mark.parametrize("cache", ["refresh", "off"])
def test_a_known_answer_can_be_refused(cast: Cast, redis: None, script: Script, cache: str) -> None:
    script(TWO_FILES, TWO_FILES)
    start(cast.organization)
    run()
    assert start(cast.organization, cache=cache).status == "queued"


def test_what_was_made_with_the_cache_off_is_not_known(cast: Cast, redis: None, script: Script) -> None:
    script(TWO_FILES)
    start(cast.organization, cache="off")
    run()
    assert start(cast.organization).status == "queued"


def test_an_incomplete_answer_is_not_known(cast: Cast, redis: None, script: Script) -> None:
    script(ScriptedAnswer(text="```html index.html\n<p>", finish_reason="length"))
    first = start(cast.organization)
    run()
    assert now(first).status == "incomplete"
    assert start(cast.organization).status == "queued"


def start_lines(organization: Organization, *lines: dict[str, Any]) -> list[Generation]:
    caller = Membership(organization=organization)
    batch = start_batch(organization=organization, lines=check_lines(number_values(lines), caller=caller))
    return list(batch.generations.order_by("id"))


def test_a_line_of_a_batch_takes_what_is_known_by_the_time_it_runs(
    cast: Cast, redis: None, script: Script
) -> None:
    model = script(*[TWO_FILES] * 4)
    line = {"prompt": "A page"}
    generations = start_lines(
        cast.organization,
        line,
        line,
        {"prompt": "Another page"},
        {**line, "cache": "refresh"},
        {**line, "cache": "off"},
    )
    run()
    assert {now(generation).status for generation in generations} == {"completed"}
    assert [now(generation).cached for generation in generations] == [False, True, False, False, False]
    assert [now(generation).cost_microusd for generation in generations] == [30, 0, 30, 30, 30]
    assert now(generations[1]).files.count() == 2
    assert len(model.calls) == 4


def test_who_waits_does_not_join_a_batch_nor_a_batch_who_waits(cast: Cast, redis: None) -> None:
    line = {"prompt": REQUEST.prompt}
    first, second = start_lines(cast.organization, line, line)
    waiting = start(cast.organization)
    [third] = start_lines(cast.organization, line)
    assert [generation.leader_id for generation in (first, second, waiting, third)] == [None] * 4
    assert start(cast.organization).leader_id == waiting.id


def test_a_deleted_answer_is_no_longer_known(cast: Cast, redis: None, script: Script) -> None:
    script(TWO_FILES)
    first = start(cast.organization)
    run()
    delete_generation(generation=now(first))
    assert start(cast.organization).status == "queued"


def test_an_identical_request_joins_the_one_that_runs(cast: Cast, redis: None, script: Script) -> None:
    model = script(TWO_FILES)
    leader, follower = start(cast.organization), start(cast.organization)
    assert (follower.leader_id, Job.objects.count()) == (leader.id, 1)
    run()
    assert (now(leader).status, now(follower).status) == ("completed", "completed")
    assert (now(leader).cost_microusd, now(follower).cost_microusd) == (30, 0)
    assert now(follower).files.count() == 2
    assert len(model.calls) == 1


def test_followers_share_the_failure(cast: Cast, redis: None, script: Script) -> None:
    script("No code.", "Still none.")
    leader, follower = start(cast.organization), start(cast.organization)
    run()
    for generation in (leader, follower):
        assert (now(generation).status, now(generation).error_code) == ("failed", "no_usable_file")
    assert start(cast.organization).leader_id is None


def test_the_first_follower_runs_when_the_leader_is_cancelled(
    cast: Cast, redis: None, script: Script
) -> None:
    script(TWO_FILES)
    leader, heir, other = (start(cast.organization) for _ in range(3))
    cancel_generation(generation=leader)
    assert (now(heir).leader_id, now(other).leader_id) == (None, heir.id)
    assert start(cast.organization).leader_id == heir.id
    run()
    assert [now(generation).status for generation in (leader, heir, other)] == [
        "cancelled",
        "completed",
        "completed",
    ]


def test_a_cancelled_follower_leaves_the_leader_alone(cast: Cast, redis: None, script: Script) -> None:
    script(TWO_FILES)
    leader, follower = start(cast.organization), start(cast.organization)
    cancel_generation(generation=follower)
    run()
    assert (now(leader).status, now(follower).status) == ("completed", "cancelled")
    assert now(follower).files.count() == 0


def test_a_leader_that_never_was_is_not_waited_for(cast: Cast, redis: None) -> None:
    from generation.integrations.known_answers import lead_or_find_leader  # noqa: PLC0415

    first = start(cast.organization)
    Generation.objects.filter(id=first.id).delete()
    assert lead_or_find_leader(first.answer_key, UUID(int=1)) == first.id
    assert start(cast.organization).leader_id is None


def test_without_redis_everything_runs_and_is_warned_of_once(
    cast: Cast, no_redis: None, script: Script, caplog: pytest.LogCaptureFixture
) -> None:
    model = script(TWO_FILES, TWO_FILES)
    with caplog.at_level(logging.WARNING, logger="codegen_site"):
        first, second = start(cast.organization), start(cast.organization)
        run()
    assert (now(first).status, now(second).status) == ("completed", "completed")
    assert len(model.calls) == 2
    assert [record.message for record in caplog.records if "Redis" in record.message] == [
        "Redis cannot be reached: going on without it."
    ]


def test_the_key_depends_on_all_that_decides_the_answer() -> None:
    organization = UUID(int=1)

    def key(request: GenerationRequest = REQUEST, *, who: UUID = organization, version: str = "1") -> str:
        return answer_key(organization_id=who, request=request, prompt_version=version)

    variants = [
        key(),
        key(who=UUID(int=2)),
        key(version="2"),
        key(replace(REQUEST, prompt="Another page")),
        key(replace(REQUEST, framework="react")),
        key(replace(REQUEST, language="python")),
        key(replace(REQUEST, model="gemini-2.5-pro")),
        key(replace(REQUEST, max_output_tokens=10)),
        key(replace(REQUEST, temperature=0.5)),
    ]
    assert len(set(variants)) == len(variants)
    assert key() == key(replace(REQUEST, prompt="  A\n page "))


def test_a_worker_that_runs_it_once_more_after_its_end_changes_nothing(
    cast: Cast, redis: None, script: Script
) -> None:
    model = script(TWO_FILES)
    generation = start(cast.organization)
    run()
    Job.objects.update(status=Job.Status.READY)  # as if the job's own end had been lost
    asyncio.run(run_job(generation.id))
    assert now(generation).status == "completed"
    assert now(generation).files.count() == 2
    assert len(model.calls) == 1
