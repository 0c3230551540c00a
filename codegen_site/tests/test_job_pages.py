"""The queue in the admin, in a real browser: seen, filtered, retried over several pages."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from codegen_site.tests.test_pages import CHROMIUM, PASSWORD, browsing, log_in, look
from jobs.models import Job

pytestmark = [
    pytest.mark.skipif(
        CHROMIUM is None, reason="chromium is not installed (Debian: apt-get install chromium)"
    ),
    pytest.mark.django_db(transaction=True),
]

TRACEBACK = """Traceback (most recent call last):
  File "generation/execution.py", line 64, in run
    async for event in pipeline:
codegen_site.errors.LLMRateLimited: The model's provider limits <b>our</b> rate.
"""
ERROR = {
    "class": "codegen_site.errors.LLMRateLimited",
    "code": "llm_rate_limited",
    "message": "The model's provider limits <b>our</b> rate.",
    "retryable": True,
    "traceback": TRACEBACK,
}


@pytest.fixture
def dead(stored_jobs: None) -> list[UUID]:
    """More dead jobs than a page of the list holds, and one of each other state."""
    User.objects.create_superuser("operator@example.org", PASSWORD)
    now = timezone.now()

    def make(minutes: int, **fields: object) -> Job:
        enqueued = now - timedelta(minutes=minutes, seconds=5)
        return Job.objects.create(
            **{
                "task_path": "jobs.tests.tasks.add",
                "queue_name": "llm",
                "owner": "01a21097-e23f-7761-ae1d-5c7171dbf788",
            }
            | {"args": [1, 2], "kwargs": {"owner": "acme"}, "enqueued_at": enqueued}
            | fields
        )

    over = {"failures": 4, "claim_no": 4, "worker_ids": ["one:7", "one:7", "two:9", "two:9"]}
    over |= {
        "status": "FAILED",
        "errors": [{**ERROR, "class": "builtins.TimeoutError", "message": None}, ERROR],
    }
    jobs = [
        make(
            minutes,
            started_at=now - timedelta(minutes=minutes),
            published_at=now - timedelta(minutes=minutes),
            last_attempted_at=now - timedelta(minutes=minutes),
            finished_at=now - timedelta(minutes=minutes) + timedelta(seconds=42),
            **over,
        )
        for minutes in range(60, 0, -1)
    ]
    make(1, status="READY")
    make(1, status="READY", run_after=now + timedelta(hours=1))
    make(1, status="RUNNING", last_attempted_at=now, started_at=now, claim_no=1, worker_ids=["one:7"])
    make(1, status="SUCCESSFUL", finished_at=now, return_value={"files": 3})
    make(1, finished_at=now, cancel_requested_at=now, **over)
    make(1, finished_at=now, discarded_at=now, **over)
    return [job.id for job in jobs]


def test_dead_letters_of_a_filter_are_retried_over_all_pages(
    dead: list[UUID], live_server: LiveServer
) -> None:
    with browsing(live_server) as page:
        log_in(page)
        page.goto("/admin/jobs/job/")
        look(page, "jobs")
        page.click("#changelist-filter >> text=Dead letters")
        look(page, "jobs-dead")
        page.check("#action-toggle")
        page.click("text=Select all 60 jobs")
        page.select_option("select[name=action]", label="Retry selected jobs")
        page.click("button[name=index]")
        page.wait_for_selector("h1:has-text('Retry 60 jobs?')")
        look(page, "jobs-confirm")
        page.click("input[value='Retry 60 jobs']")
        page.wait_for_selector(".messagelist >> text=60 jobs retried.")
        look(page, "jobs-retried")
    assert Job.objects.filter(id__in=dead, status=Job.Status.READY, failures=0).count() == 60


def test_a_job_shows_what_went_wrong_and_is_discarded_from_its_page(
    dead: list[UUID], live_server: LiveServer
) -> None:
    with browsing(live_server) as page:
        log_in(page)
        page.goto(f"/admin/jobs/job/{dead[0]}/change/")
        look(page, "job")
        text = page.inner_text("#content")
        assert "The model's provider limits <b>our</b> rate." in text
        page.click("text=Discard this job")
        look(page, "job-confirm")
        page.click("input[value='Discard 1 job']")
        page.wait_for_selector(".job-discarded")
        look(page, "job-discarded")
        page.click("text=History")
        look(page, "job-history")
        assert "Discarded." in page.inner_text("#change-history")
    assert Job.objects.get(id=dead[0]).state == "discarded"


def test_what_waits_is_cancelled_from_its_page(dead: list[UUID], live_server: LiveServer) -> None:
    waiting = Job.objects.filter(status=Job.Status.READY).earliest("run_after")
    with browsing(live_server) as page:
        log_in(page)
        page.goto(f"/admin/jobs/job/{waiting.id}/change/")
        look(page, "job-waiting")
        page.click("text=Cancel this job")
        page.click("input[value='Cancel 1 job']")
        page.wait_for_selector(".job-cancelled")
    assert Job.objects.get(id=waiting.id).state == "cancelled"
