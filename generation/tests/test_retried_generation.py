"""A generation that failed and whose job is retried: it runs once more, for the same price."""

import asyncio
import re
from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client

from accounts.models import User
from accounts.testing import Cast
from codegen_site.errors import LLMRefused
from generation.models import Attempt, Generation
from generation.pipeline.records import GenerationRequest
from generation.services import cancel_generation, delete_generation, start_generation
from generation.testing import ScriptedAnswer, ScriptedModel
from generation.tests.conftest import TWO_FILES
from jobs.errors import RetryRefused
from jobs.models import Job
from jobs.services import cancel_job, retry_dead_job
from jobs.testing import run_job

pytestmark = pytest.mark.django_db(transaction=True)

Script = Callable[..., ScriptedModel]
REFUSED = ScriptedAnswer(error=LLMRefused("No."))


@pytest.fixture
def generation(cast: Cast) -> Generation:
    request = GenerationRequest(prompt="A page", model="gemini-2.5-flash", framework="html")
    return start_generation(organization=cast.organization, request=request, cache="off")


def run(generation: Generation) -> None:
    asyncio.run(run_job(generation.id))
    generation.refresh_from_db()


def follow(generation: Generation, status: str) -> Generation:
    """One that had joined it."""
    return Generation.objects.create(
        organization=generation.organization,
        leader=generation,
        prompt=generation.prompt,
        model=generation.model,
        status=status,
    )


def test_it_waits_again_as_if_it_had_not_failed(generation: Generation, script: Script) -> None:
    script(REFUSED)
    run(generation)
    assert generation.status == "failed"
    assert retry_dead_job(generation.id)
    generation.refresh_from_db()
    assert (generation.status, generation.error_code, generation.error_message) == ("queued", "", "")
    assert (generation.started_at, generation.finished_at, generation.error_retryable) == (None, None, False)


def test_it_completes_and_is_charged_once(generation: Generation, script: Script) -> None:
    model = script(REFUSED, TWO_FILES)
    run(generation)
    assert generation.cost_microusd == 0
    retry_dead_job(generation.id)
    run(generation)
    assert (generation.status, generation.files.count(), generation.cost_microusd) == ("completed", 2, 30)
    assert len(model.calls) == 2
    assert list(Attempt.objects.values_list("status", flat=True)) == ["failed", "finished"]
    run(generation)  # a late message of the broker
    assert len(model.calls) == 2


def test_it_fails_again_with_what_was_wrong_this_time(generation: Generation, script: Script) -> None:
    script(REFUSED, "Words.", "More words.")
    run(generation)
    retry_dead_job(generation.id)
    run(generation)
    assert (generation.status, generation.error_code) == ("failed", "no_usable_file")
    assert Job.objects.get().state == "dead"


def test_those_that_had_joined_it_stay_failed(generation: Generation, script: Script) -> None:
    script(REFUSED, TWO_FILES)
    follower = follow(generation, "queued")
    run(generation)
    retry_dead_job(generation.id)
    run(generation)
    follower.refresh_from_db()
    assert (generation.status, follower.status, follower.error_code) == ("completed", "failed", "llm_refused")


@pytest.mark.parametrize("status", ["completed", "incomplete", "cancelled", "running"])
def test_only_a_failed_one_is_retried(generation: Generation, script: Script, status: str) -> None:
    script(REFUSED)
    run(generation)
    Generation.objects.update(status=status)
    with pytest.raises(RetryRefused, match=f"is {status}"):
        retry_dead_job(generation.id)
    generation.refresh_from_db()
    assert (generation.status, generation.error_code) == (status, "llm_refused")
    assert Job.objects.get().state == "dead"


def test_a_cancelled_one_leaves_no_dead_job(generation: Generation) -> None:
    cancel_generation(generation=generation)
    assert not retry_dead_job(generation.id)


def test_one_that_is_gone_is_refused(generation: Generation, script: Script) -> None:
    script(REFUSED)
    run(generation)
    Generation.objects.all().delete()
    with pytest.raises(RetryRefused, match="was deleted"):
        retry_dead_job(generation.id)


def test_a_deleted_one_takes_its_job_with_it(generation: Generation, script: Script) -> None:
    script(REFUSED)
    run(generation)
    delete_generation(generation=generation)
    assert not retry_dead_job(generation.id)


def test_a_retried_one_can_be_cancelled(generation: Generation, script: Script) -> None:
    model = script(REFUSED)
    run(generation)
    retry_dead_job(generation.id)
    assert cancel_generation(generation=generation)
    run(generation)
    assert (generation.status, Job.objects.get().state) == ("cancelled", "cancelled")
    assert len(model.calls) == 1


def test_its_job_cancelled_by_an_operator_passes_to_the_first_that_had_joined_it(
    generation: Generation, script: Script
) -> None:
    script(TWO_FILES)
    follower = follow(generation, "queued")
    assert cancel_job(job_id=generation.id)
    run(generation)
    assert generation.status == "cancelled"
    run(follower)
    assert (follower.status, follower.leader_id, follower.cost_microusd) == ("completed", None, 30)


def test_the_whole_way_from_a_failure_through_the_admin_to_the_files(
    generation: Generation, script: Script, api: Client
) -> None:
    script(REFUSED, TWO_FILES)
    run(generation)
    assert api.get(f"/api/v1/jobs/{generation.id}").json()["status"] == "failed"
    operator = Client(enforce_csrf_checks=True)
    operator.force_login(User.objects.create_superuser("operator@example.org", "x"))

    address = f"/admin/jobs/job/{generation.id}/change/"
    assert address in operator.get(f"/admin/generation/generation/{generation.id}/change/").content.decode()
    page = operator.get(address).content.decode()
    assert "Retry this job" in page
    assert "codegen_site.errors.LLMRefused" in page
    asked = operator.post("/admin/jobs/job/", hidden_fields(page) | {"action": "retry_jobs"})
    confirmed = operator.post("/admin/jobs/job/", hidden_fields(asked.content.decode()), follow=True)
    assert "1 job retried." in confirmed.content.decode()

    job = api.get(f"/api/v1/jobs/{generation.id}").json()
    assert (job["status"], job["progress"]) == ("queued", None)
    run(generation)
    told = api.get(f"/api/v1/generations/{generation.id}").json()
    assert (told["status"], len(told["files"]), generation.cost_microusd) == ("completed", 2, 30)


def test_the_admin_says_why_a_retry_is_refused(generation: Generation, script: Script) -> None:
    script(REFUSED)
    run(generation)
    Generation.objects.update(status="completed")
    operator = Client()
    operator.force_login(User.objects.create_superuser("operator@example.org", "x"))
    fields = {"action": "retry_jobs", "_selected_action": generation.id}
    asked = operator.post("/admin/jobs/job/", fields)
    told = operator.post("/admin/jobs/job/", hidden_fields(asked.content.decode()), follow=True)
    assert "1 refused: Its generation is completed" in told.content.decode()


def hidden_fields(page: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', page)
    return {name: unescape(value) for name, value in found}
