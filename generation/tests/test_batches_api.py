"""Batches from the outside: started, followed, read, and hidden from those whom they do not concern."""

import asyncio
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from accounts.testing import Cast, bearer, make_key, make_user
from codegen_site.errors import LLMRefused
from generation.models import Batch, BatchItem, Generation
from generation.services import delete_generation
from generation.testing import ScriptedAnswer, ScriptedModel
from generation.tests.conftest import TWO_FILES, post_lines, results_of
from jobs.models import Job
from jobs.testing import run_all_jobs

pytestmark = pytest.mark.django_db(transaction=True)

URL = "/api/v1/batches"
Script = Callable[..., ScriptedModel]


def page(name: str, **fields: Any) -> dict[str, Any]:
    return {"custom_id": name, "prompt": f"A page: {name}", **fields}


def run() -> None:
    asyncio.run(run_all_jobs())


def start(client: Client, *lines: Any) -> str:
    response = post_lines(client, *lines)
    assert response.status_code == 202, response.content
    return str(response.json()["id"])


def counts_of(client: Client, batch_id: str) -> dict[str, int]:
    counts = client.get(f"{URL}/{batch_id}").json()["request_counts"]
    assert counts["total"] == sum(count for name, count in counts.items() if name != "total")
    return {name: count for name, count in counts.items() if count}


def refusal(response: Any, status: int = 400) -> dict[str, Any]:
    assert response.status_code == status, response.content
    for model in (Batch, BatchItem, Generation, Job):
        assert not model.objects.exists()
    error: dict[str, Any] = response.json()["error"]
    return error


def test_a_batch_runs_and_gives_its_results_in_the_order_of_its_lines(
    api: Client, script: Script, cast: Cast
) -> None:
    script(TWO_FILES, ScriptedAnswer(error=LLMRefused("No.")))
    response = post_lines(api, page("a", metadata={"ticket": 7}), page("b"), {"prompt": 7, "custom_id": "c"})
    body = response.json()
    assert (response.status_code, body["object"], body["status"]) == (202, "batch", "running")
    assert response["Location"] == body["links"]["self"] == f"{URL}/{body['id']}"
    assert counts_of(api, body["id"]) == {"total": 3, "queued": 2, "failed": 1}
    assert body["progress"] == pytest.approx(1 / 3)
    run()
    ended = api.get(body["links"]["self"]).json()
    assert (ended["status"], ended["progress"], ended["finished_at"] is None) == ("completed", 1, False)
    assert counts_of(api, body["id"]) == {"total": 3, "completed": 1, "failed": 2}
    first, second, third = results_of(api, body["id"])
    assert [result["custom_id"] for result in (first, second, third)] == ["a", "b", "c"]
    assert [result["line"] for result in (first, second, third)] == [1, 2, 3]
    assert (first["error"], first["generation"]["status"]) == (None, "completed")
    assert first["generation"]["files"][0]["content"] == "<h1>Hello</h1>\n"
    assert (first["generation"]["metadata"], first["generation"]["attempts"]) == ({"ticket": 7}, 1)
    assert second["generation"]["status"] == "failed"
    assert second["error"] == {"code": "llm_refused", "message": "No.", "details": None, "retryable": False}
    assert (third["generation"], third["error"]["code"]) == (None, "invalid_request")
    assert third["error"]["details"][0]["field"] == "prompt"


def test_its_generations_are_jobs_of_the_organization(api: Client, cast: Cast) -> None:
    batch_id = start(api, page("a"), page("b", cache="refresh"))
    generations = list(Generation.objects.for_organization(cast.organization).order_by("id"))
    assert [generation.prompt for generation in generations] == ["A page: a", "A page: b"]
    assert {generation.batch_id for generation in generations} == {UUID(batch_id)}
    jobs = Job.objects.order_by("id")
    assert [job.id for job in jobs] == [generation.id for generation in generations]
    assert {(job.owner, job.queue_name) for job in jobs} == {(str(cast.organization.id), "llm")}
    assert [job.kwargs["use_known"] for job in jobs] == [True, False]


def test_a_batch_can_be_json(api: Client) -> None:
    body = {"requests": [page("a"), "nonsense", page("b")], "metadata": {"night": 3}}
    response = api.post(URL, body, content_type="application/json")
    assert (response.status_code, response.json()["metadata"]) == (202, {"night": 3})
    assert counts_of(api, response.json()["id"]) == {"total": 3, "queued": 2, "failed": 1}
    numbers = BatchItem.objects.filter(error__isnull=True).values_list("number", "custom_id")
    assert list(numbers) == [(1, "a"), (3, "b")]


