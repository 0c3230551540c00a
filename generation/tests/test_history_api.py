"""Reading what was made, and that an outsider can neither read, stop nor delete any of it."""

import asyncio
import hashlib
import io
import zipfile
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.testing import Cast, bearer, make_key
from generation.models import Attempt, Generation
from generation.testing import ScriptedModel
from generation.tests.conftest import TWO_FILES
from jobs.models import Job
from jobs.testing import run_all_jobs

pytestmark = pytest.mark.django_db(transaction=True)

Script = Callable[..., ScriptedModel]


def generate(client: Client, script: Script, **body: Any) -> str:
    script(TWO_FILES)
    response = client.post(
        "/api/v1/generate_code",
        {"prompt": "A page", "async": True, **body},
        content_type="application/json",
    )
    assert response.status_code == 202, response.content
    asyncio.run(run_all_jobs())
    return str(response.json()["job_id"])


def test_a_generation_is_given_with_its_files(api: Client, script: Script) -> None:
    generation_id = generate(api, script, metadata={"ticket": "A-1"})
    body = api.get(f"/api/v1/generations/{generation_id}").json()
    assert (body["id"], body["object"], body["status"]) == (generation_id, "generation", "completed")
    assert [(file["path"], file["language"]) for file in body["files"]] == [
        ("index.html", "html"),
        ("style.css", "css"),
    ]
    content = body["files"][0]["content"]
    assert content == "<h1>Hello</h1>\n"
    assert body["files"][0]["sha256"] == hashlib.sha256(content.encode()).hexdigest()
    assert body["files"][0]["size"] == len(content)
    assert body["message"] == "Here it is."
    assert body["framework"]["source"] in ("detected", "default")
    assert (body["usage"]["input_tokens"], body["usage"]["cost_usd"]) == (10, 0.00003)
    assert (body["attempts"], body["cached"], body["joined"], body["error"]) == (1, False, False, None)
    assert body["metadata"] == {"ticket": "A-1"}


def test_the_job_shows_the_result(api: Client, script: Script) -> None:
    generation_id = generate(api, script)
    body = api.get(f"/api/v1/jobs/{generation_id}").json()
    assert (body["job_id"], body["status"], body["queue_position"]) == (generation_id, "completed", None)
    assert len(body["result"]["files"]) == 2


def test_a_waiting_job_shows_its_place_in_the_queue(api: Client) -> None:
    for prompt in ("first", "second"):
        response = api.post(
            "/api/v1/generate_code", {"prompt": prompt, "async": True}, content_type="application/json"
        )
    body = api.get(response.json()["links"]["job"]).json()
    assert (body["status"], body["queue_position"], body["result"]) == ("queued", 1, None)


def test_every_call_of_the_model_is_recorded_with_its_exact_messages(api: Client, script: Script) -> None:
    generation_id = generate(api, script)
    attempt = Attempt.objects.get(generation_id=generation_id)
    assert attempt.status == "finished"
    assert attempt.answer == TWO_FILES
    assert attempt.messages[-1]["role"] == "user"
    assert "A page" in attempt.messages[-1]["content"]
    assert (attempt.input_tokens, attempt.cost_microusd, attempt.finish_reason) == (10, 30, "stop")
    assert attempt.prompt_version
    assert attempt.latency_ms is not None


def test_the_list_is_newest_first_and_without_contents(api: Client, script: Script) -> None:
    first, second = generate(api, script, prompt="one"), generate(api, script, prompt="two")
    page = api.get("/api/v1/generations").json()
    assert [row["id"] for row in page["results"]] == [second, first]
    assert "content" not in page["results"][0]["files"][0]


def test_the_list_has_pages(api: Client, script: Script) -> None:
    ids = [generate(api, script, prompt=str(number)) for number in range(3)]
    page = api.get("/api/v1/generations?page_size=2").json()
    rest = api.get(page["next"]).json()
    assert [row["id"] for row in (*page["results"], *rest["results"])] == ids[::-1]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=completed", 1),
        ("status=failed", 0),
        ("framework=html", 1),
        ("framework=react", 0),
        ("model=gemini-2.5-flash", 1),
        ("model=other", 0),
        ("created_after=2020-01-01T00:00:00Z", 1),
        ("created_before=2020-01-01T00:00:00Z", 0),
    ],
)
def test_the_list_can_be_filtered(api: Client, script: Script, query: str, found: int) -> None:
    generate(api, script, framework="html")
    assert len(api.get(f"/api/v1/generations?{query}").json()["results"]) == found


def test_files_are_given_one_by_one(api: Client, script: Script) -> None:
    generation_id = generate(api, script)
    files = api.get(f"/api/v1/generations/{generation_id}/files").json()
    assert [file["path"] for file in files] == ["index.html", "style.css"]
    one = api.get(f"/api/v1/generations/{generation_id}/files/style.css").json()
    assert one["content"] == "h1 { color: teal }\n"


