"""Refining what was made, its history, and that an outsider can do none of it."""

import asyncio
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.testing import Cast
from generation.models import Attempt, Generation
from generation.services import delete_generation
from generation.testing import ScriptedModel
from generation.tests.conftest import TWO_FILES
from jobs.testing import run_all_jobs

pytestmark = pytest.mark.django_db(transaction=True)

Script = Callable[..., ScriptedModel]
EDIT = """```html index.html
<<<<<<< SEARCH
<h1>Hello</h1>
=======
<h1>Good day</h1>
>>>>>>> REPLACE
```
"""


def post(client: Client, address: str, **body: Any) -> Any:
    return client.post(address, json.dumps(body), content_type="application/json")


def get(client: Client, address: str, **headers: str) -> Any:
    return client.get(address, headers={"Accept": "application/json", **headers})


def generate(client: Client, **body: Any) -> str:
    response = post(client, "/api/v1/generate_code", **{"prompt": "A page", "async": True, **body})
    assert response.status_code == 202, response.content
    asyncio.run(run_all_jobs())
    return str(response.json()["job_id"])


def refine(client: Client, parent: str, **body: Any) -> Any:
    body = {"instructions": "More formal", "async": True, **body}
    response = post(client, f"/api/v1/generations/{parent}/refine", **body)
    asyncio.run(run_all_jobs())
    return response


def shown(client: Client, generation_id: str) -> Any:
    return get(client, f"/api/v1/generations/{generation_id}").json()


@pytest.fixture
def family(api: Client, script: Script) -> tuple[str, str]:
    """A generation and a refinement of it."""
    script(TWO_FILES, EDIT)
    parent = generate(api)
    response = refine(api, parent)
    assert response.status_code == 202, response.content
    return parent, response.json()["job_id"]


def test_a_refinement_has_all_files_and_what_changed(api: Client, family: tuple[str, str]) -> None:
    parent, child = (shown(api, one) for one in family)
    assert (child["status"], child["parent"], child["history"]) == (
        "completed",
        parent["id"],
        parent["history"],
    )
    assert (child["prompt"], child["model"]) == ("More formal", parent["model"])
    contents = {file["path"]: file["content"] for file in child["files"]}
    assert contents == {"index.html": "<h1>Good day</h1>\n", "style.css": "h1 { color: teal }\n"}
    assert child["changes"] == [
        {
            "kind": "modified",
            "path": "index.html",
            "old_path": "index.html",
            "lines_added": 1,
            "lines_removed": 1,
        }
    ]
    assert "-<h1>Hello</h1>\n+<h1>Good day</h1>\n" in child["diff"]
    assert {file["content"] for file in parent["files"]} >= {"<h1>Hello</h1>\n"}
    assert (parent["parent"], parent["changes"], parent["diff"]) == (None, [], "")


def test_the_framework_stays_and_the_model_is_asked_with_the_files(
    api: Client, family: tuple[str, str]
) -> None:
    parent, child = (shown(api, one) for one in family)
    assert child["framework"]["slug"] == parent["framework"]["slug"]
    attempt = Attempt.objects.get(generation_id=child["id"])
    assert (attempt.purpose, attempt.status) == ("answer", "finished")
    assert "<h1>Hello</h1>" in attempt.messages[-1]["content"]
    assert "More formal" in attempt.messages[-1]["content"]


def test_history_is_a_tree_of_which_each_node_can_be_refined_again(
    api: Client, script: Script, family: tuple[str, str]
) -> None:
    parent, child = family
    script(EDIT.replace("Good day", "Welcome"))
    other = refine(api, parent, instructions="More friendly").json()["job_id"]
    nodes = get(api, f"/api/v1/generations/{child}/history").json()["results"]
    assert [(node["id"], node["parent"]) for node in nodes] == [
        (other, parent),
        (child, parent),
        (parent, None),
    ]
    assert nodes[0]["changes"][0]["path"] == "index.html"
    children = get(api, f"/api/v1/generations?parent={parent}").json()["results"]
    assert {node["id"] for node in children} == {child, other}


