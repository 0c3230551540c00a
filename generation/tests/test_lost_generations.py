"""What if a job is over, and its generation was not told?"""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.testing import Cast
from generation.lost_generations import end_lost_generations
from generation.models import Generation
from generation.pipeline.records import GenerationRequest
from generation.services import start_generation
from generation.testing import ScriptedModel
from generation.tests.conftest import TWO_FILES
from jobs.models import Job
from jobs.testing import run_all_jobs

pytestmark = pytest.mark.django_db(transaction=True)

REQUEST = GenerationRequest(prompt="A page", model="gemini-2.5-flash")


def start(cast: Cast, *, minutes_ago: int = 5) -> Generation:
    generation = start_generation(organization=cast.organization, request=REQUEST)
    created_at = timezone.now() - timedelta(minutes=minutes_ago)
    Generation.objects.filter(id=generation.id).update(created_at=created_at)
    return generation


def status(generation: Generation) -> str:
    return Generation.objects.get(id=generation.id).status


def test_it_ends_as_a_failure_that_may_be_repeated(cast: Cast) -> None:
    generation = start(cast)
    Job.objects.update(status=Job.Status.FAILED)
    assert end_lost_generations() == 1
    generation.refresh_from_db()
    assert (generation.status, generation.error_code, generation.error_retryable) == (
        "failed",
        "job_lost",
        True,
    )
    assert end_lost_generations() == 0


def test_one_whose_job_was_deleted_ends_too_with_those_that_had_joined_it(cast: Cast) -> None:
    generation, follower = start(cast), start(cast)
    Generation.objects.filter(id=follower.id).update(leader=generation)
    Job.objects.all().delete()
    end_lost_generations()
    assert (status(generation), status(follower)) == ("failed", "failed")


def test_one_that_waits_or_runs_is_left_alone(cast: Cast) -> None:
    waiting, running = start(cast), start(cast)
    follower = start(cast)
    Job.objects.filter(id=follower.id).delete()
    Generation.objects.filter(id=follower.id).update(leader=running)
    Job.objects.filter(id=running.id).update(status=Job.Status.RUNNING)
    assert end_lost_generations() == 0
    assert {status(waiting), status(running), status(follower)} == {"queued"}


def test_one_that_has_just_begun_is_left_alone(cast: Cast) -> None:
    generation = start(cast, minutes_ago=0)
    Job.objects.all().delete()
    assert (end_lost_generations(), status(generation)) == (0, "queued")


def test_what_is_complete_stays(cast: Cast, script: Callable[..., ScriptedModel]) -> None:
    script(TWO_FILES)
    generation = start(cast)
    asyncio.run(run_all_jobs())
    Job.objects.all().delete()
    assert (end_lost_generations(), status(generation)) == (0, "completed")
