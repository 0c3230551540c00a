"""The queue in the admin: who sees it, who may act, and what an action does after its confirmation."""

import re
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jobs.models import Job
from jobs.services import cancel_job, discard_job
from jobs.tests import tasks
from jobs.tests.dead import enqueue_and_run, make_dead, now

pytestmark = [pytest.mark.usefixtures("stored_jobs"), pytest.mark.django_db(transaction=True)]

LIST = "/admin/jobs/job/"


def staff(*permissions: str) -> Client:
    """A member of the staff with these permissions for jobs; CSRF is checked as for a browser."""
    email = f"{'-'.join(permissions) or 'none'}@example.org"
    user = get_user_model().objects.create_user(email, "x", is_staff=True)
    for name in permissions:
        user.user_permissions.add(Permission.objects.get(codename=f"{name}_job"))
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    return client


@pytest.fixture
def operator() -> Client:
    return staff("view", "change")


def page_of(job: Job) -> str:
    return reverse("admin:jobs_job_change", args=[job.id])


def form_of(response: Any) -> dict[str, list[str]]:
    """What a browser would send again from the hidden fields of a page."""
    fields: dict[str, list[str]] = {}
    for tag in re.findall(r'<input type="hidden"[^>]*>', response.content.decode()):
        name, value = (re.search(rf'{key}="([^"]*)"', tag) for key in ("name", "value"))
        if name and value:
            fields.setdefault(name[1], []).append(unescape(value[1]))
    return fields


def ask(client: Client, action: str, *jobs: Job, query: str = "", **fields: Any) -> Any:
    """Chooses an action in the list, as a browser does: with the list's own CSRF token."""
    token = form_of(client.get(LIST + query))["csrfmiddlewaretoken"][0]
    selected = {"_selected_action": [str(job.id) for job in jobs], "action": action, "index": 0}
    return client.post(LIST + query, selected | {"csrfmiddlewaretoken": token} | fields)


def confirm(client: Client, asked: Any, query: str = "") -> str:
    """Sends the confirmation; what the page behind it says."""
    response = client.post(LIST + query, form_of(asked), follow=True)
    assert response.status_code == 200
    return str(response.content.decode())


def test_selected_dead_jobs_are_retried_after_a_confirmation(operator: Client) -> None:
    first, second, other = make_dead(), make_dead(), make_dead()
    asked = ask(operator, "retry_jobs", first, second)
    assert "Retry 2 jobs?" in asked.content.decode()
    assert now(first).state == "dead"
    assert "2 jobs retried." in confirm(operator, asked)
    assert [now(job).state for job in (first, second, other)] == ["ready", "ready", "dead"]


def test_who_did_it_is_on_record(operator: Client) -> None:
    dead = make_dead()
    confirm(operator, ask(operator, "retry_jobs", dead))
    entry = LogEntry.objects.get()
    assert (str(entry.user), entry.object_id, entry.change_message) == (
        "view-change@example.org",
        str(dead.id),
        "Retried.",
    )
    assert "Retried." in operator.get(f"{LIST}{dead.id}/history/").content.decode()


def test_all_of_a_filter_are_retried_and_no_others(operator: Client) -> None:
    meant = [make_dead() for _ in range(4)]
    other = make_dead()
    Job.objects.filter(id=other.id).update(owner="else")
    Job.objects.exclude(id=other.id).update(owner="acme")
    done = enqueue_and_run(tasks.add, 1, 2, owner="acme")
    query = "?" + urlencode({"owner": "acme"})
    asked = ask(operator, "retry_jobs", meant[0], query=query, select_across="1")
    text = asked.content.decode()
    assert "Retry 4 jobs?" in text
    assert "1 of the selected is not dead" in text
    assert "4 jobs retried." in confirm(operator, asked, query)
    assert {now(job).state for job in meant} == {"ready"}
    assert (now(other).state, now(done).state) == ("dead", "successful")