def test_two_nodes_are_compared(api: Client, script: Script, family: tuple[str, str]) -> None:
    parent, child = family
    against_parent = get(api, f"/api/v1/generations/{child}/diff").json()
    assert (against_parent["against"], len(against_parent["changes"])) == (parent, 1)
    backwards = get(api, f"/api/v1/generations/{parent}/diff?against={child}").json()
    assert "-<h1>Good day</h1>\n+<h1>Hello</h1>\n" in backwards["diff"]
    from_nothing = get(api, f"/api/v1/generations/{parent}/diff").json()
    assert (from_nothing["against"], {change["kind"] for change in from_nothing["changes"]}) == (
        None,
        {"added"},
    )


def test_the_bare_diff_can_be_applied_by_git(api: Client, family: tuple[str, str], tmp_path: Path) -> None:
    parent, child = family
    for file in shown(api, parent)["files"]:
        (tmp_path / file["path"]).write_text(file["content"])
    response = get(api, f"/api/v1/generations/{child}/diff", Accept="text/x-diff")
    assert response["Content-Type"].startswith("text/x-diff")
    subprocess.run(["git", "apply", "-"], input=response.content, cwd=tmp_path, check=True)
    assert (tmp_path / "index.html").read_text() == "<h1>Good day</h1>\n"


def test_an_error_is_json_where_a_diff_was_asked_for(api: Client, family: tuple[str, str]) -> None:
    response = get(api, f"/api/v1/generations/{family[1]}/diff?against=nothing", Accept="text/x-diff")
    assert (response.status_code, response["Content-Type"]) == (400, "application/json")
    assert response.json()["error"]["details"][0]["field"] == "against"


def test_an_earlier_node_is_restored_as_a_new_one_for_nothing(api: Client, family: tuple[str, str]) -> None:
    parent, child = family
    response = post(api, f"/api/v1/generations/{parent}/restore")
    assert (response.status_code, response["Location"]) == (201, response.json()["links"]["self"])
    restored = response.json()
    assert (restored["parent"], restored["restored_from"]) == (child, parent)
    assert restored["files"] == shown(api, parent)["files"]
    assert "-<h1>Good day</h1>\n+<h1>Hello</h1>\n" in restored["diff"]
    assert (restored["attempts"], restored["usage"]["cost_usd"]) == (0, 0)
    again = post(api, f"/api/v1/generations/{child}/restore", onto=parent).json()
    assert (again["parent"], again["restored_from"]) == (parent, child)


def test_a_restored_node_can_be_refined(api: Client, script: Script, family: tuple[str, str]) -> None:
    restored = post(api, f"/api/v1/generations/{family[0]}/restore").json()["id"]
    script(EDIT)
    refined = refine(api, restored).json()["job_id"]
    assert shown(api, refined)["status"] == "completed"


def test_an_identical_refinement_is_known_and_that_of_another_parent_is_not(
    api: Client, script: Script, family: tuple[str, str]
) -> None:
    first, second = Generation.objects.get(id=family[1]), Generation.objects.get(id=family[0])
    keys = {first.answer_key, second.answer_key}
    script(EDIT.replace("Hello", "Good day"))
    third = refine(api, family[1]).json()["job_id"]
    assert Generation.objects.get(id=third).answer_key not in keys
    script(EDIT)
    fourth = refine(api, family[0]).json()["job_id"]
    assert Generation.objects.get(id=fourth).answer_key == first.answer_key


@pytest.mark.parametrize(
    "body", [{"instructions": ""}, {"instructions": " \n"}, {}, {"instructions": "a\0b"}]
)
def test_instructions_are_needed_and_the_refusal_names_them(
    api: Client, family: tuple[str, str], body: dict[str, str]
) -> None:
    response = post(api, f"/api/v1/generations/{family[0]}/refine", **body)
    assert response.status_code == 400
    assert [detail["field"] for detail in response.json()["error"]["details"]] == ["instructions"]
    assert Generation.objects.count() == 2


def test_unknown_fields_are_refused(api: Client, family: tuple[str, str]) -> None:
    for body in ({"prompt": "x"}, {"framework": "vue"}, {"onto": "x"}):
        response = refine(api, family[0], **body)
        assert response.status_code == 400, body


