"""The stage as a whole, with the processes that read for it."""

import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.pipeline.check_quality import blocks, check_quality, readers
from generation.pipeline.check_quality.read_file import MAX_CHECKED_CHARS
from generation.pipeline.check_quality.readers import Reader
from generation.pipeline.records import Check
from generation.tests.pipeline.check_quality.project import project_file


def check(path: str, content: str, *, complete: bool = True) -> list[Check]:
    return list(check_quality([project_file(path, content, complete=complete)]))


def test_findings_come_in_the_order_of_the_files() -> None:
    files = [project_file(f"{name}.py", f"def {name}(:\n") for name in "bac"]
    assert [found.path for found in check_quality(files)] == ["b.py", "a.py", "c.py"]


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
        ("b.py", "-" * 200_000 + "1"),
        ("a.json", "[" * 100_000),
        ("a.toml", "a = " + "[" * 20_000),
        ("tsconfig.json", "/*" * 100_000),
        ("a.py", "a = '\0'"),
        ("a.css", "(" * 500_000),
        ("a.js", "{[(" * 20_000),
    ],
)
def test_hostile_content_is_a_finding_and_no_crash(path: str, content: str) -> None:
    assert {found.severity for found in check(path, content)} == {"error"}


def test_a_text_that_takes_all_memory_of_its_parser_costs_itself_its_check_and_no_other_file() -> None:
    hostile = project_file("a.ts", "a<b," * 20_000)
    found = check_quality([hostile, project_file("b.py", "def f(:\n")])
    assert [(one.path, one.rule, one.severity) for one in found] == [
        ("a.ts", "not_checked", "info"),
        ("b.py", "syntax", "error"),
    ]


def test_a_project_full_of_such_texts_comes_to_an_end() -> None:
    began = time.monotonic()
    found = check_quality([project_file(f"{number}.svelte", f"<{'a' * 400_000}>") for number in range(40)])
    assert {one.rule for one in found} == {"not_checked"}
    assert time.monotonic() - began < readers.PROJECT_PATIENCE_S + readers.FILE_PATIENCE_S


def test_a_reader_that_somebody_killed_is_replaced() -> None:
    check("a.py", "a = 1\n")
    reader = readers._readers._idle[-1]
    os.kill(reader._process.pid, 9)
    reader._process.wait()
    check("a.py", "a = 1\n")
    assert [found.rule for found in check("a.py", "a = (\n")] == ["syntax"]


def test_a_long_file_is_parsed_though_it_would_take_long_to_compile() -> None:
    functions = "def f(a, b=(1, 2)):\n    return [x for x in a if x > 1]\n" * 6_000
    assert check("a.py", functions) == []
    assert [found.line for found in check("a.py", f"{functions}def g(:\n")] == [12_001]


def test_aliases_do_not_multiply() -> None:
    bomb = "a: &a [x]\n" + "".join(
        f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefghijklmno", "bcdefghijklmnop", strict=True)
    )
    assert check("a.yaml", bomb) == []


SUFFIXES = "py js jsx ts tsx css scss html vue svelte astro go rs java kt cs c cpp h php rb swift dart sh sql tf lua xml yml toml json md".split()
PIECES = "{ } ( ) [ ] < > </ /> <script> </script> <style> ' \" ` ''' \"\"\" /* */ // # -- <!-- --> ${ #{ \\ \n \t : ; , . ... = => import from require mod".split(
    " "
)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(SUFFIXES),
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=5)), max_size=60).map(" ".join),
)
def test_no_text_makes_it_raise(suffix: str, content: str) -> None:
    for found in check(f"src/a.{suffix}", content):
        assert found.message
        assert found.line is None or 1 <= found.line <= content.count("\n") + 2


def test_the_process_that_reads_files_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "planted")
    reader = Reader()
    try:
        reader.read(project_file("main.py", "x = 1\n"))  # it is up and running
        environment = Path(f"/proc/{reader.process_id}/environ").read_bytes()
    finally:
        reader.end()
    assert b"PYTHONPATH" in environment
    assert b"planted" not in environment