def test_a_file_that_is_not_there_is_not_found(api: Client, script: Script) -> None:
    generation_id = generate(api, script)
    for path in ("nothing.html", "../../etc/passwd", "%2e%2e/settings.py"):
        response = api.get(f"/api/v1/generations/{generation_id}/files/{path}")
        assert response.status_code == 404, path


def test_the_zip_holds_all_files_and_is_always_the_same(api: Client, script: Script) -> None:
    generation_id = generate(api, script)

    def download() -> bytes:
        response = api.get(f"/api/v1/generations/{generation_id}/download")
        assert response["Content-Type"] == "application/zip"
        return b"".join(response.streaming_content)  # type: ignore[attr-defined]

    data = download()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["index.html", "style.css"]
        assert archive.read("style.css") == b"h1 { color: teal }\n"
    assert download() == data


def test_deleting_deletes_everything(api: Client, script: Script) -> None:
    generation_id = generate(api, script)
    assert api.delete(f"/api/v1/generations/{generation_id}").status_code == 204
    assert api.get(f"/api/v1/generations/{generation_id}").status_code == 404
    assert not Attempt.objects.exists()
    assert not Job.objects.exists()


def test_what_still_runs_is_not_deleted(api: Client) -> None:
    response = api.post("/api/v1/generate_code", {"prompt": "A page", "async": True}, "application/json")
    url = f"/api/v1/generations/{response.json()['job_id']}"
    assert api.delete(url).json()["error"]["code"] == "conflict"
    assert Generation.objects.count() == 1


def test_cancelling_a_waiting_job_ends_it_at_once(api: Client) -> None:
    response = api.post("/api/v1/generate_code", {"prompt": "A page", "async": True}, "application/json")
    cancelled = api.post(response.json()["links"]["cancel"]).json()
    assert cancelled["status"] == "cancelled"
    assert Job.objects.get().status == "FAILED"


def test_cancelling_what_has_ended_changes_nothing(api: Client, script: Script) -> None:
    generation_id = generate(api, script)
    assert api.post(f"/api/v1/jobs/{generation_id}/cancel").json()["status"] == "completed"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "jobs/{id}"),
        ("get", "jobs/{id}/events"),
        ("post", "jobs/{id}/cancel"),
        ("get", "generations/{id}"),
        ("delete", "generations/{id}"),
        ("get", "generations/{id}/files"),
        ("get", "generations/{id}/files/index.html"),
        ("get", "generations/{id}/download"),
    ],
)
def test_an_outsider_finds_nothing(
    api: Client, outsider: Client, script: Script, method: str, path: str
) -> None:
    generation_id = generate(api, script)
    response = getattr(outsider, method)(f"/api/v1/{path.format(id=generation_id)}")
    unknown = getattr(outsider, method)(f"/api/v1/{path.format(id=uuid4())}")
    assert response.status_code == unknown.status_code == 404
    assert response.json()["error"]["code"] == "not_found"
    assert Generation.objects.get().status == "completed"


def test_an_outsider_s_list_is_empty(api: Client, outsider: Client, script: Script) -> None:
    generate(api, script)
    assert outsider.get("/api/v1/generations").json()["results"] == []


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("get", "jobs/{id}", "read"),
        ("get", "jobs/{id}/events", "read"),
        ("post", "jobs/{id}/cancel", "jobs"),
        ("get", "generations", "read"),
        ("get", "generations/{id}", "read"),
        ("delete", "generations/{id}", "generate"),
        ("get", "generations/{id}/files", "read"),
        ("get", "generations/{id}/files/index.html", "read"),
        ("get", "generations/{id}/download", "read"),
        ("get", "frameworks", "read"),
        ("get", "models", "read"),
    ],
)
def test_every_address_needs_its_scope(
    api: Client, cast: Cast, script: Script, method: str, path: str, scope: str
) -> None:
    generation_id = generate(api, script)
    others = {"generate", "read", "jobs"} - {scope}
    client = Client(headers=bearer(make_key(cast.organization, scopes=others)[1]))
    response = getattr(client, method)(f"/api/v1/{path.format(id=generation_id)}")
    assert response.status_code == 403
    assert getattr(Client(), method)(f"/api/v1/{path.format(id=generation_id)}").status_code == 401


def test_the_frameworks_are_listed(api: Client) -> None:
    slugs = [framework["slug"] for framework in api.get("/api/v1/frameworks").json()]
    assert slugs == sorted(slugs)
    assert {"html", "react", "django", "fastapi"} <= set(slugs)


def test_a_framework_is_shown_with_its_layout_and_its_commands(api: Client) -> None:
    listed = {framework["slug"]: framework for framework in api.get("/api/v1/frameworks").json()}
    flask = listed["flask"]
    assert (flask["name"], flask["kind"], flask["language"]) == ("Flask", "backend", "python")
    assert "app.py" in flask["starter"]
    assert flask["conventions"]["templates"] == "templates"
    assert flask["run"] == ["pip install -r requirements.txt", "flask run"]
    assert flask["test"] == ["pytest"]
