"""`manage.py jobs`: what an operator reads, and what happens to the jobs that are named."""

import builtins
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any, NoReturn
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from jobs.models import Job
from jobs.services import cancel_job
from jobs.tests import tasks
from jobs.tests.dead import enqueue_and_run, make_dead, now

pytestmark = [pytest.mark.usefixtures("stored_jobs"), pytest.mark.django_db(transaction=True)]


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def run(*words: object, out: StringIO | None = None) -> tuple[int, str, str]:
    """The exit code, and what was said on both streams."""
    out, err = out or StringIO(), StringIO()
    code = 0
    try:
        call_command("jobs", *map(str, words), stdout=out, stderr=err)
    except CommandError as error:
        code = error.returncode
        err.write(str(error))
    return code, out.getvalue(), err.getvalue()


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[str]]:
    """A function that gives the operator's answer, and returns the list of what was asked."""

    def give(text: str) -> list[str]:
        asked: list[str] = []

        def ask(question: str = "") -> str:
            asked.append(question)
            return text

        monkeypatch.setattr(builtins, "input", ask)
        return asked

    return give


@pytest.fixture(autouse=True)
def nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang_up(question: str = "") -> NoReturn:
        raise EOFError

    monkeypatch.setattr(builtins, "input", hang_up)


def age(job: Job, **past: float) -> None:
    then = timezone.now() - timedelta(**past)
    Job.objects.filter(id=job.id).update(enqueued_at=then, finished_at=then)


def test_the_list_shows_what_failed_and_how() -> None:
    dead = make_dead()
    waiting = tasks.add.enqueue(1, 2, owner="acme").id
    code, out, _ = run("list")
    heading, first, second = out.splitlines()
    assert code == 0
    assert heading.split() == ["ID", "STATE", "TASK", "QUEUE", "OWNER", "AGE", "TRIES", "ERROR"]
    assert first.split()[:5] == [waiting, "ready", "jobs.tests.tasks.add", "default", "acme"]
    assert second.split()[:3] == [str(dead.id), "dead", "jobs.tests.tasks.be_refused"]
    assert second.endswith("LLMRefused: No.")


def test_each_line_of_json_is_a_job() -> None:
    dead = make_dead()
    tasks.add.enqueue(1, 2, owner="acme")
    _, out, _ = run("list", "--json")
    waiting, failed = map(json.loads, out.splitlines())
    assert (waiting["state"], waiting["error"]) == ("ready", None)
    assert (failed["id"], failed["state"]) == (str(dead.id), "dead")
    assert failed["error"] == {"class": "codegen_site.errors.LLMRefused", "message": "No."}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--dead"], {"dead"}),
        (["--status", "failed"], {"dead", "cancelled", "old"}),
        (["--status", "ready"], {"waiting"}),
        (["--queue", "llm"], {"cancelled"}),
        (["--owner", "acme"], {"waiting", "cancelled"}),
        (["--task", "add"], {"waiting"}),
        (["--task", "jobs.tests.tasks.add"], {"waiting"}),
        (["--since", "2h"], {"waiting", "cancelled", "dead"}),
        (["--dead", "--since", "5h"], {"dead", "old"}),
    ],
)
def test_filters_choose(words: list[str], expected: set[str]) -> None:
    jobs = {"dead": make_dead(), "old": make_dead()}
    age(jobs["old"], hours=4)
    waiting = Job.objects.get(id=tasks.add.enqueue(1, 2, owner="acme").id)
    cancelled = Job.objects.get(id=tasks.count_up.enqueue(seconds=1.0, owner="acme").id)
    cancel_job(job_id=cancelled.id)
    jobs |= {"waiting": waiting, "cancelled": cancelled}
    expected = expected | {"old"} if words == ["--dead"] else expected
    _, out, _ = run("list", "--json", *words)
    found = {json.loads(line)["id"] for line in out.splitlines()}
    assert {name for name, job in jobs.items() if str(job.id) in found} == expected


