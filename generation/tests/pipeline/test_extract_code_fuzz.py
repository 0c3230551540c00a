"""A short run of the fuzzer; `deploy/benchmarks/fuzz_extract.py` is for long ones."""

import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[3]


def test_the_fuzzer_finds_nothing() -> None:
    pytest.importorskip("atheris", reason="atheris is not installed: it has wheels for some platforms only")
    target = PROJECT / "deploy" / "benchmarks" / "fuzz_extract.py"
    subprocess.run(
        [sys.executable, target, "-runs=2000", "-max_len=2000"], check=True, cwd=PROJECT, timeout=120
    )
