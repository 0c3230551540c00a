"""The main job through the whole real chain, driven as a client would drive it."""

import io
import itertools
import json
import os
import signal
import sys
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest

from codegen_site.tests.plugin import serving
from codegen_site.tests.stack import Stack, child_pids, events_of, eventually, start_stack
from codegen_site.up.probes import free_port, port_listens
from codegen_site.up.servers import Server

pytestmark = pytest.mark.e2e

_numbers = itertools.count()
SLOW = {"delay_s": 0.3, "pieces": 10}


def new_prompt() -> str:
    """A prompt that nobody has asked before."""
    return f"A small page, number {next(_numbers)}"


@pytest.fixture(scope="module")
def gemini() -> Iterator[str]:
    port = free_port()
    argv = (sys.executable, "-m", "generation.integrations.fake_gemini", "--port", str(port))
    with serving(Server(name="gemini", argv=argv, ready=port_listens(port))):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def running_stack(gemini: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    stack = start_stack(tmp_path_factory.mktemp("stack"), gemini, free_port())
    try:
        stack.wait_until_up()
        yield stack
    finally:
        if stack.process.poll() is None:
            stack.stop()


@pytest.fixture
def stack(running_stack: Stack) -> Stack:
    running_stack.script()
    return running_stack


def start(stack: Stack, *behaviours: dict[str, Any]) -> str:
    """The id of a job that the model works at."""
    stack.script(*behaviours)
    job_id = stack.generate(new_prompt(), **{"async": True}).json()["job_id"]
    eventually(lambda: bool(stack.model_calls()))
    return str(job_id)


def end_of(stack: Stack, job_id: str, patience_s: float = 30) -> dict[str, Any]:
    eventually(lambda: stack.get(f"/jobs/{job_id}")["status"] not in ("queued", "running"), patience_s)
    generation: dict[str, Any] = stack.get(f"/generations/{job_id}")
    return generation


def test_a_prompt_becomes_files(stack: Stack) -> None:
    response = stack.generate(new_prompt(), framework="html", metadata={"ticket": "A-1"})
    assert response.status_code == 200, response.text
    generation = response.json()
    assert generation["status"] == "completed"
    assert [file["path"] for file in generation["files"]] == ["index.html", "style.css"]
    assert "Café ☕" in generation["files"][0]["content"]
    assert generation["framework"] == {"slug": "html", "source": "requested", "confidence": 1.0}
    assert generation["usage"]["input_tokens"] > 0
    assert generation["usage"]["cost_usd"] > 0
    assert (generation["attempts"], generation["metadata"]) == (1, {"ticket": "A-1"})
    assert stack.get(generation["links"]["self"].removeprefix("/api/v1")) == generation


def test_the_files_can_be_downloaded(stack: Stack) -> None:
    links = stack.generate(new_prompt()).json()["links"]
    with stack.api as client:
        data = client.get(links["download"].removeprefix("/api/v1")).content
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist() == ["index.html", "style.css"]


def test_a_job_can_be_polled(stack: Stack) -> None:
    response = stack.generate(new_prompt(), **{"async": True})
    assert response.status_code == 202
    assert end_of(stack, response.json()["job_id"])["status"] == "completed"


def test_a_stream_tells_the_files_as_they_are_written(stack: Stack) -> None:
    stack.script(SLOW)
    with (
        stack.api as client,
        client.stream("POST", "/generate_code", json={"prompt": new_prompt(), "stream": True}) as response,
    ):
        assert response.headers["content-type"] == "text/event-stream"
        assert response.headers["ratelimit"].startswith('"generate-')
        events, times = [], []
        for event in events_of(response.iter_lines()):
            events.append(event)
            times.append(time.monotonic())
    numbers, types = [number for number, _, _ in events], [kind for _, kind, _ in events]
    assert numbers == sorted(set(numbers))
    assert types[:2] == ["generation.queued", "generation.started"]
    assert types[-2:] == ["usage", "generation.completed"]
    assert types.count("file.opened") == types.count("file.closed") == 2
    files = {file["path"]: file["content"] for file in events[-1][2]["generation"]["files"]}
    for path, content in files.items():
        deltas = [data["delta"] for _, kind, data in events if kind == "file.delta" and data["path"] == path]
        assert "".join(deltas) == content
    # It came bit by bit, not all at the end.
    assert times[-1] - times[types.index("file.opened")] > 1


def test_the_accept_header_asks_for_a_stream_too(stack: Stack) -> None:
    with (
        stack.api as client,
        client.stream(
            "POST", "/generate_code", json={"prompt": new_prompt()}, headers={"Accept": "text/event-stream"}
        ) as response,
    ):
        kinds = [kind for _, kind, _ in events_of(response.iter_lines())]
    assert kinds[-1] == "generation.completed"


def test_a_stream_goes_on_behind_the_event_that_was_seen_last(stack: Stack) -> None:
    job_id = stack.generate(new_prompt()).json()["id"]

    def follow(**options: Any) -> list[tuple[int, str, dict[str, Any]]]:
        with stack.api as client, client.stream("GET", f"/jobs/{job_id}/events", **options) as response:
            assert response.status_code == 200
            return list(events_of(response.iter_lines()))

    everything = follow()
    middle = everything[3][0]
    assert follow(headers={"Last-Event-ID": str(middle)}) == everything[4:]
    assert follow(params={"starting_after": middle}) == everything[4:]
    with stack.api as client:
        last = client.get(f"/jobs/{job_id}/events", params={"starting_after": everything[-1][0]})
    assert last.status_code == 204


def test_an_answer_that_is_known_is_given_without_the_model(stack: Stack) -> None:
    prompt = new_prompt()
    first = stack.generate(prompt).json()
    second = stack.generate(prompt).json()
    assert (first["cached"], second["cached"]) == (False, True)
    assert second["files"] == first["files"]
    assert second["id"] != first["id"]
    assert second["usage"]["cost_usd"] == 0
    assert len(stack.model_calls()) == 1
    assert stack.generate(prompt, cache="refresh").json()["cached"] is False
    assert stack.generate(prompt, cache="off").json()["cached"] is False
    assert len(stack.model_calls()) == 3


def test_identical_requests_that_run_at_once_are_answered_by_one_call(stack: Stack) -> None:
    stack.script(SLOW)
    prompt = new_prompt()
    with ThreadPoolExecutor(5) as pool:
        generations = [r.json() for r in pool.map(lambda _: stack.generate(prompt), range(5))]
    assert {generation["status"] for generation in generations} == {"completed"}
    assert len({generation["id"] for generation in generations}) == 5
    assert sorted(generation["joined"] for generation in generations) == [False, True, True, True, True]
    assert sum(generation["usage"]["cost_usd"] > 0 for generation in generations) == 1
    assert len(stack.model_calls()) == 1


def test_cancelling_reaches_the_model_within_a_second(stack: Stack) -> None:
    job_id = start(stack, {"fault": "silent", "fault_after": 2})
    with stack.api as client:
        asked = time.time()
        assert client.post(f"/jobs/{job_id}/cancel").json()["status"] == "cancelled"
    eventually(lambda: stack.model_calls()[0]["disconnected"] is not None)
    assert stack.model_calls()[0]["disconnected"] - asked < 1
    assert end_of(stack, job_id)["status"] == "cancelled"


def test_the_others_go_on_when_the_one_they_joined_is_cancelled(stack: Stack) -> None:
    stack.script({"fault": "silent", "fault_after": 1}, {})
    prompt = new_prompt()
    leader = stack.generate(prompt, **{"async": True}).json()["job_id"]
    follower = stack.generate(prompt, **{"async": True}).json()["job_id"]
    eventually(lambda: bool(stack.model_calls()))
    with stack.api as client:
        client.post(f"/jobs/{leader}/cancel")
    assert end_of(stack, follower)["status"] == "completed"
    assert end_of(stack, leader)["status"] == "cancelled"


def test_a_client_that_hangs_up_does_not_stop_the_job(stack: Stack) -> None:
    stack.script(SLOW)
    with (
        stack.api as client,
        client.stream("POST", "/generate_code", json={"prompt": new_prompt(), "stream": True}) as response,
    ):
        job_id = next(events_of(response.iter_lines()))[2]["id"]
    assert end_of(stack, job_id)["status"] == "completed"


def test_a_call_that_takes_too_long_is_told_to_poll_and_loses_nothing(stack: Stack) -> None:
    stack.script({"delay_s": 2, "pieces": 6})
    response = stack.generate(new_prompt())
    assert response.status_code == 202
    body = response.json()
    assert response.headers["location"] == body["links"]["job"]
    assert body["status"] == "running"
    assert end_of(stack, body["job_id"])["status"] == "completed"


def test_a_result_whose_connection_was_lost_is_fetched_by_sending_it_again(stack: Stack) -> None:
    stack.script(SLOW)
    request: dict[str, Any] = {
        "json": {"prompt": new_prompt()},
        "headers": {"Idempotency-Key": f"lost-{next(_numbers)}"},
    }
    with stack.api as client:
        with pytest.raises(httpx2.ReadTimeout):
            client.post("/generate_code", timeout=1, **request)
        early = client.post("/generate_code", **request)
        assert early.status_code == 409, early.text
        job_id = early.json()["error"]["details"]["job"].rsplit("/", 1)[1]
        generation = end_of(stack, job_id)
        late = client.post("/generate_code", **request)
    assert (late.status_code, late.json()) == (200, generation)
    assert late.headers["idempotent-replayed"] == "true"
    assert len(stack.model_calls()) == 1


@pytest.mark.parametrize("behaviour", [{"status": 503}, {"status": 429}, {"fault": "cut", "fault_after": 2}])
def test_a_failure_that_time_heals_is_tried_again(stack: Stack, behaviour: dict[str, Any]) -> None:
    job_id = start(stack, behaviour)
    generation = end_of(stack, job_id)
    assert (generation["status"], generation["attempts"]) == ("completed", 2)
    assert len(stack.model_calls()) == 2


def test_a_refusal_is_told_and_not_tried_again(stack: Stack) -> None:
    stack.script({"finish": "SAFETY"})
    response = stack.generate(new_prompt())
    assert response.status_code == 502, response.text
    error = response.json()["error"]
    assert (error["code"], error["retryable"]) == ("llm_refused", False)
    assert error["details"]["generation"].startswith("/api/v1/generations/")
    assert len(stack.model_calls()) == 1


def test_an_answer_cut_off_by_the_limit_is_incomplete_and_never_known(stack: Stack) -> None:
    text = "```html index.html\n<p>whole</p>\n```\n\n```css style.css\nbody { colo"
    prompt = new_prompt()
    stack.script({"text": text, "finish": "MAX_TOKENS"}, {"text": "", "finish": "MAX_TOKENS"})
    generation = stack.generate(prompt).json()
    assert (generation["status"], generation["open_files"]) == ("incomplete", ["style.css"])
    assert [file["path"] for file in generation["files"]] == ["index.html", "style.css"]
    assert stack.generate(prompt).json()["cached"] is False


def test_an_answer_cut_off_by_the_limit_is_continued_without_a_seam(stack: Stack) -> None:
    whole = "```html index.html\n<p>whole</p>\n```\n\n```css style.css\nbody { color: teal }\n```\n"
    at = whole.index("color: teal") + 3
    stack.script({"text": whole[:at], "finish": "MAX_TOKENS"}, {"text": "```css\nbody { col" + whole[at:]})
    generation = stack.generate(new_prompt()).json()
    assert (generation["status"], generation["attempts"]) == ("completed", 2)
    assert [file["content"] for file in generation["files"]] == ["<p>whole</p>\n", "body { color: teal }\n"]


def test_a_file_of_which_code_was_left_out_is_asked_for_again(stack: Stack) -> None:
    elided = "```python main.py\ndef main():\n    # ... rest of the code unchanged\n```\n"
    stack.script({"text": elided}, {"text": "```python main.py\nprint(1)\n```\n"})
    generation = stack.generate(new_prompt()).json()
    assert (generation["status"], generation["attempts"]) == ("completed", 2)
    assert generation["files"][0]["content"] == "print(1)\n"
    assert "main.py" in str(stack.model_calls()[1]["body"]["contents"][-1])


def test_a_result_is_refined_by_edits_and_the_history_tells_how(stack: Stack) -> None:
    stack.script({"text": "```html index.html\n<h1>Hello</h1>\n<p>You</p>\n```\n"})
    parent = stack.generate(new_prompt()).json()
    edit = "<<<<<<< SEARCH\n<h1>{}</h1>\n=======\n<h1>Good day</h1>\n>>>>>>> REPLACE"
    wrong, right = (f"```html index.html\n{edit.format(word)}\n```\n" for word in ("Hallo", "Hello"))
    stack.script({"text": wrong}, {"text": right})
    with stack.api as client:
        refined = client.post(
            parent["links"]["refine"].removeprefix("/api/v1"), json={"instructions": "More formal"}
        ).json()
        diff = client.get(
            refined["links"]["diff"].removeprefix("/api/v1"), headers={"Accept": "text/x-diff"}
        ).text
    assert (refined["status"], refined["attempts"], refined["parent"]) == ("completed", 2, parent["id"])
    assert refined["files"][0]["content"] == "<h1>Good day</h1>\n<p>You</p>\n"
    assert diff == refined["diff"]
    assert "-<h1>Hello</h1>\n+<h1>Good day</h1>\n <p>You</p>\n" in diff
    history = stack.get(f"/generations/{parent['id']}/history")["results"]
    assert [node["id"] for node in history] == [refined["id"], parent["id"]]


def test_tokens_spent_on_thinking_alone_are_a_failure_that_says_so(stack: Stack) -> None:
    stack.script({"text": "", "finish": "MAX_TOKENS", "thinking_tokens": 500})
    response = stack.generate(new_prompt())
    assert response.json()["error"]["code"] == "no_usable_file"


def test_a_body_over_the_limit_is_refused(stack: Stack) -> None:
    response = stack.generate("x" * 2_000_000)
    assert (response.status_code, response.json()["error"]["code"]) == (413, "request_too_large")

    def pieces() -> Iterator[bytes]:
        for _ in range(40):
            yield b" " * 65_536

    with stack.api as client:
        chunked = client.post(
            "/generate_code", content=pieces(), headers={"Content-Type": "application/json"}
        )
    assert (chunked.status_code, chunked.json()["error"]["code"]) == (413, "request_too_large")


def test_everything_behind_it_is_healthy(stack: Stack) -> None:
    body = httpx2.get(f"{stack.address}/health/ready", trust_env=False).json()
    assert body["status"] == "ok"
    assert set(body["dependencies"]) == {"database", "nats", "llm", "redis"}
    assert httpx2.get(f"{stack.address}/metrics", trust_env=False).status_code == 200


def test_the_models_are_those_of_the_proxy(stack: Stack) -> None:
    models = {model["id"]: model for model in stack.get("/models")}
    assert models["gemini-2.5-flash"]["is_default"]
    assert models["gemini-2.5-flash"]["input_usd_per_million"] > 0
    assert "gpt-4.1" not in models
    refused = stack.generate(new_prompt(), model="gemini-2.5-flsh")
    assert refused.json()["error"]["code"] == "unknown_model"
    assert "gemini-2.5-flash" in refused.json()["error"]["details"][0]["message"]


def test_killing_the_worker_loses_nothing_and_completes_once(stack: Stack) -> None:
    job_id = start(stack, {"delay_s": 0.5, "pieces": 8})
    os.kill(stack.children()["run_worker"], signal.SIGKILL)
    generation = end_of(stack, job_id)
    assert generation["status"] == "completed"
    assert [file["path"] for file in generation["files"]] == ["index.html", "style.css"]
    assert "worker ended with code -9" in stack.said()
    with stack.api as client, client.stream("GET", f"/jobs/{job_id}/events") as response:
        events = list(events_of(response.iter_lines()))
    kinds = [kind for _, kind, _ in events]
    assert kinds.count("generation.started") == 2
    assert kinds.count("generation.completed") == 1


def test_killing_nats_loses_nothing(stack: Stack) -> None:
    job_id = start(stack, SLOW)
    os.kill(stack.children()["nats-server"], signal.SIGKILL)
    waiting = stack.generate(new_prompt(), **{"async": True}).json()["job_id"]
    assert end_of(stack, job_id)["status"] == "completed"
    assert end_of(stack, waiting)["status"] == "completed"


def test_without_redis_it_goes_on_degraded(stack: Stack) -> None:
    os.kill(stack.children()["redis-server"], signal.SIGSTOP)
    try:
        prompt = new_prompt()
        assert stack.generate(prompt).json()["status"] == "completed"
        again = stack.generate(prompt)
        assert (again.json()["cached"], "ratelimit" in again.headers) == (False, True)
        ready = httpx2.get(f"{stack.address}/health/ready", timeout=10, trust_env=False)
        assert (ready.status_code, ready.json()["status"]) == (200, "degraded")
    finally:
        os.kill(stack.children()["redis-server"], signal.SIGCONT)
    assert stack.said().count("Redis cannot be reached") <= 2  # once each in web and worker


def test_an_expired_log_names_the_address_of_the_result(stack: Stack) -> None:
    job_id = stack.generate(new_prompt()).json()["id"]
    os.kill(stack.children()["nats-server"], signal.SIGKILL)  # events are kept in its memory
    eventually(lambda: "nats-server" in stack.children())
    eventually(lambda: httpx2.get(f"{stack.address}/health/ready", trust_env=False).status_code == 200)
    with stack.api as client:
        response = client.get(f"/jobs/{job_id}/events")
    assert (response.status_code, response.json()["error"]["code"]) == (410, "events_expired")
    assert response.json()["error"]["details"] == {"result": f"/api/v1/generations/{job_id}"}


def test_a_batch_runs_and_its_results_are_json_lines(stack: Stack) -> None:
    def lines() -> Iterator[bytes]:
        """Of a length that nobody announces."""
        for number in range(20):
            yield json.dumps({"custom_id": f"page-{number}", "prompt": new_prompt()}).encode() + b"\n"
        yield b"nonsense\n"

    with stack.api as client:
        response = client.post("/batches", content=lines(), headers={"Content-Type": "application/jsonl"})
        assert response.status_code == 202, response.text
        batch = f"/batches/{response.json()['id']}"
        eventually(lambda: stack.get(batch)["status"] == "completed", 60)
        results = [json.loads(line) for line in client.get(f"{batch}/results").iter_lines()]
    assert [result["custom_id"] for result in results] == [*(f"page-{n}" for n in range(20)), None]
    assert all(result["generation"]["files"] for result in results[:-1])
    assert results[-1]["error"]["code"] == "invalid_request"


def test_a_batch_may_be_large_and_a_single_request_may_not(stack: Stack) -> None:
    line = json.dumps({"prompt": "x" * 90_000, "framework": "no-such"}).encode() + b"\n"
    with stack.api as client:
        headers = {"Content-Type": "application/jsonl"}
        assert client.post("/batches", content=line * 50, headers=headers).status_code == 202
        for path, size in (("/generate_code", 12), ("/batches", 400)):
            response = client.post(path, content=line * size, headers=headers)
            assert (response.status_code, response.json()["error"]["code"]) == (413, "request_too_large")


def test_a_second_stack_on_the_same_port_says_so_in_one_line(
    stack: Stack, tmp_path_factory: pytest.TempPathFactory
) -> None:
    port = int(stack.address.rsplit(":", 1)[1])
    second = start_stack(tmp_path_factory.mktemp("second"), stack.gemini, port)
    assert second.process.wait(timeout=60) == 1
    [line] = second.said().strip().splitlines()
    assert f"Port {port} is taken" in line


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_everything(
    gemini: str, tmp_path_factory: pytest.TempPathFactory, number: signal.Signals
) -> None:
    folder = tmp_path_factory.mktemp("stopped")
    stack = start_stack(folder, gemini, free_port())
    stack.wait_until_up()
    pids = child_pids(stack.process.pid)
    assert len(pids) == 5
    assert stack.stop(number) == 0
    assert not any(os.path.exists(f"/proc/{pid}") for pid in pids)  # noqa: PTH110
