import pytest

from generation.pipeline.check_quality import MAX_CHECKED_CHARS, blocks, check_quality
from generation.pipeline.records import Check, ProjectFile


def check(path: str, content: str, *, complete: bool = True) -> list[Check]:
    file = ProjectFile(path=path, language="", content=content, complete=complete)
    return list(check_quality([file]))


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("a.py", "async def f() -> int:\n    return 1\n"),
        ("a.json", "\ufeff[1, 2]"),
        ("tsconfig.json", '{\n  // why\n  "a": "//no", /* b */ "c": [1,],\n}'),
        ("a.toml", "[a]\r\nb = 1\r\n"),
        ("a.yml", "a: &x [1]\nb: *x\n---\nc: !own 1\n"),
        ("chart/templates/a.yaml", "{{- if .Values.a }}\na: {{ .b }}\n{{ end }}"),
        ("a.zig", "whatever ("),
    ],
)
def test_what_parses_is_left_alone(path: str, content: str) -> None:
    assert check(path, content) == []


@pytest.mark.parametrize(
    ("path", "content", "tool", "line"),
    [
        ("a.py", "a = 1\ndef f(:\n", "python", 2),
        ("A.PY", "print 'a'\n", "python", 1),
        ("a.json", '{\n"a": 1,\n}', "json", 2),
        ("package.json", "{'a': 1}", "json", 1),
        ("tsconfig.json", '{"a" 1}', "json", 1),
        ("a.toml", "a = 1\nb = \n", "toml", 2),
        ("a.yaml", "a: 1\nb: [\n", "yaml", 3),
    ],
)
def test_what_does_not_parse_is_found_at_its_line(path: str, content: str, tool: str, line: int) -> None:
    (found,) = check(path, content)
    assert (found.tool, found.rule, found.severity, found.path) == (tool, "syntax", "error", path)
    assert found.line is not None
    assert abs(found.line - line) <= 1
    assert blocks([found])


def test_an_empty_file_is_only_noted() -> None:
    (found,) = check("app/__init__.py", "\n")
    assert (found.rule, found.severity) == ("empty", "info")
    assert not blocks([found])


def test_an_edit_in_place_of_a_file_blocks() -> None:
    (found,) = check("a.txt", "a\n<<<<<<< SEARCH\nx\n=======\ny\n>>>>>>> REPLACE\n")
    assert (found.rule, found.line, found.severity) == ("edit_block", 2, "error")


def test_a_file_that_was_cut_off_is_not_parsed() -> None:
    assert check("a.py", "def f(", complete=False) == []


def test_what_is_too_large_to_be_checked_is_said_to_be() -> None:
    (found,) = check("a.json", "[" + "1," * MAX_CHECKED_CHARS)
    assert (found.rule, found.severity) == ("too_large", "info")


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("a.py", "(" * 50_000),
        ("b.py", "-" * 200_000 + "1"),
        ("a.json", "[" * 100_000),
        ("a.toml", "a = " + "[" * 20_000),
        ("tsconfig.json", "/*" * 100_000),
        ("a.py", "a = '\0'"),
    ],
)
def test_hostile_content_is_a_finding_and_no_crash(path: str, content: str) -> None:
    assert [found.severity for found in check(path, content)] == ["error"]


def test_aliases_do_not_multiply() -> None:
    bomb = "a: &a [x]\n" + "".join(
        f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefghijklmno", "bcdefghijklmnop", strict=True)
    )
    assert check("a.yaml", bomb) == []
