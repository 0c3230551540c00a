from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.frameworks import load_frameworks
from generation.pipeline.organise_files import Organiser, SizeLimits
from generation.pipeline.organise_files.paths import UnsafePath, safe_path

FRAMEWORKS = load_frameworks()


def organiser(framework: str = "html", **limits: int) -> Organiser:
    return Organiser(FRAMEWORKS[framework], SizeLimits(**limits))


def put(
    organiser: Organiser, path: str | None, content: str = "x", language: str | None = None
) -> str | None:
    file = organiser.open(path, language)
    if file is None:
        return None
    organiser.write(file, content)
    organiser.close(file, complete=True)
    return file.path


@pytest.mark.parametrize(
    ("written", "safe"),
    [
        ("src/app.py", "src/app.py"),
        ("./src//app.py", "src/app.py"),
        ("../../etc/passwd", "etc/passwd"),
        ("/etc/passwd", "etc/passwd"),
        ("a/../../b.py", "a/b.py"),
        ("C:\\Users\\me\\a.py", "Users/me/a.py"),
        ("file:///etc/passwd", "etc/passwd"),
        ("~/.ssh/id", ".ssh/id"),
        ("a\u202e/b\u200b.py", "a/b.py"),
        ("con.txt", "_con.txt"),
        ("a/NUL", "a/_NUL"),
        ('what?"<a>|b*.py', "what___a__b_.py"),
        ("trailing. /dots..", "trailing/dots"),
        ("app/[id]/page.tsx", "app/[id]/page.tsx"),
        ("cafe\u0301.md", "café.md"),
        ("..", ""),
    ],
)
def test_a_path_is_made_safe(written: str, safe: str) -> None:
    assert safe_path(written) == safe


@pytest.mark.parametrize(
    "path", [".git/hooks/post-checkout", "a/.GIT/config", "/".join("a" * 40), "é/" * 600]
)
def test_a_path_that_must_not_be_written_is_refused(path: str) -> None:
    with pytest.raises(UnsafePath):
        safe_path(path)


@given(st.text(st.one_of(st.characters(), st.sampled_from("/\\.:~ ")), max_size=300))
def test_a_safe_path_stays_inside_whatever_was_written(written: str) -> None:
    try:
        safe = safe_path(written)
    except UnsafePath:
        return
    parts = PurePosixPath(safe).parts
    assert not safe.startswith("/")
    assert ".." not in parts
    assert "\\" not in safe
    assert all(len(part.encode()) <= 255 for part in parts)
    assert safe_path(safe) == safe


def test_a_repaired_path_is_told() -> None:
    files = organiser()
    assert put(files, "../a.py") == "a.py"
    assert [(p.rule, p.severity, p.path) for p in files.problems()] == [("path_repaired", "info", "a.py")]


def test_a_refused_file_is_told_and_blocks() -> None:
    files = organiser()
    assert put(files, ".git/config") is None
    assert [(p.rule, p.severity) for p in files.problems()] == [("unsafe_path", "error")]
    assert files.files() == ()


@pytest.mark.parametrize(
    ("framework", "language", "path"),
    [
        ("html", "html", "index.html"),
        ("html", "css", "style.css"),
        ("python", "py", "main.py"),
        ("html", "zzz", "notes.txt"),
    ],
)
def test_an_unnamed_block_gets_a_usual_name(framework: str, language: str, path: str) -> None:
    assert put(organiser(framework), None, language=language) == path


def test_two_unnamed_blocks_do_not_overwrite_each_other() -> None:
    files = organiser("python")
    assert [put(files, None, text, "python") for text in ("a", "b")] == ["main.py", "main-2.py"]


def test_a_later_version_of_a_path_wins() -> None:
    files = organiser()
    put(files, "a.py", "old")
    put(files, "b.py")
    put(files, "a.py", "new")
    assert [(file.path, file.content) for file in files.files()] == [("a.py", "new"), ("b.py", "x")]


def test_names_that_one_file_system_cannot_hold_together_are_told_apart() -> None:
    files = organiser()
    paths = [put(files, path) for path in ("a.py", "A.py", "src", "src/b.py", "Lib/c.py", "lib/d.py", "lib")]
    assert paths == ["a.py", "A-2.py", "src", "src-2/b.py", "Lib/c.py", "Lib/d.py", "lib-2"]
    assert len({str(path).casefold() for path in paths}) == len(paths)


def test_limits_cut_off_and_say_so() -> None:
    files = organiser(files=2, file_bytes=4, total_bytes=6)
    put(files, "a.txt", "ééé")
    put(files, "b.txt", "12345")
    assert put(files, "c.txt") is None
    assert [(file.content, file.complete) for file in files.files()] == [("éé", False), ("12", False)]
    assert [problem.rule for problem in files.problems()] == ["too_large", "too_large", "too_many_files"]


def test_what_a_newer_version_replaced_does_not_count() -> None:
    files = organiser(total_bytes=10)
    for _ in range(5):
        put(files, "a.txt", "123456789")
    assert files.files()[0].complete


def test_blanks_alone_are_no_usable_file() -> None:
    files = organiser()
    put(files, "a.txt", " \n")
    assert not files.has_usable_file
    put(files, "b.txt", "x")
    assert files.has_usable_file