def test_the_list_ends_at_its_limit_and_says_so() -> None:
    ids = [tasks.add.enqueue(number, 1, owner="").id for number in range(3)]
    _, out, err = run("list", "--limit", 2)
    assert [line.split()[0] for line in out.splitlines()[1:]] == ids[:0:-1]
    assert "more than 2" in err


def test_nothing_found_is_the_exit_code_1() -> None:
    assert run("list", "--dead") == (1, "", "No job matches.")
    assert run("show", uuid4())[0] == 1
    assert run("retry", "--dead", "--yes")[0] == 1
    assert run("purge", "--older-than", "1d", "--yes")[0] == 1


@pytest.mark.parametrize("columns", [80, 100, 140])
def test_a_terminal_gets_colours_and_lines_that_fit(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    dead = make_dead()
    Job.objects.update(owner=str(uuid4()))
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("DJANGO_COLORS", "dark")
    _, coloured, _ = run("--force-color", "list", out=Terminal())
    _, uncoloured, _ = run("--no-color", "list", out=Terminal())
    assert "\x1b[" in coloured
    assert "\x1b[" not in uncoloured
    assert max(map(len, uncoloured.splitlines())) <= columns
    assert str(dead.id) in uncoloured
    assert "…" in uncoloured


def test_escape_sequences_of_others_do_not_reach_the_terminal() -> None:
    dead = make_dead()
    error = {**dead.errors[0], "message": "\x1b[2Jgone\u202e", "traceback": "\x1b]0;title\x07"}
    Job.objects.update(errors=[error], owner="\x1b[31m", kwargs={"x": "\x9b2J"})
    for words in (["list"], ["show", dead.id], ["show", dead.id, "--full"]):
        _, out, _ = run(*words)
        assert all(char.isprintable() or char == "\n" for char in out)
        assert "gone" in out


def test_show_tells_everything_about_one_job() -> None:
    dead = make_dead()
    Job.objects.update(kwargs={"prompt": "x" * 1000})
    code, out, _ = run("show", dead.id)
    assert code == 0
    for text in (
        str(dead.id),
        "dead (FAILED)",
        "1 failures, 0 crashes, claim 1",
        "enqueued",
        "last attempt",
        "finished",
        "… (1,000 characters)",
        "codegen_site.errors.LLMRefused [llm_refused]",
        'raise LLMRefused("No.")',
    ):
        assert text in out
    assert "x" * 1000 in run("show", dead.id, "--full")[1]


def test_show_tells_how_many_come_before_a_waiting_job() -> None:
    for number in range(2):
        tasks.add.enqueue(number, 1, owner="")
    last = tasks.add.enqueue(1, 2, owner="").id
    assert "2 before it" in run("show", last)[1]
    told = json.loads(run("show", last, "--json")[1])
    assert (told["queue_position"], told["args"], list(told["timeline"])) == (2, [1, 2], ["enqueued"])


def test_named_jobs_are_retried_without_a_question() -> None:
    first, second = make_dead(), make_dead()
    assert run("retry", first.id, second.id) == (0, "2 retried.\n", "")
    assert {now(first).state, now(second).state} == {"ready"}


def test_what_cannot_be_retried_is_named_with_the_reason() -> None:
    dead, unknown = make_dead(), uuid4()
    done = enqueue_and_run(tasks.add, 1, 2, owner="")
    gone = make_dead()
    Job.objects.filter(id=gone.id).update(task_path="jobs.tests.tasks.gone")
    code, out, err = run("retry", dead.id, done.id, unknown, gone.id)
    assert (code, out) == (1, "1 retried.\n")
    assert f"{done.id}: It is successful, not dead." in err
    assert f"{unknown}: There is no such job." in err
    assert f"{gone.id}: The code no longer has the task" in err


def test_those_that_match_are_retried_after_a_yes(answer: Callable[[str], list[str]]) -> None:
    dead, other = make_dead(), make_dead()
    Job.objects.filter(id=other.id).update(owner="acme")
    asked = answer("y")
    assert run("retry", "--dead", "--owner", "acme")[:2] == (0, "1 retried.\n")
    assert asked == ["Retry 1 jobs? [y/N] "]
    assert (now(dead).state, now(other).state) == ("dead", "ready")


@pytest.mark.parametrize("said", ["", "n", "no", "retry"])
def test_anything_but_a_yes_changes_nothing(answer: Callable[[str], list[str]], said: str) -> None:
    dead = make_dead()
    answer(said)
    code, out, err = run("retry", "--dead")
    assert (code, out, err) == (1, "", "Nothing was changed.")
    assert now(dead).state == "dead"


def test_with_yes_nobody_is_asked() -> None:
    dead = make_dead()
    assert run("retry", "--dead", "--task", "be_refused", "--yes")[0] == 0
    assert now(dead).state == "ready"


def test_a_dead_job_is_discarded() -> None:
    dead = make_dead()
    assert run("discard", dead.id)[:2] == (0, "1 discarded.\n")
    assert now(dead).state == "discarded"


def test_waiting_jobs_are_cancelled_by_a_filter() -> None:
    mine = tasks.add.enqueue(1, 2, owner="acme").id
    other = tasks.add.enqueue(1, 2, owner="else").id
    assert run("cancel", "--owner", "acme", "--yes")[:2] == (0, "1 cancelled.\n")
    assert (Job.objects.get(id=mine).state, Job.objects.get(id=other).state) == ("cancelled", "ready")
    assert run("cancel", mine)[2].startswith(f"{mine}: It is cancelled, not waiting or running.")


def test_a_purge_deletes_what_is_old_and_finished_and_spares_the_dead() -> None:
    young, old = (enqueue_and_run(tasks.add, 1, 2, owner="") for _ in range(2))
    dead = make_dead()
    age(old, days=8)
    age(dead, days=8)
    words = ["purge", "--older-than", "7d"]
    assert run(*words, "--dry-run") == (0, "1 would be deleted.\n", "")
    assert Job.objects.count() == 3
    assert run(*words, "--yes") == (0, "1 deleted.\n", "")
    assert set(Job.objects.values_list("id", flat=True)) == {young.id, dead.id}
    assert run(*words, "--dead", "--yes") == (0, "1 deleted.\n", "")
    assert Job.objects.get() == young


@pytest.mark.parametrize(
    "words",
    [
        ["retry"],
        ["retry", "--owner", "acme"],
        ["cancel"],
        ["purge", "--older-than", "7d", "--status", "running"],
        ["retry", "--dead"],  # and nobody to ask
        ["purge", "--older-than", "7d"],  # and nobody to ask
    ],
)
def test_misuse_is_the_exit_code_2(words: list[str]) -> None:
    age(make_dead(), days=8)
    age(enqueue_and_run(tasks.add, 1, 2, owner=""), days=8)
    assert run(*words)[0] == 2
    assert Job.objects.count() == 2


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["list", "--since", "yesterday"], "no duration such as"),
        (["list", "--since", "99999w"], "ten years"),
        (["list", "--limit", "0"], "not a whole number above 0"),
        (["list", "--status", "lost"], "invalid choice"),
        (["show", "not-an-id"], "not the id of a job"),
        (["purge"], "--older-than"),
    ],
)
def test_arguments_that_make_no_sense_are_explained(words: list[str], reason: str) -> None:
    assert reason in run(*words)[2]


def test_misspelt_words_end_the_process_with_2() -> None:
    manage = Path(__file__).resolve().parents[2] / "manage.py"
    argv: list[Any] = [sys.executable, manage, "jobs", "list", "--since", "never"]
    finished = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert finished.returncode == 2
    assert "no duration" in finished.stderr