def test_what_died_after_the_question_is_not_meant(operator: Client) -> None:
    dead = make_dead()
    asked = ask(operator, "retry_jobs", dead, query="?outcome=dead", select_across="1")
    later = make_dead()
    assert "1 job retried." in confirm(operator, asked, "?outcome=dead")
    assert (now(dead).state, now(later).state) == ("ready", "dead")


def test_a_confirmation_sent_twice_retries_once(operator: Client) -> None:
    dead = make_dead()
    asked = ask(operator, "retry_jobs", dead)
    confirm(operator, asked)
    assert "0 jobs retried." in confirm(operator, asked)
    assert now(dead).claim_no == dead.claim_no + 1


@pytest.mark.parametrize("until", ["", "yesterday", "2026-13-01T00:00:00Z", "2026-01-01T00:00:00"])
def test_a_confirmation_that_makes_no_sense_is_asked_again(operator: Client, until: str) -> None:
    dead = make_dead()
    asked = ask(operator, "retry_jobs", dead, until=until)
    assert "Retry 1 job?" in asked.content.decode()
    assert now(dead).state == "dead"


def test_a_refusal_is_shown_with_its_reason(operator: Client) -> None:
    dead = make_dead()
    Job.objects.update(task_path="jobs.tests.tasks.<b>gone")
    text = confirm(operator, ask(operator, "retry_jobs", dead))
    assert "0 jobs retried." in text
    assert "1 refused: The code no longer has the task jobs.tests.tasks.&lt;b&gt;gone." in text


def test_a_dead_job_is_discarded_from_its_page(operator: Client) -> None:
    dead = make_dead()
    page = operator.get(page_of(dead))
    assert "Discard this job" in page.content.decode()
    asked = operator.post(LIST, form_of(page) | {"action": "discard_jobs"})
    text = confirm(operator, asked)
    assert "1 job discarded." in text
    assert "View job" in text  # back on its page
    assert now(dead).state == "discarded"


def test_a_waiting_job_is_cancelled(operator: Client) -> None:
    waiting = Job.objects.get(id=tasks.add.enqueue(1, 2, owner="").id)
    assert "Cancel this job" in operator.get(page_of(waiting)).content.decode()
    assert "1 job cancelled." in confirm(operator, ask(operator, "cancel_jobs", waiting))
    assert now(waiting).state == "cancelled"


def test_a_running_job_is_asked_to_stop(operator: Client, settings: Any) -> None:
    settings.NATS_URL = "nats://127.0.0.1:1"
    running = Job.objects.get(id=tasks.add.enqueue(1, 2, owner="").id)
    Job.objects.update(status=Job.Status.RUNNING, lease_until=timezone.now() + timedelta(seconds=30))
    confirm(operator, ask(operator, "cancel_jobs", running))
    assert (now(running).status, now(running).cancel_requested_at is not None) == ("RUNNING", True)


def test_what_is_over_can_only_be_looked_at(operator: Client) -> None:
    done = enqueue_and_run(tasks.add, 1, 2, owner="")
    assert "this job" not in operator.get(page_of(done)).content.decode()
    for action in ("retry_jobs", "discard_jobs", "cancel_jobs"):
        assert "Nothing to" in ask(operator, action, done).content.decode()


def test_a_reader_sees_everything_and_can_do_nothing() -> None:
    reader, dead = staff("view"), make_dead()
    assert str(dead.id) in reader.get(LIST).content.decode()
    page = reader.get(page_of(dead)).content.decode()
    assert "llm_refused" in page
    assert "this job" not in page
    assert "retry_jobs" not in reader.get(LIST).content.decode()
    token = form_of(reader.get("/account/password"))["csrfmiddlewaretoken"][0]
    for action in ("retry_jobs", "discard_jobs", "cancel_jobs"):
        for extra in ({}, {"until": timezone.now().isoformat()}, {"index": 0}):
            fields = {"_selected_action": dead.id, "action": action, "csrfmiddlewaretoken": token} | extra
            reader.post(LIST, fields)
    assert now(dead).state == "dead"