def test_json_may_be_larger_than_a_single_request(api: Client) -> None:
    requests = [{"prompt": "x" * 90_000} for _ in range(20)]
    response = api.post(URL, {"requests": requests}, content_type="application/json")
    assert counts_of(api, response.json()["id"]) == {"total": 20, "queued": 20}


@pytest.mark.parametrize("media_type", ["application/x-ndjson", "application/jsonl; charset=utf-8"])
def test_a_batch_can_be_named_in_several_ways(api: Client, media_type: str) -> None:
    assert api.post(URL, b'{"prompt": "A page"}', content_type=media_type).status_code == 202


def test_a_batch_of_which_every_line_is_refused_has_ended_at_once(api: Client) -> None:
    response = post_lines(api, b"{", b"[]")
    body = response.json()
    assert (response.status_code, body["status"], body["progress"]) == (202, "completed", 1)
    assert [result["error"]["code"] for result in results_of(api, body["id"])] == ["invalid_request"] * 2
    assert not Job.objects.exists()


def test_what_came_in_with_a_refused_line_is_stored_without_harm(api: Client) -> None:
    batch_id = start(api, page("a"), b'{"\\u0000\\ud800": 1, "prompt": "x"}', b'{"prompt": "\\u0000"}')
    assert counts_of(api, batch_id) == {"total": 3, "queued": 1, "failed": 2}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"requests": []},
        {"requests": {}},
        {"requests": "x"},
        {"requests": None},
        {"requests": [{"prompt": "A page"}], "metadata": {"a": []}},
        {"requests": [{"prompt": "A page"}], "metdata": {}},
        [],
        None,
    ],
)
def test_a_wrong_object_is_refused_as_a_whole(api: Client, body: Any) -> None:
    response = api.post(URL, json.dumps(body), content_type="application/json")
    assert refusal(response)["code"] == "invalid_request"


@pytest.mark.parametrize("body", [b"{", b"\xff", b'{"requests": [NaN]}', b"[" * 200_000, b""])
def test_what_is_no_json_is_refused_as_a_whole(api: Client, body: bytes) -> None:
    assert refusal(api.post(URL, body, content_type="application/json"))["code"] == "invalid_request"


@pytest.mark.parametrize("body", [b"", b"\n\n", b"\xef\xbb\xbf\r\n"])
def test_an_empty_batch_is_refused(api: Client, body: bytes) -> None:
    assert refusal(api.post(URL, body, content_type="application/jsonl"))["code"] == "invalid_request"


def test_a_batch_with_too_many_lines_is_refused(api: Client) -> None:
    body = b'{"prompt": 1}\n' * 10_001
    error = refusal(api.post(URL, body, content_type="application/jsonl"))
    assert "10,000" in error["message"]


def test_another_media_type_is_refused(api: Client) -> None:
    response = api.post(URL, b"prompt\nA page", content_type="text/csv")
    assert refusal(response, 415)["code"] == "unsupported_media_type"


def test_the_results_of_a_running_batch_have_to_be_waited_for(api: Client) -> None:
    batch_id = start(api, page("a"), page("b"), b"{")
    response = api.get(f"{URL}/{batch_id}/results", headers={"Accept": "application/jsonl"})
    assert (response.status_code, response["Content-Type"]) == (409, "application/json")
    error = response.json()["error"]
    assert (error["code"], error["retryable"]) == ("batch_running", True)
    assert error["message"].startswith("1 of 3 lines have ended")


@pytest.mark.parametrize("accept", ["*/*", "application/jsonl", "application/x-ndjson", "application/json"])
def test_the_results_are_json_lines_whoever_asks(api: Client, accept: str) -> None:
    batch_id = start(api, b"{")
    response = api.get(f"{URL}/{batch_id}/results", headers={"Accept": accept})
    assert (response.status_code, response["Content-Type"]) == (200, "application/jsonl")
    assert response["Content-Disposition"] == f'attachment; filename="{batch_id}.jsonl"'


