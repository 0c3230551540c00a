"""Watchers of a retried generation, over a real NATS: the log has two lives, and both are told."""

import asyncio
import itertools
import os
from collections.abc import Callable, Iterator

import pytest
from pytest_django import Settings

from accounts.testing import make_organization
from codegen_site.errors import LLMRefused
from generation.models import Generation
from generation.pipeline.records import GenerationRequest
from generation.services import start_generation
from generation.testing import ScriptedAnswer, ScriptedModel
from generation.tests.conftest import TWO_FILES
from generation.watching import Ended, Watch, wait_until_ended
from jobs.events import Event, end_number, open_event_log
from jobs.services import retry_dead_job
from jobs.testing import run_job
from jobs.tests.test_on_nats import WorkerThread

pytestmark = [pytest.mark.servers, pytest.mark.django_db(transaction=True)]

_numbers = itertools.count()


@pytest.fixture
def nats(settings: Settings, nats_url: str) -> None:
    settings.NATS_URL = nats_url
    settings.JOBS_STREAM_PREFIX = f"retry{os.getpid()}-{next(_numbers)}-"


@pytest.fixture
def worker(nats: None) -> Iterator[WorkerThread]:
    worker = WorkerThread(grace=5)
    yield worker
    worker.stop()


def start() -> Generation:
    request = GenerationRequest(prompt="A page", model="gemini-2.5-flash", framework="html")
    return start_generation(organization=make_organization(), request=request, cache="off")


def watch(generation: Generation, *, after: int = 0) -> list[Event | Ended]:
    async def read() -> list[Event | Ended]:
        async with asyncio.timeout(20):
            return [item async for item in Watch(generation, after=after) if item is not None]

    return asyncio.run(read())


def types_of(items: list[Event | Ended]) -> list[str]:
    """Without deltas, and without `generation.queued`: a quick worker is ahead of it, and it is lost."""
    types = [item.generation.status if isinstance(item, Ended) else item.type for item in items]
    return [name for name in types if name != "generation.queued" and not name.endswith(".delta")]


FIRST_LIFE = ["generation.started"]
SECOND_LIFE = [
    "generation.started",
    *["file.opened", "file.closed"] * 2,
    "usage",
    "completed",
]


def test_a_watcher_sees_the_second_life_behind_the_end_of_the_first(
    worker: WorkerThread, script: Callable[..., ScriptedModel]
) -> None:
    script(ScriptedAnswer(error=LLMRefused("No.")), TWO_FILES)
    generation = start()
    first = watch(generation)
    assert types_of(first) == [*FIRST_LIFE, "failed"]

    assert retry_dead_job(generation.id)
    second = watch(generation, after=first[-1].number)
    assert types_of(second) == SECOND_LIFE

    both = watch(generation)
    assert types_of(both) == [*FIRST_LIFE, *SECOND_LIFE]
    numbers = [item.number for item in both]
    assert numbers == sorted(set(numbers))


def test_who_waits_for_a_retried_one_gets_its_result(
    worker: WorkerThread, script: Callable[..., ScriptedModel]
) -> None:
    script(ScriptedAnswer(error=LLMRefused("No.")), TWO_FILES)
    generation = start()
    assert asyncio.run(wait_until_ended(generation, timeout=20)).status == "failed"
    retry_dead_job(generation.id)
    assert asyncio.run(wait_until_ended(generation, timeout=20)).status == "completed"


def test_that_it_waits_again_is_the_first_event_of_its_second_life(
    nats: None, stored_jobs: None, script: Callable[..., ScriptedModel]
) -> None:
    script(ScriptedAnswer(error=LLMRefused("No.")))
    generation = start()
    asyncio.run(run_job(generation.id))
    retry_dead_job(generation.id)

    async def read() -> Event:
        owner = str(generation.organization_id)
        async with asyncio.timeout(20), open_event_log(owner=owner, job_id=generation.id) as log:
            events = log.follow(after=end_number(1), patience=20)
            event = await anext(aiter(events))
            assert event is not None
            return event

    event = asyncio.run(read())
    assert (event.type, event.is_first_of_claim) == ("generation.queued", True)
    assert event.data == {"id": str(generation.id)}
