"""`manage.py extract_code`."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from generation.tests.pipeline import answers


def through(lines: str, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    out = io.StringIO()
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))
    call_command("extract_code", "--jsonl", stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def read(answer: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    return through(json.dumps({"raw": answer}), monkeypatch)[0]


def test_a_line_of_json_in_is_a_line_of_json_out(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = "".join(json.dumps({"raw": answer}) + "\n" for answer in (answers.CHATTY, "Hello."))
    first, second = through(lines, monkeypatch)

    assert [(file["path"], file["language"]) for file in first["files"]] == [
        ("index.html", "html"),
        ("app/style.css", "css"),
    ]
    assert first["files"][1]["content"] == "p { color: teal }\n"
    assert (first["format"], first["problems"]) == ("fence", [])
    assert first["message"].startswith("Sure!")
    assert second == {"files": [], "message": "Hello.", "format": "none", "problems": []}


def test_the_format_names_all_that_were_read(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (
        read(f"{answers.CHATTY}\n<file path='b.py'>\nb = 1\n</file>\n", monkeypatch)["format"]
        == "fence+element"
    )
    assert read(answers.BARE_JSON, monkeypatch)["format"] == "json"


@pytest.mark.parametrize(
    ("answer", "rule", "path"),
    [
        (answers.UNCLOSED, "unclosed_file", "main.py"),
        ('{"files": [{"path": "a.py", "content": "a', "truncated_json", None),
        ("```python\n<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\n```\n", "edit_without_file", None),
        ("**../../a.py**\n```python\na = 1\n```\n", "path_repaired", "a.py"),
        ("<file path='.git/config'>\na = 1\n</file>\n", "unsafe_path", ""),
        ("<think>\nHm.\n", "thinking_only", None),
    ],
)  # fmt: skip
def test_what_was_wrong_is_told(
    answer: str, rule: str, path: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    problems = read(answer, monkeypatch)["problems"]

    assert {"rule": rule, "path": path} in [{"rule": one["rule"], "path": one["path"]} for one in problems]
    assert all(one["message"].endswith(".") for one in problems)


def test_drafts_leave_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = read(answers.STRAY_THOUGHT, monkeypatch)
    assert [file["path"] for file in answer["files"]] == ["a.py"]
    assert answer["message"] == ""


def test_the_files_of_a_text_are_written(tmp_path: Path) -> None:
    (tmp_path / "answer.txt").write_text(answers.CHATTY, encoding="utf-8")
    out, err = io.StringIO(), io.StringIO()

    call_command(
        "extract_code", str(tmp_path / "answer.txt"), "--out", str(tmp_path / "site"), stdout=out, stderr=err
    )

    assert (tmp_path / "site" / "app" / "style.css").read_text(encoding="utf-8") == "p { color: teal }\n"
    assert "style.css  18 bytes" in out.getvalue()
    assert err.getvalue().startswith("Sure!")


@pytest.mark.parametrize("line", ["{", "[]", '"raw"', '{"answer": "x"}', '{"raw": 1}'])
def test_a_line_that_is_no_answer_is_named(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match='Line 2 is no JSON object with a text "raw"'):
        through(f'{{"raw": "x"}}\n{line}\n', monkeypatch)


def test_a_file_that_is_not_there_is_a_sentence() -> None:
    with pytest.raises(CommandError, match=r"nowhere\.txt cannot be read: No such file"):
        call_command("extract_code", "nowhere.txt")
    with pytest.raises(CommandError, match="There is no framework 'cobol'"):
        call_command("extract_code", "nowhere.txt", "--framework", "cobol")
