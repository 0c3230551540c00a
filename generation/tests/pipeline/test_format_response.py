import json
from hashlib import sha256

from generation.pipeline.format_response import format_file, format_response, format_usage
from generation.pipeline.records import Check, ChosenFramework, ProjectFile, Result, Usage

FILE = ProjectFile(path="a.md", language="markdown", content="é\n")
FRAMEWORK = ChosenFramework(slug="html", source="detected", confidence=0.954, language="html")


def test_sizes_and_hashes_are_of_the_bytes() -> None:
    assert format_file(FILE) == {
        "path": "a.md",
        "language": "markdown",
        "size": 3,
        "sha256": sha256("é\n".encode()).hexdigest(),
        "content": "é\n",
    }


def test_money_is_in_dollars() -> None:
    assert (
        format_usage(Usage(input_tokens=1, output_tokens=2, cost_microusd=1_234_567))["cost_usd"] == 1.234567
    )


def test_the_whole_is_ready_for_json() -> None:
    check = Check(tool="python", rule="syntax", severity="error", path="a.md", line=1, message="No.")
    result = Result(
        outcome="incomplete", framework=FRAMEWORK, model="m", files=(FILE,), message="Hi",
        checks=(check,), usage=Usage(), open_files=("a.md",),
    )  # fmt: skip
    response = json.loads(json.dumps(format_response(result)))
    assert response["framework"] == {"slug": "html", "source": "detected", "confidence": 0.95}
    assert response["status"] == "incomplete"
    assert response["checks"] == [
        {"tool": "python", "rule": "syntax", "severity": "error", "path": "a.md", "line": 1, "message": "No."}
    ]
    assert response["open_files"] == ["a.md"]
    assert response["entry_points"] == ["a.md"]


def test_a_whole_answer_has_no_open_files() -> None:
    result = Result(
        outcome="completed", framework=FRAMEWORK, model="m", files=(), message="", checks=(), usage=Usage()
    )
    assert "open_files" not in format_response(result)
