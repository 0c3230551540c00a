import unicodedata
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.pipeline.organise_files.paths import UnsafePath, key_of, safe_path


@pytest.mark.parametrize(
    ("written", "safe"),
    [
        ("src/app.py", "src/app.py"),
        ("./src//app.py", "src/app.py"),
        ("../../etc/passwd", "etc/passwd"),
        ("/etc/passwd", "etc/passwd"),
        ("a/../../b.py", "a/b.py"),
        ("....//a.py", "a.py"),
        ("..\\..\\a.py", "a.py"),
        (". ./a.py", "a.py"),
        ("C:\\Users\\me\\a.py", "Users/me/a.py"),
        ("c:a.py", "a.py"),
        ("\\\\?\\C:\\a.py", "_/C_/a.py"),
        ("\\\\server\\share\\a.py", "server/share/a.py"),
        ("file:///etc/passwd", "etc/passwd"),
        ("~/.ssh/id", ".ssh/id"),
        ("~ ~root/a", "root/a"),
        ("a\u202e/b\u200b.py", "a/b.py"),
        ("\u2066a.py", "a.py"),
        ("con.txt", "_con.txt"),
        ("a/NUL", "a/_NUL"),
        ("CON .txt", "_CON .txt"),
        ("com\u00b9.log", "_com\u00b9.log"),
        ("console.py", "console.py"),
        ('what?"<a>|b*.py', "what___a__b_.py"),
        ("a.txt:stream", "a.txt_stream"),
        ("trailing. /dots..", "trailing/dots"),
        ("a.\u00a0.py. \u3000", "a. .py"),
        ("app/[id]/page.tsx", "app/[id]/page.tsx"),
        ("src/routes/+page@.svelte", "src/routes/+page@.svelte"),
        ("cafe\u0301.md", "caf\u00e9.md"),
        ("e\u200d\u0301.md", "\u00e9.md"),
        ("\uff0e\uff0e\uff0fa.py", "___a.py"),
        ("\u2025/a.py", "_/a.py"),
        ("a\uff0fb.py", "a_b.py"),
        ("'/'a.py", "a.py"),
        ("数据/模型.py", "数据/模型.py"),
        ("a\nb.py", "ab.py"),
        ("\ud800a.py", "a.py"),
        (".gitignore", ".gitignore"),
        (".github/workflows/ci.yml", ".github/workflows/ci.yml"),
        ("..", ""),
        (" ", ""),
    ],
)
def test_a_path_is_made_safe(written: str, safe: str) -> None:
    assert safe_path(written) == safe
    assert safe_path(safe) == safe


@pytest.mark.parametrize(
    "path",
    [
        ".git/hooks/post-checkout",
        "a/.GIT/config",
        ".git./config",
        ".g\u200cit/config",
        "GIT~1/config",
        ".git\u00a0/config",
        "/".join("a" * 40),
        "é/" * 600,
        "a/" * 100_000,
    ],
)
def test_a_path_that_must_not_be_written_is_refused(path: str) -> None:
    with pytest.raises(UnsafePath):
        safe_path(path)


def test_a_name_that_is_too_long_keeps_its_extension() -> None:
    safe = safe_path("x" * 280 + ".py")
    assert safe.endswith("x.py")
    assert len(safe) == 200


@pytest.mark.parametrize(
    ("one", "other"),
    [("a.py", "A.PY"), ("straße", "STRASSE"), ("é", "e\u0301"), ("ﬁ", "fi"), ("ı", "I"), ("K", "\u212a")],
)
def test_two_names_for_one_file_have_one_key(one: str, other: str) -> None:
    assert key_of(one) == key_of(other)


@given(st.text(st.one_of(st.characters(), st.sampled_from("/\\.:~ '\"")), max_size=300))
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
    assert unicodedata.is_normalized("NFC", safe)
    assert safe_path(safe) == safe
