import io
import shutil
import subprocess
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from accounts.testing import make_organization
from accounts.zip_stream import EPOCH
from generation import archive as archive_module
from generation.archive import UnsafeEntry, files_in_order, zip_files
from generation.models import File, Generation
from generation.pipeline.records import ProjectFile

CONTENTS = {
    "README.md": "# Grüße\n",
    "run.sh": "echo 1\n",
    "bin/serve": "#!/usr/bin/env python\n",
    "gradlew": "x",
    "src/数据/naïve 😀.py": "a = 1\n",
    "empty/__init__.py": "",
}


def zipped(contents: dict[str, str]) -> bytes:
    files = [ProjectFile(path=path, language="", content=content) for path, content in contents.items()]
    return b"".join(zip_files(files))


def test_the_zip_holds_every_file_under_its_name() -> None:
    with zipfile.ZipFile(io.BytesIO(zipped(CONTENTS))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == list(CONTENTS)
        assert {name: archive.read(name).decode() for name in CONTENTS} == CONTENTS


def test_names_in_every_script_are_marked_as_unicode() -> None:
    with zipfile.ZipFile(io.BytesIO(zipped(CONTENTS))) as archive:
        flags = {entry.filename: bool(entry.flag_bits & 0x800) for entry in archive.infolist()}
    assert flags == {name: not name.isascii() for name in CONTENTS}


def test_scripts_can_be_run_and_nothing_else() -> None:
    with zipfile.ZipFile(io.BytesIO(zipped(CONTENTS))) as archive:
        modes = {entry.filename: entry.external_attr >> 16 for entry in archive.infolist()}
    assert {name for name, mode in modes.items() if mode == 0o100755} == {"run.sh", "bin/serve", "gradlew"}
    assert {mode for mode in modes.values() if mode != 0o100755} == {0o100644}


def test_the_same_files_give_the_same_bytes_whatever_the_time_and_the_system(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = zipped(CONTENTS)
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    monkeypatch.setattr("sys.platform", "win32")
    assert zipped(CONTENTS) == data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {(entry.date_time, entry.create_system, entry.extra) for entry in archive.infolist()} == {
            (EPOCH, 3, b"")
        }


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "../a", "a/../../b", "a\\b", "C:/a", "", ".", "a//b", "./a", "a/", "a\0b"]
)
def test_a_path_that_leaves_its_folder_is_never_written(path: str) -> None:
    with pytest.raises(UnsafeEntry):
        zipped({path: "x"})


def test_the_first_file_is_on_its_way_before_the_last_is_made() -> None:
    def files() -> Iterator[ProjectFile]:
        yield ProjectFile(path="a", language="", content="a" * 10_000)
        raise RuntimeError("the second was asked for")

    pieces = zip_files(files())
    assert next(pieces).startswith(b"PK")
    with pytest.raises(RuntimeError):
        list(pieces)


def test_it_never_holds_more_than_a_file() -> None:
    def files() -> Iterator[ProjectFile]:
        for number in range(60):
            yield ProjectFile(path=f"{number}.txt", language="", content=f"{number} abcdefgh\n" * 50_000)

    tracemalloc.start()
    sum(len(piece) for piece in zip_files(files()))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 6 * 600_000


@pytest.mark.skipif(not shutil.which("unzip"), reason="unzip is not installed")
def test_unzip_takes_it(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zipped(CONTENTS))
    subprocess.run(["unzip", "-q", "a.zip", "-d", "out"], cwd=tmp_path, check=True, env={"LC_ALL": "C.UTF-8"})
    found = {
        str(path.relative_to(tmp_path / "out")): path
        for path in (tmp_path / "out").rglob("*")
        if path.is_file()
    }
    assert {name: path.read_text(encoding="utf-8") for name, path in found.items()} == CONTENTS
    assert (tmp_path / "out/run.sh").stat().st_mode & 0o777 == 0o755


@pytest.mark.django_db
def test_files_come_by_the_letters_of_their_paths_and_few_at_once(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    generation = Generation.objects.create(organization=make_organization(), prompt="x", model="m")
    for path, size in (("b", 4), ("a-b", 4), ("B", 9), ("a/b", 1), ("é", 1)):
        File.objects.create(generation=generation, path=path, size=size, content="x" * size)
    monkeypatch.setattr(archive_module, "BATCH_BYTES", 6)
    with django_assert_num_queries(1 + 3):
        assert [file.path for file in files_in_order(generation)] == ["B", "a-b", "a/b", "b", "é"]
