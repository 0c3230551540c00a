"""The benchmark of the limits runs, for a moment: nothing here is about time."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.servers

BENCHMARKS = Path(settings.BASE_DIR) / "deploy" / "benchmarks"


def test_everybody_is_measured_and_ours_lets_ten_of_two_hundred_pass(tmp_path: Path) -> None:
    report = tmp_path / "figures.json"
    done = subprocess.run(
        [sys.executable, "-m", "bench_limits", "--rounds", "1", "--races", "2", "--json", str(report)],
        cwd=settings.BASE_DIR,
        env={**os.environ, "PYTHONPATH": str(BENCHMARKS)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert report.exists(), done.stderr
    figures = json.loads(report.read_text())
    assert len(figures["latencies"]) == 6
    assert len(figures["requests"]) == 2
    passed = {one["name"]: one["passed"] for one in figures["races"]}
    assert [passed[name] for name in passed if name.startswith("ours")] == [[10, 10]] * 3
    assert min(passed["DRF, 1 throttle"]) >= 10