def test_staff_without_permission_and_strangers_see_nothing() -> None:
    dead = make_dead()
    member_of_staff = staff()
    for address in (LIST, page_of(dead)):
        assert str(dead.id) not in member_of_staff.get(address, follow=True).content.decode()
        assert Client().get(address).status_code == 302


def test_a_post_from_another_site_is_refused(operator: Client) -> None:
    dead = make_dead()
    fields = {"_selected_action": dead.id, "action": "retry_jobs", "until": timezone.now().isoformat()}
    assert operator.post(LIST, fields).status_code == 403
    assert now(dead).state == "dead"


def test_a_job_can_neither_be_edited_nor_added_nor_deleted(operator: Client) -> None:
    dead = make_dead()
    token = form_of(operator.get(LIST))["csrfmiddlewaretoken"][0]
    fields = {"csrfmiddlewaretoken": token, "owner": "mallory", "status": "READY"}
    for address in (page_of(dead), f"{LIST}add/", f"{LIST}{dead.id}/delete/"):
        assert operator.post(address, fields).status_code == 403
    assert Job.objects.filter(id=dead.id, owner="", status="FAILED").exists()


def test_what_others_wrote_is_text() -> None:
    dead = make_dead()
    evil = "<script>alert(1)</script>"
    error = {"class": evil, "code": evil, "message": evil, "retryable": False, "traceback": evil}
    Job.objects.update(
        errors=[error], kwargs={evil: evil}, worker_ids=[evil], owner=evil, task_path=evil, progress={evil: 1}
    )
    operator = staff("view", "change")
    asked = ask(operator, "retry_jobs", dead)
    for page in (operator.get(LIST), operator.get(page_of(dead)), asked):
        assert page.status_code == 200
        assert evil not in page.content.decode()
        assert "&lt;script&gt;alert(1)" in page.content.decode()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"outcome": "dead"}, {"dead", "other"}),
        ({"outcome": "discarded"}, {"discarded"}),
        ({"outcome": "cancelled"}, {"cancelled"}),
        ({"outcome": "dead", "owner": "acme"}, {"other"}),
        ({"error": "codegen_site.errors.LLMRefused"}, {"dead", "discarded"}),
        ({"error": "builtins.KeyError"}, {"other"}),
        ({"task_path": "jobs.tests.tasks.count_up"}, {"cancelled"}),
        ({"queue_name": "llm"}, {"cancelled"}),
        ({"status__exact": "SUCCESSFUL"}, {"done"}),
        ({"outcome": "dead", "finished_at__lt": "2020-01-01 00:00:00+00:00"}, set()),
        ({"owner": "nobody\x00"}, set()),
    ],
)
def test_filters_choose(operator: Client, query: dict[str, str], expected: set[str]) -> None:
    jobs = {name: make_dead() for name in ("dead", "other", "discarded")}
    discard_job(jobs["discarded"].id)
    key_error = {**jobs["other"].errors[0], "class": "builtins.KeyError"}
    Job.objects.filter(id=jobs["other"].id).update(owner="acme", errors=[*jobs["other"].errors, key_error])
    cancelled = Job.objects.get(id=tasks.count_up.enqueue(seconds=1.0, owner="acme").id)
    cancel_job(job_id=cancelled.id)
    jobs |= {"cancelled": cancelled, "done": enqueue_and_run(tasks.add, 1, 2, owner="")}
    shown = operator.get(LIST, query).content.decode()
    assert {name for name, job in jobs.items() if f"{LIST}{job.id}/change/" in shown} == expected


def test_the_list_counts_what_its_filters_would_show(operator: Client) -> None:
    make_dead()
    page = operator.get(LIST, {"_facets": "True"}).content.decode()
    assert "Dead letters (1)" in page
    assert "LLMRefused (1)" in page


def test_a_search_finds_a_job_by_a_part_of_its_id(operator: Client) -> None:
    dead, other = make_dead(), make_dead()
    page = operator.get(LIST, {"q": str(dead.id)[-12:]}).content.decode()
    assert str(dead.id) in page
    assert str(other.id) not in page