def test_what_is_still_running_or_has_no_files_cannot_be_refined(api: Client, script: Script) -> None:
    script("No.", "No.")
    job = post(api, "/api/v1/generate_code", prompt="A page", **{"async": True}).json()["job_id"]
    for _ in range(2):
        for action in ("refine", "restore"):
            body = {"instructions": "More"} if action == "refine" else {}
            response = post(api, f"/api/v1/generations/{job}/{action}", **body)
            assert (response.status_code, response.json()["error"]["code"]) == (409, "conflict")
        asyncio.run(run_all_jobs())
    assert shown(api, job)["status"] == "failed"


def test_a_generation_whose_refinement_runs_is_not_deleted(api: Client, script: Script) -> None:
    script(TWO_FILES, EDIT)
    parent = generate(api)
    response = post(api, f"/api/v1/generations/{parent}/refine", instructions="More", **{"async": True})
    child = response.json()["job_id"]
    assert api.delete(f"/api/v1/generations/{parent}").status_code == 409
    asyncio.run(run_all_jobs())
    assert api.delete(f"/api/v1/generations/{parent}").status_code == 204
    orphan = shown(api, child)
    assert (orphan["parent"], orphan["status"], len(orphan["files"])) == (None, "completed", 2)


def test_a_parent_that_vanished_by_other_ways_is_a_failure_that_says_so(api: Client, script: Script) -> None:
    script(TWO_FILES)
    parent = generate(api)
    response = post(api, f"/api/v1/generations/{parent}/refine", instructions="More", **{"async": True})
    Generation.objects.filter(id=parent).delete()
    asyncio.run(run_all_jobs())
    child = shown(api, response.json()["job_id"])
    assert (child["status"], child["error"]["code"]) == ("failed", "conflict")
    assert "has been deleted" in child["error"]["message"]


def test_an_idempotency_key_refines_and_restores_once(
    api: Client, script: Script, family: tuple[str, str]
) -> None:
    script(EDIT.replace("Hello", "Good day"))
    key = {"Idempotency-Key": str(uuid4())}
    address = f"/api/v1/generations/{family[1]}/refine"
    body = json.dumps({"instructions": "More", "async": True})
    first, second = (
        api.post(address, body, content_type="application/json", headers=key).json() for _ in range(2)
    )
    assert first["job_id"] == second["job_id"]
    address, key = f"/api/v1/generations/{family[0]}/restore", {"Idempotency-Key": str(uuid4())}
    restored = [
        api.post(address, "{}", content_type="application/json", headers=key).json() for _ in range(2)
    ]
    assert restored[0]["id"] == restored[1]["id"]


def test_an_outsider_finds_nothing_of_it(
    api: Client, outsider: Client, cast: Cast, family: tuple[str, str], script: Script
) -> None:
    parent, child = family
    addresses = [f"/api/v1/generations/{parent}/{what}" for what in ("history", "diff")]
    assert {get(outsider, address).status_code for address in addresses} == {404}
    assert post(outsider, f"/api/v1/generations/{parent}/refine", instructions="More").status_code == 404
    assert post(outsider, f"/api/v1/generations/{parent}/restore").status_code == 404
    script(TWO_FILES)
    own = generate(outsider)
    assert get(outsider, f"/api/v1/generations/{own}/diff?against={parent}").status_code == 404
    assert post(outsider, f"/api/v1/generations/{own}/restore", onto=child).status_code == 404
    assert (
        get(outsider, f"/api/v1/generations?history={shown(api, parent)['history']}").json()["results"] == []
    )


def test_a_node_of_another_history_is_nothing_to_restore_onto(
    api: Client, script: Script, family: tuple[str, str]
) -> None:
    script(TWO_FILES)
    stranger = generate(api, prompt="Another page")
    response = post(api, f"/api/v1/generations/{family[0]}/restore", onto=stranger)
    assert response.status_code == 404


def test_deleting_the_first_node_leaves_the_tree_together(
    api: Client, script: Script, family: tuple[str, str]
) -> None:
    parent, child = family
    delete_generation(generation=Generation.objects.get(id=parent))
    nodes = get(api, f"/api/v1/generations/{child}/history").json()["results"]
    assert [node["id"] for node in nodes] == [child]


@pytest.mark.parametrize("against", ["x", "1", "../", "%00"])
def test_what_is_no_id_is_refused(api: Client, family: tuple[str, str], against: str) -> None:
    response = get(api, f"/api/v1/generations/{family[0]}/diff?against={against}")
    assert (response.status_code, response.json()["error"]["details"][0]["field"]) == (400, "against")
