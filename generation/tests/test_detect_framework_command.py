import io
import json

import pytest
from django.core.management import CommandError, call_command


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("detect_framework", *arguments, stdout=out)
    return out.getvalue()


def read_from(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_it_tells_people_what_and_why() -> None:
    said = run("A React front end with a Django back end, in TypeScript")
    assert said.splitlines()[0] == "React (Vite) (react)"
    assert "typescript" in said
    assert "Django" in said
    assert "%" in said


def test_it_reads_a_prompt_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    read_from(monkeypatch, "A parser in Rust\n")
    assert run().startswith("Rust (rust)")


def test_it_answers_every_line_for_scoring(monkeypatch: pytest.MonkeyPatch) -> None:
    prompts = ["A Vue page with a FastAPI back end", "A Haskell parser", "a page"]
    read_from(monkeypatch, "".join(json.dumps({"prompt": prompt}) + "\n" for prompt in prompts))
    answers = [json.loads(line) for line in run("--jsonl").splitlines()]
    assert [answer["framework"] for answer in answers] == ["vue", None, "html"]
    assert [answer["language"] for answer in answers] == ["javascript", None, "html"]
    assert answers[0]["also"] == ["fastapi"]
    assert all(0 < answer["confidence"] < 1 for answer in answers)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "Line 2 is no JSON object"),
        ('{"text": "a page"}', "Line 2 is no JSON object"),
        ("[1]", "Line 2 is no JSON object"),
        ('{"prompt": 3}', 'Line 2: "prompt" is no string.'),
    ],
)
def test_it_names_a_line_that_is_wrong(monkeypatch: pytest.MonkeyPatch, line: str, says: str) -> None:
    read_from(monkeypatch, f'{{"prompt": "a page"}}\n{line}\n')
    with pytest.raises(CommandError, match=says):
        run("--jsonl")


def test_it_asks_for_a_prompt_where_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    read_from(monkeypatch, " \n")
    with pytest.raises(CommandError, match="empty"):
        run()