def test_the_results_are_read_in_pieces(api: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generation.batch_results.LINES_AT_ONCE", 2)
    batch_id = start(api, b"{", b"", b"{", b"{", b"", b"{", b"{")
    assert [result["line"] for result in results_of(api, batch_id)] == [1, 3, 4, 6, 7]


def test_a_deleted_generation_leaves_its_line(api: Client, script: Script) -> None:
    script(TWO_FILES, TWO_FILES)
    batch_id = start(api, page("a"), page("b"))
    run()
    delete_generation(generation=Generation.objects.get(prompt="A page: a"))
    assert counts_of(api, batch_id) == {"total": 2, "completed": 1, "deleted": 1}
    gone, other = results_of(api, batch_id)
    assert (gone["custom_id"], gone["generation"], gone["error"]["code"]) == ("a", None, "not_found")
    assert other["generation"]["status"] == "completed"


def test_a_batch_goes_with_its_organization(api: Client, script: Script, cast: Cast) -> None:
    script(TWO_FILES)
    start(api, page("a"), page("b"), b"{")
    cast.organization.delete()
    run()  # the jobs are left over, and nothing is there for them
    assert not Batch.objects.exists()
    assert not BatchItem.objects.exists()
    assert not Generation.objects.exists()


def test_the_list_is_newest_first_has_pages_and_can_be_filtered(api: Client) -> None:
    ended, *running = start(api, b"{"), start(api, page("a")), start(api, page("b"), b"{")
    rows = api.get(f"{URL}?page_size=2").json()
    assert [row["id"] for row in rows["results"]] == running[::-1]
    assert rows["results"][0]["request_counts"]["total"] == 2
    assert [row["id"] for row in api.get(rows["next"]).json()["results"]] == [ended]
    found = api.get(f"{URL}?status=completed&status=cancelled").json()["results"]
    assert [row["id"] for row in found] == [ended]
    assert api.get(f"{URL}?status=strange").status_code == 400


def test_the_generations_of_a_batch_can_be_listed_while_it_runs(
    api: Client, outsider: Client, script: Script
) -> None:
    api.post("/api/v1/generate_code", {"prompt": "Another", "async": True}, content_type="application/json")
    link = post_lines(api, page("a"), page("b")).json()["links"]["generations"]
    assert [row["prompt"] for row in api.get(link).json()["results"]] == ["A page: b", "A page: a"]
    assert outsider.get(link).json()["results"] == []
    assert api.get(f"/api/v1/generations?batch={uuid4()}").json()["results"] == []


@pytest.mark.parametrize(
    ("method", "path"), [("get", "{id}"), ("get", "{id}/results"), ("post", "{id}/cancel")]
)
def test_an_outsider_finds_nothing(api: Client, outsider: Client, method: str, path: str) -> None:
    running, ended = start(api, page("a")), start(api, b"{")
    for batch_id in (running, ended, str(uuid4())):
        response = getattr(outsider, method)(f"{URL}/{path.format(id=batch_id)}")
        assert (response.status_code, response.json()["error"]["code"]) == (404, "not_found")
    assert outsider.get(URL).json()["results"] == []
    assert Batch.objects.get(id=running).status == "running"


@pytest.mark.parametrize(
    ("method", "path"),
    [("get", ""), ("post", ""), ("get", "/{id}"), ("get", "/{id}/results"), ("post", "/{id}/cancel")],
)
def test_every_address_needs_the_scope(api: Client, cast: Cast, method: str, path: str) -> None:
    address = URL + path.format(id=start(api, page("a")))
    key = make_key(cast.organization, scopes=["generate", "read", "jobs"])[1]
    assert getattr(Client(headers=bearer(key)), method)(address).status_code == 403
    assert getattr(Client(), method)(address).status_code == 401
    assert Batch.objects.get().status == "running"


def test_an_operator_looks_at_batches_and_changes_nothing(api: Client, client: Client) -> None:
    batch_id = start(api, page("a"), b"{")
    operator = Client()
    operator.force_login(make_user(is_staff=True))
    listed = operator.get("/admin/generation/batch/").content.decode()
    assert "1 queued, 1 failed" in listed
    shown = operator.get(f"/admin/generation/batch/{batch_id}/change/").content.decode()
    assert f"/admin/generation/generation/?batch={batch_id}" in shown
    assert 'name="_save"' not in shown
    assert operator.get(f"/admin/generation/generation/?batch={batch_id}").status_code == 200
    assert operator.get("/admin/generation/batch/add/").status_code == 403
