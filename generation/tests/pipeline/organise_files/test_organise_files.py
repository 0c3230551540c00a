import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.frameworks import load_frameworks
from generation.pipeline.organise_files import Organiser, SizeLimits
from generation.pipeline.organise_files.paths import MAX_PATH_BYTES, key_of, safe_path

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


def test_ways_to_write_a_path_do_not_get_round_the_limit_of_files() -> None:
    files = organiser(files=2)
    paths = [put(files, path) for path in ("abc.py", "Abc.py", "aBc.py", "abC.py", "Abc.py", None)]
    assert paths == ["abc.py", "Abc-2.py", None, None, "Abc-2.py", None]


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


def test_later_files_of_a_folder_that_was_renamed_follow_it() -> None:
    files = organiser()
    paths = [put(files, path) for path in ("src", "src/a.py", "src/b/c.py", "SRC/d.py", "src/a.py")]
    assert paths == ["src", "src-2/a.py", "src-2/b/c.py", "src-2/d.py", "src-2/a.py"]
    assert len(files.files()) == 4


def test_a_later_version_finds_the_file_that_was_renamed() -> None:
    files = organiser()
    paths = [
        put(files, path, text) for path, text in (("a.py", "1"), ("A.py", "2"), ("A.py", "3"), ("a.py", "4"))
    ]
    assert paths == ["a.py", "A-2.py", "A-2.py", "a.py"]
    assert [file.content for file in files.files()] == ["4", "3"]


def test_an_unnamed_file_does_not_lie_below_a_file() -> None:
    files = organiser("react")
    assert [put(files, "src"), put(files, None, "function App() {}", "jsx")] == ["src", "src-2/App.jsx"]


def test_an_unnamed_file_is_named_by_its_first_lines() -> None:
    files = organiser("python")
    file = files.open(None, "python", head="class Shop:\n    pass\n")
    assert file is not None
    assert (file.path, file.language) == ("shop.py", "python")


def test_line_ends_are_made_one_kind_and_the_mark_of_byte_order_goes() -> None:
    files = organiser()
    file = files.open("a.py", None)
    assert file is not None
    assert [files.write(file, text) for text in ("\ufeff", "a\r", "\nb\n", "c\rd\r")] == [
        "",
        "a",
        "\nb\n",
        "c\rd",
    ]
    files.close(file, complete=True)
    assert files.files()[0].content == "a\nb\nc\rd"
    assert [(problem.rule, problem.severity) for problem in files.problems()] == [("line_ends", "info")]


def test_what_no_database_can_hold_is_replaced() -> None:
    files = organiser()
    put(files, "a.txt", "a\0b\ud800c\U0001f600")
    put(files, "b.xyz", language="\0")
    put(files, "c.xyz", language="x" * 50)
    put(files, "d.xyz", language="Zonnon")
    assert files.files()[0].content == "a\ufffdb\ufffdc\U0001f600"
    assert [file.language for file in files.files()] == ["text", "text", "text", "zonnon"]


def test_a_batch_file_needs_other_line_ends() -> None:
    files = organiser()
    put(files, "run.BAT", "a\nb\r\n")
    assert files.files()[0].content == "a\r\nb\r\n"
    assert files.problems() == ()


PIECES = [
    "a", "A", "src", "SRC", "ß", "ss", "é", "e\u0301", "ı", "I", "i", "ﬁ", "fi", ".git", "con", "aux.txt", "..", ".", "/", "\\", "~", "C:",
    ":", " ", "\u00a0", "\u200b", "\u202e", ".py", ".", "-2", "'", '"', "`", "*", "\uff0e", "\uff0f", "x" * 120, "\0", "\ud800",
]  # fmt: skip
WRITTEN_PATHS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3)), max_size=8).map("".join)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(st.one_of(st.none(), WRITTEN_PATHS), st.sampled_from([None, "python", "jsx", "?/../x"])),
        max_size=12,
    )
)
def test_no_two_files_are_one_and_none_lies_outside_on_any_file_system(
    opened: list[tuple[str | None, str | None]],
) -> None:
    files = organiser("react")
    for path, language in opened:
        put(files, path, "x", language)
    paths = [file.path for file in files.files()]
    keys = {key_of(path) for path in paths}
    folders = {key_of(str(parent)) for path in paths for parent in Path(path).parents}
    assert len(keys) == len(paths)
    assert not keys & folders
    for path in paths:
        assert safe_path(path) == path
        assert unicodedata.is_normalized("NFC", path)
        assert Path("/root/in", path).resolve().is_relative_to("/root/in")
        assert len(path.encode()) < MAX_PATH_BYTES + 40


@given(st.lists(st.text(st.sampled_from("\r\n\ufeffa"), max_size=4), max_size=8))
def test_line_ends_are_the_same_however_a_text_is_split(pieces: list[str]) -> None:
    contents = []
    for split in (pieces, ["".join(pieces)]):
        files = organiser()
        file = files.open("a.txt", None)
        assert file is not None
        kept = "".join(files.write(file, piece) for piece in split)
        contents.append(files.files()[0].content)
        assert kept == contents[-1]
    assert contents[0] == contents[1]
    assert "\r\n" not in contents[0]
