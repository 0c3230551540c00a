"""`POST /api/v1/generate_code`: what is accepted, what is refused, and what a refusal leaves behind."""

import json
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from accounts.testing import Cast, bearer, make_key
from generation.models import Generation
from jobs.models import Job

URL = "/api/v1/generate_code"


def post(client: Client, body: Any, **headers: str) -> Any:
    return client.post(URL, body, content_type="application/json", headers=headers or None)


def refusal(response: Any, status: int = 400) -> dict[str, Any]:
    assert response.status_code == status, response.content
    assert not Generation.objects.exists()
    assert not Job.objects.exists()
    error: dict[str, Any] = response.json()["error"]
    assert error["request_id"]
    return error


def test_async_answers_at_once_with_a_job_to_poll(api: Client, cast: Cast) -> None:
    response = post(api, {"prompt": "A page", "async": True, "metadata": {"ticket": 7}})
    assert response.status_code == 202
    body = response.json()
    assert response["Location"] == body["links"]["job"] == f"/api/v1/jobs/{body['job_id']}"
    generation = Generation.objects.for_organization(cast.organization).get(id=body["job_id"])
    assert (generation.status, generation.prompt, generation.metadata) == ("queued", "A page", {"ticket": 7})
    job = Job.objects.get()
    assert (job.id, job.owner, job.queue_name) == (UUID(body["job_id"]), str(cast.organization.id), "llm")


def test_a_call_that_waited_long_enough_is_told_to_poll(api: Client) -> None:
    response = post(api, {"prompt": "A page"})
    assert response.status_code == 202
    assert response["Location"].startswith("/api/v1/jobs/")
    assert Generation.objects.get().status == "queued"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "prompt"),
        ({"prompt": ""}, "prompt"),
        ({"prompt": " \n\t"}, "prompt"),
        ({"prompt": None}, "prompt"),
        ({"prompt": 7}, "prompt"),
        ({"prompt": ["A page"]}, "prompt"),
        ({"prompt": "a\0b"}, "prompt"),
        ({"prompt": "x" * 100_001}, "prompt"),
        ({"prompt": "A page", "framework": "reactt-native-x"}, "framework"),
        ({"prompt": "A page", "framework": 1}, "framework"),
        ({"prompt": "A page", "language": "klingon"}, "language"),
        ({"prompt": "A page", "max_output_tokens": "100"}, "max_output_tokens"),
        ({"prompt": "A page", "max_output_tokens": 0}, "max_output_tokens"),
        ({"prompt": "A page", "max_output_tokens": 1.5}, "max_output_tokens"),
        ({"prompt": "A page", "max_output_tokens": True}, "max_output_tokens"),
        ({"prompt": "A page", "temperature": 2.5}, "temperature"),
        ({"prompt": "A page", "temperature": "hot"}, "temperature"),
        ({"prompt": "A page", "stream": "yes"}, "stream"),
        ({"prompt": "A page", "async": 1}, "async"),
        ({"prompt": "A page", "async": True, "stream": True}, "stream"),
        ({"prompt": "A page", "metadata": []}, "metadata"),
        ({"prompt": "A page", "metadata": {"a": {"b": 1}}}, "metadata.a"),
        ({"prompt": "A page", "metadata": {"a": "\0"}}, "metadata.a"),
        ('{"prompt": "A page", "metadata": {"a": 1e999}}', "metadata.a"),
        ('{"prompt": "A page", "metadata": {"a": "\\ud800"}}', "metadata.a"),
        ({"prompt": "A page", "cache": "maybe"}, "cache"),
        ({"prompt": "A page", "promt": "typo"}, "promt"),
    ],
)
def test_a_wrong_field_is_named(api: Client, body: dict[str, Any] | str, field: str) -> None:
    error = refusal(post(api, body))
    assert field in [detail["field"] for detail in error["details"]]


def test_an_unknown_field_is_told_what_was_probably_meant(api: Client) -> None:
    [detail] = refusal(post(api, {"prompt": "A page", "framwork": "react"}))["details"]
    assert "Did you mean framework?" in detail["message"]


def test_of_a_body_full_of_unknown_fields_the_first_are_named(api: Client) -> None:
    body = {"prompt": "A page", **{f"unknown{number}": 1 for number in range(1000)}}
    assert len(refusal(post(api, body))["details"]) == 20


def test_an_unknown_framework_has_a_code_of_its_own(api: Client) -> None:
    error = refusal(post(api, {"prompt": "A page", "framework": "nextjss"}))
    assert error["code"] == "unknown_framework"
    assert "nextjs" in error["details"][0]["message"]


@pytest.mark.parametrize("body", ["{", "[]", '"prompt"', "null", "\xff", "{'prompt': 1}"])
def test_what_is_no_json_object_is_refused(api: Client, body: str) -> None:
    response = api.post(URL, body.encode("latin-1"), content_type="application/json")
    assert refusal(response)["code"] == "invalid_request"


def test_json_that_nests_without_end_is_refused(api: Client) -> None:
    assert "nested too deep" in refusal(post(api, "[" * 100_000))["message"]


def test_another_media_type_is_refused(api: Client) -> None:
    response = api.post(URL, {"prompt": "A page"})
    assert refusal(response, 415)["code"] == "unsupported_media_type"


def test_without_a_key_there_is_no_entry(cast: Cast) -> None:
    error = refusal(post(Client(), {"prompt": "A page"}), 401)
    assert error["code"] == "not_authenticated"


def test_a_key_without_the_scope_may_not_generate(cast: Cast) -> None:
    reader = Client(headers=bearer(make_key(cast.organization, scopes=["read"])[1]))
    assert refusal(post(reader, {"prompt": "A page"}), 403)["code"] == "permission_denied"


def test_an_error_is_json_for_a_client_that_wants_events(api: Client) -> None:
    response = post(api, {}, Accept="text/event-stream")
    refusal(response)
    assert response["Content-Type"] == "application/json"


def test_only_post_is_allowed(api: Client) -> None:
    response = api.get(URL, headers={"Accept": "application/json"})
    assert refusal(response, 405)["code"] == "method_not_allowed"


def test_the_request_id_is_given_back(api: Client) -> None:
    response = post(api, {"prompt": ""}, **{"X-Request-ID": "mine-1"})
    assert response["X-Request-ID"] == "mine-1"
    assert json.loads(response.content)["error"]["request_id"] == "mine-1"
